// The resource limits' names, as config.json and messages write them.
#pragma once

#include <array>
#include <string_view>

namespace myrt::base {

/// Indexed by number (getrlimit(2)): asm-generic/resource.h, which x86, arm64 and riscv share.
inline constexpr std::array<std::string_view, 16> kRlimitNames = {
    "RLIMIT_CPU",      "RLIMIT_FSIZE", "RLIMIT_DATA",   "RLIMIT_STACK",
    "RLIMIT_CORE",     "RLIMIT_RSS",   "RLIMIT_NPROC",  "RLIMIT_NOFILE",
    "RLIMIT_MEMLOCK",  "RLIMIT_AS",    "RLIMIT_LOCKS",  "RLIMIT_SIGPENDING",
    "RLIMIT_MSGQUEUE", "RLIMIT_NICE",  "RLIMIT_RTPRIO", "RLIMIT_RTTIME"};

}  // namespace myrt::base
