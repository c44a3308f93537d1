#include "seccomp/load.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

namespace myrt::seccomp {
namespace {

static_assert(sizeof(Instruction) == sizeof(sock_filter) &&
              alignof(Instruction) >= alignof(sock_filter));
static_assert(offsetof(Instruction, code) == offsetof(sock_filter, code));
static_assert(offsetof(Instruction, if_true) == offsetof(sock_filter, jt));
static_assert(offsetof(Instruction, if_false) == offsetof(sock_filter, jf));
static_assert(offsetof(Instruction, k) == offsetof(sock_filter, k));

/// The result of seccomp(2), not negative.
Result<long> set_filter(const Filter& filter) {
  if (filter.program.size() > BPF_MAXINSNS) {
    return std::unexpected(Error(EINVAL, "load a filter of too many instructions"));
  }
  sock_fprog program{};
  program.len = static_cast<unsigned short>(filter.program.size());
  // The kernel only reads it.
  program.filter =
      const_cast<sock_filter*>(reinterpret_cast<const sock_filter*>(filter.program.data()));
  const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter.flags, &program);
  if (result < 0) {
    return std::unexpected(Error::from_errno({"load the filter"}));
  }
  return result;
}

}  // namespace

Result<void> load(const Filter& filter) {
  const long thread = MYRT_TRY(set_filter(filter));
  if (thread != 0) {  // TSYNC: a thread that has a filter of its own, and nothing was loaded
    return std::unexpected(
        Error::from_code(ESRCH, {"load the filter into thread ", std::to_string(thread)}));
  }
  return {};
}

Result<int> load_with_listener(const Filter& filter) {
  return static_cast<int>(MYRT_TRY(set_filter(filter)));
}

}  // namespace myrt::seccomp
