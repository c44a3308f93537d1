// Sets of CPUs and of memory nodes in the list format of cpuset(7), "0-3,7", as config.json writes
// them. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <myrt/spec_execution.h>

namespace myrt::base {

/// CONFIG_NR_CPUS at most, on any architecture.
inline constexpr std::size_t kMaxCpus = 8192;
/// 1 << CONFIG_NODES_SHIFT at most.
inline constexpr std::size_t kMaxNodes = 1024;

/// The set that the whole of `text` is a list of: decimal numbers below `limit` and ranges of them,
/// in any order. Nothing when it is no list, or an empty one.
std::optional<NumberSet> parse_number_list(std::string_view text, std::size_t limit);

/// The set as the shortest list; "" for the empty one.
std::string number_list(const NumberSet& set);

}  // namespace myrt::base
