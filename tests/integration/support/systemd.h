// systemd as the tests meet it: the machine's own, or, where none runs, one of the tests' own,
// which is made of the host's program as a manager of root's units in a cgroup below the root
// (`systemd --user`).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/process.h"

namespace myrt::test {

class Systemd {
 public:
  /// What is missing for one here; empty when there is one, or one can be started.
  static std::string missing();

  /// Starts one, unless the machine has its own. It ends with this, and leaves nothing behind.
  Systemd();
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;
  ~Systemd();

  /// `--systemd-cgroup` among the global options, and the way to the manager in the environment.
  Command managed(Command command) const;
  /// systemctl(1) with these words.
  Outcome ctl(const std::vector<std::string>& words) const;
  /// A property of a unit, as `systemctl show` prints it.
  std::string show(const std::string& unit, const std::string& property) const;
  bool is_loaded(const std::string& unit) const;
  /// The manager's cgroup below the root of each hierarchy; empty on a machine with its own.
  const std::string& cgroup() const { return cgroup_; }

 private:
  /// Its bus, when it is one of the tests' own.
  std::string bus() const;

  std::string cgroup_;
  std::filesystem::path directory_;  // its $XDG_RUNTIME_DIR
  bool made_place_ = false;          // /run/systemd was not there
  std::optional<Process> process_;   // none: the machine's
};

}  // namespace myrt::test
