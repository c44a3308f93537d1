#include "support/user_session.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "user";

// The fields of a line of passwd(5), which has no spaces in those that matter here.
std::vector<std::string> fields_of_user(const std::string& name) {
  for (const std::string& line : lines_of(read_file("/etc/passwd"))) {
    std::vector<std::string> fields;
    std::istringstream rest(line);
    for (std::string field; std::getline(rest, field, ':');) {
      fields.push_back(field);
    }
    if (fields.size() >= 6 && fields[0] == name) {
      return fields;
    }
  }
  return {};
}

}  // namespace

bool booted_with_systemd() { return fs::is_directory("/run/systemd/system"); }

std::optional<UserSession> UserSession::find() {
  const std::vector<std::string> fields = fields_of_user(kUser);
  if (!booted_with_systemd() || fields.empty()) {
    return std::nullopt;
  }
  UserSession session;
  session.name_ = fields[0];
  session.uid_ = static_cast<uid_t>(std::stoul(fields[2]));
  session.gid_ = static_cast<gid_t>(std::stoul(fields[3]));
  session.home_ = fields[5];
  if (!fs::exists(session.runtime_directory() / "bus")) {
    return std::nullopt;
  }
  return session;
}

Command UserSession::command(const Command& inside) const {
  const std::string runtime = runtime_directory();
  // KillMode=process: what the command leaves in the background goes on, as after one in a shell.
  std::vector<std::string> argv = {
      "runuser",
      "-u",
      name_,
      "--",
      "env",
      "XDG_RUNTIME_DIR=" + runtime,
      "DBUS_SESSION_BUS_ADDRESS=unix:path=" + runtime + "/bus",
      "systemd-run",
      "--user",
      "--quiet",
      "--pipe",
      "--wait",
      "--collect",
      "--property=Delegate=yes",
      "--property=KillMode=process",
      "--working-directory=" + (inside.cwd.empty() ? home_.string() : inside.cwd)};
  for (const std::string& variable : inside.env.value_or(std::vector<std::string>())) {
    argv.push_back("--setenv=" + variable);
  }
  argv.emplace_back("--");
  argv.insert(argv.end(), inside.argv.begin(), inside.argv.end());
  Command command = inside;
  command.argv = argv;
  command.env = std::nullopt;
  command.cwd = "/";
  return command;
}

void UserSession::own(const fs::path& path) const {
  EXPECT_EQ(::chown(path.c_str(), uid_, gid_), 0) << path << ": " << std::strerror(errno);
}

}  // namespace myrt::test
