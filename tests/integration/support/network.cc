#include "support/network.h"

#include <unistd.h>

#include <vector>

#include <gtest/gtest.h>

#include "support/process.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

// iproute2, not busybox: that one knows neither namespaces nor veth pairs.
void ip(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"ip"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Outcome outcome = run({.argv = command});
  EXPECT_EQ(outcome.exit_code, 0) << ::testing::PrintToString(command) << ": " << outcome;
}

Outcome ip_in(const std::string& name, std::vector<std::string> arguments) {
  std::vector<std::string> command = {"ip", "-n", name};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run({.argv = command});
}

void bring_up(const std::string& name, const std::string& link, const std::string& address) {
  ip({"-n", name, "address", "add", address, "dev", link});
  ip({"-n", name, "link", "set", link, "up"});
  ip({"-n", name, "link", "set", "lo", "up"});
}

}  // namespace

NetworkPair::NetworkPair() : red_(unique_name()), blue_(unique_name()) {
  made_directory_ = std::filesystem::create_directories(kDirectory);
  mount_ = std::make_unique<HostMount>(kDirectory, 0);
  ip({"netns", "add", red_});
  ip({"netns", "add", blue_});
  ip({"-n", red_, "link", "add", "veth0", "type", "veth", "peer", "name", "veth1", "netns", blue_});
  bring_up(red_, "veth0", "10.11.11.2/24");
  bring_up(blue_, "veth1", "10.11.11.3/24");
}

NetworkPair::~NetworkPair() {
  ip({"netns", "delete", red_});
  ip({"netns", "delete", blue_});
  mount_.reset();
  if (made_directory_) {
    ::rmdir(kDirectory);
  }
}

Outcome NetworkPair::ip_in_red(std::vector<std::string> arguments) const {
  return ip_in(red_, std::move(arguments));
}

Outcome NetworkPair::ip_in_blue(std::vector<std::string> arguments) const {
  return ip_in(blue_, std::move(arguments));
}

Command NetworkPair::in_red(Command command) const {
  command.argv.insert(command.argv.begin(), {"nsenter", "-n" + red_path(), "--"});
  return command;
}

}  // namespace myrt::test
