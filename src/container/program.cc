#include <fcntl.h>
#include <unistd.h>

#include <myrt/runtime.h>

#include "seccomp/support.h"
#include "sys/process.h"
#include "sys/self_exe.h"

namespace myrt {

Result<void> prepare_program(char** argv, char** envp, int kept_descriptors) {
  constexpr int kFirst = STDERR_FILENO + 1;
  for (int fd = kFirst; fd < kFirst + kept_descriptors; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) {
      return std::unexpected(Error::from_errno({"preserved descriptor ", std::to_string(fd)}));
    }
  }
  MYRT_TRY(sys::close_range(static_cast<unsigned>(kFirst + kept_descriptors), ~0U, false));
  MYRT_TRY(sys::reexecute_protected(argv, envp));
  return sys::set_dumpable(false);
}

std::string libseccomp_version() { return seccomp::library_version(); }

}  // namespace myrt
