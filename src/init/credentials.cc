#include "init/credentials.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/rlimit_names.h"
#include "base/text.h"
#include "init/program.h"
#include "sys/credentials.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/resolve.h"

namespace myrt::init {

namespace {

/// Reads, searches and executes whatever the mode bits say (capabilities(7)).
constexpr std::uint64_t kReadAnything = std::uint64_t{1} << CAP_DAC_OVERRIDE;

/// A passwd file is text of some kilobytes; what is larger was not made for us to read.
constexpr std::size_t kMaxPasswd = std::size_t{1} << 20U;

Result<void> set_groups(const plan::ProcessPlan& process, const plan::NamespacePlan& namespaces) {
  if (namespaces.deny_setgroups && process.groups.empty()) {
    return {};  // there is no right to call it, and no other group to lose
  }
  Result<void> set = sys::set_groups(process.groups);
  // Nothing to set, and in a joined namespace that denies setgroups(2) nothing left to lose: see
  // forget_groups.
  const bool joined = namespaces.in_user_namespace && namespaces.uid_map.empty();
  if (!set.has_value() && set.error().code() == EPERM && joined && process.groups.empty()) {
    return {};
  }
  return in("process.user.additionalGids", std::move(set));
}

/// setfsuid(2) reports nothing: a second call tells whether the first took effect.
Result<void> set_file_ids(std::uint32_t uid, std::uint32_t gid) {
  constexpr auto kInvalid = static_cast<std::uint32_t>(-1);
  ::setfsgid(gid);
  ::setfsuid(uid);
  if (static_cast<std::uint32_t>(::setfsgid(kInvalid)) != gid ||
      static_cast<std::uint32_t>(::setfsuid(kInvalid)) != uid) {
    return std::unexpected(
        Error("set file-system ids " + std::to_string(uid) + ":" + std::to_string(gid)));
  }
  return {};
}

}  // namespace

Result<void> as_process_user(const plan::ProcessPlan& process,
                             const plan::NamespacePlan& namespaces,
                             const std::function<Result<void>()>& action) {
  const bool same_rights = process.uid == namespaces.setup_uid &&
                           process.gid == namespaces.setup_gid &&
                           (process.capabilities.effective & kReadAnything) == kReadAnything;
  if (same_rights) {
    return action();
  }
  MYRT_TRY(set_groups(process, namespaces));
  const std::uint64_t permitted = MYRT_TRY(sys::permitted_capabilities());
  const std::uint64_t inheritable = process.capabilities.inheritable & permitted;
  // Leaving fsuid 0 drops the file capabilities from the effective set, coming back raises them
  // (capabilities(7)); for a root without CAP_DAC_OVERRIDE the set itself must say so.
  MYRT_TRY(set_file_ids(process.uid, process.gid));
  MYRT_TRY(
      sys::set_capabilities(process.capabilities.effective & permitted, permitted, inheritable));
  Result<void> done = action();
  MYRT_TRY(sys::set_capabilities(permitted, permitted, inheritable));
  MYRT_TRY(set_file_ids(namespaces.setup_uid, namespaces.setup_gid));
  MYRT_TRY(sys::set_capabilities(permitted, permitted, inheritable));
  return done;
}

Result<std::string> find_program_as(const plan::ProcessPlan& process,
                                    const plan::NamespacePlan& namespaces) {
  std::string program;
  const auto find = [&]() -> Result<void> {
    program = MYRT_TRY(find_program(process.args.front(), process.search_path));
    return {};
  };
  MYRT_TRY(as_process_user(process, namespaces, find));
  return program;
}

Result<void> set_rlimits(const plan::ProcessPlan& process) {
  for (const Rlimit& limit : process.rlimits) {
    const struct ::rlimit value = {.rlim_cur = limit.soft, .rlim_max = limit.hard};
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &value) != 0) {
      return std::unexpected(Error::from_errno(
          {"set ", base::kRlimitNames.at(static_cast<std::size_t>(limit.resource)), " to ",
           std::to_string(limit.soft), ", ", std::to_string(limit.hard)}));
    }
  }
  return {};
}

Result<void> set_oom_score(const plan::ProcessPlan& process) {
  if (!process.oom_score_adj.has_value()) {
    return {};
  }
  const auto write = [text = std::to_string(*process.oom_score_adj)] {
    return in("process.oomScoreAdj", sys::write_value(AT_FDCWD, "/proc/self/oom_score_adj", text));
  };
  Result<void> written = write();
  if (written.has_value() || written.error().code() != EACCES) {
    return written;
  }
  // Of a process that is not dumpable the file belongs to the host's root (proc(5)).
  MYRT_TRY(sys::set_dumpable(true));
  written = write();
  MYRT_TRY(sys::set_dumpable(false));
  return written;
}

Result<void> set_credentials(const plan::ProcessPlan& process,
                             const plan::NamespacePlan& namespaces) {
  MYRT_TRY(sys::limit_bounding_set(process.capabilities.bounding));
  if (process.uid != namespaces.setup_uid) {
    // Without it the change of ids would clear the permitted set. execve(2) resets the flag.
    MYRT_TRY(sys::set_keep_capabilities(true));
  }
  MYRT_TRY(set_groups(process, namespaces));
  MYRT_TRY(sys::set_gid(process.gid));
  MYRT_TRY(sys::set_uid(process.uid));
  MYRT_TRY(sys::set_capabilities(process.capabilities.effective, process.capabilities.permitted,
                                 process.capabilities.inheritable));
  // The ambient set is never more than the inheritable one: an empty one has emptied it
  // (capabilities(7)).
  return process.capabilities.inheritable == 0 ? Result<void>{}
                                               : sys::set_ambient(process.capabilities.ambient);
}

Result<void> own_stdio(const plan::ProcessPlan& process) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    struct ::stat status = {};
    if (::fstat(fd, &status) != 0 || status.st_uid == process.uid) {
      continue;  // a closed descriptor, or nothing to do
    }
    const bool stream = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    // Of device nodes only the container's own terminal: /dev/null or the caller's terminal would
    // change hands (CVE-2026-88265).
    if (!stream && !(process.terminal && S_ISCHR(status.st_mode) && ::isatty(fd) == 1)) {
      continue;
    }
    // Somebody else's terminal or a read-only file system: the program can still use the descriptor
    // it has.
    if (::fchown(fd, process.uid, static_cast<gid_t>(-1)) != 0 && errno != EPERM &&
        errno != EROFS && errno != EINVAL) {
      return std::unexpected(Error::from_errno(
          {"chown descriptor ", std::to_string(fd), " to ", std::to_string(process.uid)}));
    }
  }
  return {};
}

std::string home_directory(int root, std::uint32_t uid) {
  Result<sys::UniqueFd> file =
      sys::open_in_root(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  // An image without users, or with something odd there, has no home directories.
  struct ::stat status = {};
  if (!file.has_value() || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return "/";
  }
  const Result<std::string> text = sys::read_all(file->get(), "/etc/passwd", kMaxPasswd);
  if (!text.has_value()) {
    return "/";
  }
  for (const std::string_view line : base::split(*text, '\n')) {
    const auto fields = base::split(line, ':');
    if (fields.size() > 5 && fields[2] == std::to_string(uid) && fields[5].starts_with('/')) {
      return std::string(fields[5]);
    }
  }
  return "/";
}

}  // namespace myrt::init
