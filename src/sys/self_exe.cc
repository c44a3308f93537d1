#include "sys/self_exe.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "sys/file.h"
#include "sys/memfd.h"
#include "sys/mount_api.h"

namespace myrt::sys {

namespace {

constexpr const char* kOwnExecutable = "/proc/self/exe";

/// Whether the process already runs from what protected_mount or sealed_copy made.
Result<bool> is_protected() {
  // Not by MYRT_TRY: g++ 12 takes the moved string for uninitialised here.
  const Result<std::string> link = read_link(AT_FDCWD, kOwnExecutable);
  if (!link.has_value()) {
    return std::unexpected(link.error());
  }
  const std::string& path = *link;
  if (path == "/") {  // no file but the root of a detached mount of one file has this name
    struct statfs status{};
    if (::statfs(kOwnExecutable, &status) < 0) {
      return std::unexpected(Error::from_errno({"statfs ", kOwnExecutable}));
    }
    return (status.f_flags & ST_RDONLY) != 0;
  }
  if (path.starts_with("/memfd:")) {
    const UniqueFd executable = MYRT_TRY(open_at(AT_FDCWD, kOwnExecutable, O_RDONLY));
    // -1 (not a memfd after all) has every bit set.
    const int seals = ::fcntl(executable.get(), F_GET_SEALS);
    return seals >= 0 && (seals & kMemfdSeals) == kMemfdSeals;
  }
  return false;
}

/// Whether this program was executed by descriptor: the kernel then says so in the auxiliary
/// vector.
bool was_executed_by_descriptor() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): what getauxval(3) gives for this type is an address.
  const char* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return name != nullptr && std::string_view(name).starts_with("/dev/fd/");
}

Result<UniqueFd> protected_mount() {
  UniqueFd mount = MYRT_TRY(open_tree_clone(AT_FDCWD, kOwnExecutable, false));
  // Private as well: what is mounted on the host's binary later must not propagate here.
  MYRT_TRY(mount_setattr(mount.get(), "", {.set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE}));
  return mount;
}

Result<UniqueFd> sealed_copy() {
  const UniqueFd executable = MYRT_TRY(open_at(AT_FDCWD, kOwnExecutable, O_RDONLY));
  UniqueFd copy = MYRT_TRY(executable_memfd("myrt"));
  constexpr std::size_t kMostBytes = 0x7ffff000;  // of one sendfile(2)
  ssize_t count = 0;
  do {
    count = ::sendfile(copy.get(), executable.get(), nullptr, kMostBytes);
  } while (count > 0 || (count < 0 && errno == EINTR));
  if (count < 0) {
    return std::unexpected(Error::from_errno({"copy ", kOwnExecutable, " to a memfd"}));
  }
  MYRT_TRY(seal_memfd(copy.get()));
  return copy;
}

/// execve(2) of `file`, which is close-on-exec; returns only to fail.
Error execute(int file, char** argv, char** envp) {
  ::execveat(file, "", argv, envp, AT_EMPTY_PATH);
  return Error::from_errno({"execveat a protected copy of ", kOwnExecutable});
}

}  // namespace

Result<void> reexecute_protected(char** argv, char** envp) {
  if (MYRT_TRY(is_protected())) {
    // Kernels before 6.14 call a process that was executed by descriptor after its number.
    ::prctl(PR_SET_NAME, "myrt", 0UL, 0UL, 0UL);
    return {};
  }
  // Executed by descriptor and yet not recognised: should a kernel ever name a detached mount
  // otherwise, another one would be executed for ever. The memfd's seals are certain.
  Result<UniqueFd> file = was_executed_by_descriptor() ? sealed_copy() : protected_mount();
  if (!file.has_value()) {
    // Whatever forbids the mount (no privilege, an old kernel, a binary that is itself a memfd):
    // the copy protects as well, it only costs more.
    file = sealed_copy();
  }
  const UniqueFd executable = MYRT_TRY(std::move(file));
  return std::unexpected(execute(executable.get(), argv, envp));
}

}  // namespace myrt::sys
