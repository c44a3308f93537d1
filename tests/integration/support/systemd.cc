#include "support/systemd.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <system_error>

#include <gtest/gtest.h>

#include "support/facts.h"
#include "support/files.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/lib/systemd/systemd";
constexpr const char* kPlace = "/run/systemd";
// What sd_booted(3) looks for.
constexpr const char* kBooted = "/run/systemd/system";

bool is_booted() { return fs::exists(kBooted); }

// Roots of the hierarchies in which systemd has to be in its cgroup when it starts.
std::vector<fs::path> own_roots() {
  if (cgroup_v2()) {
    return {"/sys/fs/cgroup"};
  }
  std::vector<fs::path> roots;
  for (const char* root : {"/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"}) {
    if (fs::exists(root)) {
      roots.emplace_back(root);
    }
  }
  return roots;
}

std::vector<fs::path> all_roots() {
  if (cgroup_v2()) {
    return own_roots();
  }
  std::vector<fs::path> roots;
  for (const std::string& name : list_directory("/sys/fs/cgroup")) {
    roots.push_back(fs::path("/sys/fs/cgroup") / name);
  }
  return roots;
}

// Kills what is in the cgroup and below, and removes it.
void clear_cgroup(const fs::path& cgroup) {
  std::error_code error;
  for (const std::string& name : list_directory(cgroup)) {
    if (fs::is_directory(cgroup / name, error)) {
      clear_cgroup(cgroup / name);
    }
  }
  for (const std::string& pid : lines_of(read_file(cgroup / "cgroup.procs"))) {
    ::kill(std::stoi(pid), SIGKILL);
  }
  eventually([&] {
    reap_all();
    return ::rmdir(cgroup.c_str()) == 0 || errno == ENOENT;
  });
}

}  // namespace

std::string Systemd::missing() {
  if (is_booted()) {
    return "";
  }
  const bool startable =
      fs::exists(kProgram) && fs::exists("/usr/bin/dbus-daemon") && has_capability(CAP_SYS_ADMIN);
  // Other runtimes take the manager that they reach for that of the whole machine.
  return startable && runtime_is("myrt") ? "" : "systemd";
}

Systemd::Systemd() {
  if (is_booted()) {
    return;
  }
  // Not a name of this run's containers: slices stay in there after the first of them.
  cgroup_ = "/myrt-systemd-" + std::to_string(::getpid());
  directory_ = test_run().directory / "systemd";
  fs::create_directories(directory_);
  made_place_ = fs::create_directory(kPlace);  // absent where systemd has never run
  EXPECT_EQ(::mount("tmpfs", kPlace, "tmpfs", 0, nullptr), 0);
  fs::create_directories(kBooted);
  Command command{.argv = {kProgram, "--user", "--unit=dbus.socket"}};
  command.env = {"PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=" + directory_.string(),
                 "HOME=" + directory_.string()};
  command.identity.emplace();
  for (const fs::path& root : own_roots()) {
    const fs::path cgroup = root.string() + cgroup_;
    fs::create_directory(cgroup);
    command.identity->cgroups.push_back(cgroup);
  }
  process_.emplace(command);
  // The first question on the bus starts its daemon, which must be there before a test looks at the
  // host.
  const auto answers = [this] {
    return run({.argv = {"busctl", "--address=" + bus(), "--no-pager", "list"}}).exit_code == 0;
  };
  EXPECT_TRUE(eventually(answers, milliseconds(20'000))) << process_->err();
}

Systemd::~Systemd() {
  if (!process_.has_value()) {
    return;
  }
  process_->signal(SIGKILL);
  process_->wait();
  for (const fs::path& root : all_roots()) {
    clear_cgroup(root.string() + cgroup_);
  }
  EXPECT_EQ(::umount2(kPlace, MNT_DETACH), 0);
  if (made_place_) {
    ::rmdir(kPlace);
  }
}

std::string Systemd::bus() const { return "unix:path=" + (directory_ / "bus").string(); }

Command Systemd::managed(Command command) const {
  command.argv.insert(command.argv.begin() + 1, "--systemd-cgroup");
  if (process_.has_value() && command.env.has_value()) {
    command.env->push_back("DBUS_SYSTEM_BUS_ADDRESS=" + bus());
  }
  return command;
}

Outcome Systemd::ctl(const std::vector<std::string>& words) const {
  Command command{.argv = {"systemctl", "--no-pager"}};
  if (process_.has_value()) {
    command.argv.push_back("--user");
    command.env = {"PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=" + directory_.string(),
                   "DBUS_SESSION_BUS_ADDRESS=" + bus()};
  }
  command.timeout = milliseconds(60'000);
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return run(command);
}

std::string Systemd::show(const std::string& unit, const std::string& property) const {
  std::string value = ctl({"show", "--property=" + property, "--value", unit}).out;
  while (value.ends_with('\n')) {
    value.pop_back();
  }
  return value;
}

bool Systemd::is_loaded(const std::string& unit) const {
  return contains(ctl({"list-units", "--all", "--full", "--plain", "--no-legend", unit}).out, unit);
}

}  // namespace myrt::test
