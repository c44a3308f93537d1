// `exec`: another process in a container that exists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/container.h>
#include <myrt/result.h>

namespace myrt {

/// Ids as `--user UID[:GID]` gives them.
struct ExecUser {
  std::uint32_t uid = 0;             // 0..4294967294
  std::optional<std::uint32_t> gid;  // absent: that of the container's process
  friend bool operator==(const ExecUser&, const ExecUser&) = default;
};
/// Parses "1000" or "1000:1000": decimal digits alone, names are not looked up.
Result<ExecUser> parse_exec_user(std::string_view text);

/// What differs from the container's own process, whose environment, ids, limits and restrictions
/// are the rest.
struct ExecChanges {
  std::vector<std::string> args;  // not empty
  std::vector<std::string> env;   // NAME=value, added to the container's, or in place of its
  std::string cwd;                // absolute; empty: the container's
  std::optional<ExecUser> user;
  std::vector<std::uint32_t> additional_gids;  // added to the container's
  std::vector<std::string> capabilities;       // "CAP_NET_RAW"; added, but never inheritable
  std::string apparmor_profile;                // empty: the container's
  bool no_new_privileges = false;              // true sets it; false keeps the container's
  std::string selinux_label;                   // empty: the container's
  friend bool operator==(const ExecChanges&, const ExecChanges&) = default;
};

struct ExecOptions {
  // File with an OCI `process` object (config.md "Process"), in place of `changes`. Fields that it
  // lacks, such as limits and capabilities, are the container's.
  std::string process_file;
  ExecChanges changes;
  bool terminal = false;  // with a process file: also when that asks for none
  std::string console_socket;
  std::string pidfd_socket;
  std::string pid_file;  // written once the program runs, and only then
  bool detach = false;
  int preserve_fds = 0;
  int listen_fds = 0;        // descriptors from LISTEN_FDS, when LISTEN_PID was this process
  std::string listen_names;  // LISTEN_FDNAMES, which goes with them
  std::vector<std::string> cgroups;  // "[CONTROLLER[,CONTROLLER...]:]PATH" below the container's
  bool ignore_paused = false;
};

/// Runs a program in a container that is created or running: in its namespaces and its cgroup, with
/// its seccomp filter. Returns when the program has ended, with its exit status as a shell would
/// say it (128 + signal); detached, when it has been executed, with 0. A failure to set it up is an
/// error, also detached. Errors: ENOENT no such container; ESRCH it has stopped.
Result<int> exec(const Store& store, std::string_view id, const ExecOptions& options);

}  // namespace myrt
