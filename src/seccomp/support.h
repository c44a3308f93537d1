// What the running kernel's seccomp(2) offers. Asked in the runtime, before a filter is compiled.
#pragma once

#include <cstdint>
#include <string>

#include <myrt/result.h>
#include <myrt/spec_seccomp.h>

namespace myrt::seccomp {

/// The optional parts of seccomp(2) that a profile needs and this kernel has.
struct KernelSupport {
  bool kill_process = false;  // Linux 4.14
  bool log = false;           // Linux 4.14
  bool notify = false;        // Linux 5.0
  std::uint32_t flags = 0;    // SECCOMP_FILTER_FLAG_*
  friend bool operator==(const KernelSupport&, const KernelSupport&) = default;
};

/// Asks the kernel about what `seccomp` names, and about nothing else: for most profiles that is
/// one system call. What was not asked for counts as missing. ENOSYS: a kernel without seccomp(2).
Result<KernelSupport> kernel_support(const Seccomp& seccomp);

/// The version of the libseccomp that compiles filters, "2.5.4".
std::string library_version();

}  // namespace myrt::seccomp
