#include "sys/memfd.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>

#include "sys/file.h"
#include "sys/kernel_defs.h"

namespace myrt::sys {

static_assert(kMemfdSeals == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));

Result<UniqueFd> executable_memfd(const char* name) {
  // Since Linux 6.3 a host may refuse memfds that do not say whether they will be executed (sysctl
  // vm.memfd_noexec); older kernels do not know the flag.
  UniqueFd memfd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
  if (!memfd.is_open() && errno == EINVAL) {
    memfd.reset(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  }
  if (!memfd.is_open()) {
    return std::unexpected(Error::from_errno({"memfd_create"}));
  }
  return memfd;
}

Result<void> seal_memfd(int memfd) {
  if (::fcntl(memfd, F_ADD_SEALS, kMemfdSeals) < 0) {
    return std::unexpected(Error::from_errno({"seal a memfd"}));
  }
  return {};
}

Result<UniqueFd> sealed_program(const char* name, std::string_view program) {
  UniqueFd memfd = MYRT_TRY(executable_memfd(name));
  MYRT_TRY(write_all(memfd.get(), program, name));
  MYRT_TRY(seal_memfd(memfd.get()));
  return memfd;
}

}  // namespace myrt::sys
