// One system call as a filter sees it, by the names that a reader knows.
#pragma once

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <seccomp.h>

#include "bpf.h"
#include "seccomp/filter.h"

namespace myrt::seccomp::test {

inline constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;

constexpr std::uint32_t errno_value(std::uint32_t code) { return SECCOMP_RET_ERRNO | code; }

/// What `filter` returns for call `number` of `architecture` (AUDIT_ARCH_*).
inline std::uint32_t answer_to(const Filter& filter, std::uint32_t architecture,
                               std::uint32_t number, const std::vector<std::uint64_t>& args = {}) {
  seccomp_data call{};
  call.arch = architecture;
  call.nr = static_cast<int>(number);
  std::ranges::copy(args, call.args);
  return evaluate(filter.program, call);
}

/// The same for a call of the native architecture by its name.
inline std::uint32_t answer(const Filter& filter, const std::string& name,
                            const std::vector<std::uint64_t>& args = {}) {
  const int number = ::seccomp_syscall_resolve_name(name.c_str());
  EXPECT_GE(number, 0) << name;
  return answer_to(filter, ::seccomp_arch_native(), static_cast<std::uint32_t>(number), args);
}

}  // namespace myrt::seccomp::test
