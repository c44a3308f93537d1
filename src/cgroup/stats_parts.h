// What the statistics of both cgroup versions share; stats.h has the rest. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cgroup/stats.h"

namespace myrt::cgroup {

/// The text of a file; empty when the host does not have it.
std::string_view text_of(const Files& files, std::string_view name);

/// The number of a name; 0 when there is none.
std::uint64_t count_in(const std::map<std::string, std::uint64_t>& counts, const std::string& name);

/// Whose files have the same form in both versions.
PidsStats pids_stats(const Files& files);
RdmaStats rdma_stats(const Files& files);

/// The sizes "2MB" of the files "hugetlb.2MB" + `suffix`.
std::vector<std::string> hugepage_sizes(const Files& files, std::string_view suffix);

}  // namespace myrt::cgroup
