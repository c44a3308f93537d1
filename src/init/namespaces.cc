#include "init/namespaces.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

#include "sys/credentials.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/netlink.h"
#include "sys/process.h"

namespace myrt::init {

namespace {

struct KindEntry {
  int flag;
  const char* word;
  const char* proc_name;
};

// Indexed by NamespaceKind.
constexpr std::array<KindEntry, kNamespaceKinds> kKinds = {{{CLONE_NEWUSER, "user", "user"},
                                                            {CLONE_NEWNS, "mount", "mnt"},
                                                            {CLONE_NEWPID, "pid", "pid"},
                                                            {CLONE_NEWNET, "network", "net"},
                                                            {CLONE_NEWIPC, "ipc", "ipc"},
                                                            {CLONE_NEWUTS, "uts", "uts"},
                                                            {CLONE_NEWCGROUP, "cgroup", "cgroup"},
                                                            {CLONE_NEWTIME, "time", "time"}}};

const KindEntry& entry(NamespaceKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

}  // namespace

int clone_flag(NamespaceKind kind) { return entry(kind).flag; }
const char* proc_name(NamespaceKind kind) { return entry(kind).proc_name; }
const char* kind_word(NamespaceKind kind) { return entry(kind).word; }

Result<bool> is_own_namespace(int directory, const std::string& path, NamespaceKind kind) {
  struct ::stat theirs = {};
  struct ::stat ours = {};
  const std::string own = std::string("/proc/self/ns/") + proc_name(kind);
  if (::fstatat(directory, path.c_str(), &theirs, AT_EMPTY_PATH) != 0 ||
      ::stat(own.c_str(), &ours) != 0) {
    return std::unexpected(Error::from_errno({"compare namespaces: ", path.empty() ? own : path}));
  }
  return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

Result<void> join_namespaces(const plan::NamespacePlan& plan, std::vector<sys::UniqueFd> joins) {
  for (std::size_t i = 0; i < plan.joins.size(); ++i) {
    const plan::Join& join = plan.joins[i];
    MYRT_TRY(in(std::string("join ") + kind_word(join.kind) + " namespace",
                sys::setns(joins[i].get(), clone_flag(join.kind), join.path)));
  }
  return {};
}

Result<void> enter_time_namespace(const plan::NamespacePlan& plan, int procfs) {
  constexpr const char* kName = "time namespace";
  // unshare(2) puts only children there, and setns(2) the caller itself, if it has one thread. A
  // clone with CLONE_NEWTIME would be inside from the start, which ends the setting of offsets, and
  // kernels before 6.3 without a correction refuse it.
  MYRT_TRY(sys::unshare(clone_flag(NamespaceKind::kTime), kName));
  if (!plan.time_offsets.empty()) {
    MYRT_TRY(
        in("time offsets", sys::write_value(procfs, "self/timens_offsets", plan.time_offsets)));
  }
  const sys::UniqueFd made =
      MYRT_TRY(in(kName, sys::open_at(procfs, "self/ns/time_for_children", O_RDONLY)));
  return sys::setns(made.get(), clone_flag(NamespaceKind::kTime), kName);
}

Result<void> become_setup_user(const plan::NamespacePlan& plan) {
  if (!plan.deny_setgroups) {
    Result<void> dropped = sys::set_groups({});
    // A namespace that was joined may be one that denies setgroups(2). Whoever had the right to
    // drop groups outside has done so by then: see forget_groups.
    const bool joined = plan.uid_map.empty();
    if (!dropped.has_value() && !(joined && dropped.error().code() == EPERM)) {
      return dropped;
    }
  }
  MYRT_TRY(sys::set_gid(plan.setup_gid));
  return sys::set_uid(plan.setup_uid);
}

void forget_groups() {
  // EPERM: a user without privileges keeps his groups (user_namespaces(7)).
  std::ignore = sys::set_groups({});
}

Result<void> furnish_namespaces(const plan::NamespacePlan& plan) {
  if (!plan.hostname.empty() && ::sethostname(plan.hostname.data(), plan.hostname.size()) != 0) {
    return std::unexpected(Error::from_errno({"set hostname ", plan.hostname}));
  }
  if (!plan.domainname.empty() &&
      ::setdomainname(plan.domainname.data(), plan.domainname.size()) != 0) {
    return std::unexpected(Error::from_errno({"set domainname ", plan.domainname}));
  }
  return plan.loopback_up ? sys::bring_loopback_up() : Result<void>{};
}

Result<void> start_session() {
  if (::setsid() < 0) {
    return std::unexpected(Error::from_errno({"start a session"}));
  }
  return {};
}

Result<void> new_session_keyring() {
  if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 && errno != ENOSYS) {
    return std::unexpected(Error::from_errno({"make a session keyring"}));
  }
  return {};
}

}  // namespace myrt::init
