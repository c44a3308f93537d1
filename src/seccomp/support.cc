#include "seccomp/support.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include <seccomp.h>

#include "base/text.h"
#include "seccomp/profile.h"

namespace myrt::seccomp {
namespace {

Result<bool> has_action(std::uint32_t action) {
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0) {
    return true;
  }
  // EINVAL: Linux before 4.14, where the question itself is unknown, as are the actions that are
  // asked about.
  if (errno == EOPNOTSUPP || errno == EINVAL) {
    return false;
  }
  return std::unexpected(Error::from_errno({"seccomp SECCOMP_GET_ACTION_AVAIL"}));
}

Result<bool> has_flags(std::uint32_t flags) {
  // With a null program a known flag gets as far as EFAULT, an unknown one ends in EINVAL before.
  // Nothing is loaded.
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, nullptr) < 0 && errno == EFAULT) {
    return true;
  }
  if (errno == EINVAL) {
    return false;
  }
  return std::unexpected(Error::from_errno({"seccomp SECCOMP_SET_MODE_FILTER"}));
}

Result<void> ask_about_flag(std::uint32_t flag, KernelSupport& support) {
  // The kernel wants this flag together with a listener.
  const std::uint32_t with =
      flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0U;
  if (MYRT_TRY(has_flags(flag | with))) {
    support.flags |= flag;
  }
  return {};
}

}  // namespace

Result<KernelSupport> kernel_support(const Seccomp& seccomp) {
  KernelSupport support;
  if (uses(seccomp, SeccompAction::kKillProcess)) {
    support.kill_process = MYRT_TRY(has_action(SECCOMP_RET_KILL_PROCESS));
  }
  if (uses(seccomp, SeccompAction::kLog)) {
    support.log = MYRT_TRY(has_action(SECCOMP_RET_LOG));
  }
  if (uses(seccomp, SeccompAction::kNotify)) {
    support.notify = MYRT_TRY(has_action(SECCOMP_RET_USER_NOTIF));
  }
  if (!seccomp.flags.has_value()) {
    MYRT_TRY(ask_about_flag(SECCOMP_FILTER_FLAG_SPEC_ALLOW, support));
    return support;
  }
  for (const std::string& name : *seccomp.flags) {
    if (const std::uint32_t flag = flag_bit(name); flag != 0) {
      MYRT_TRY(ask_about_flag(flag, support));
    }
  }
  return support;
}

std::string library_version() {
  const scmp_version* version = ::seccomp_version();
  return base::concat({std::to_string(version->major), ".", std::to_string(version->minor), ".",
                       std::to_string(version->micro)});
}

}  // namespace myrt::seccomp
