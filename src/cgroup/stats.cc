#include "cgroup/stats.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "cgroup/stats_parts.h"
#include "cgroup/stats_text.h"
#include "cgroup/tree.h"
#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

// cpuacct.usage_all has a line for each of at most 8192 processors; others are far shorter.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

/// Files by the beginning and the end of their names, of both versions.
struct Family {
  std::string_view controller;
  std::string_view ending;
};
constexpr auto kFamilies = std::to_array<Family>({
    {"blkio.", "_recursive"},       {"cpu.", ".pressure"},    {"cpu.", ".stat"},
    {"cpuacct.", ".stat"},          {"cpuacct.", ".usage"},   {"cpuacct.", ".usage_all"},
    {"cpuacct.", ".usage_percpu"},  {"cpuset.", ".cpus"},     {"cpuset.", ".mems"},
    {"hugetlb.", ".current"},       {"hugetlb.", ".events"},  {"hugetlb.", ".failcnt"},
    {"hugetlb.", "usage_in_bytes"}, {"io.", ".pressure"},     {"io.", ".stat"},
    {"memory.", ".current"},        {"memory.", ".failcnt"},  {"memory.", ".max"},
    {"memory.", ".peak"},           {"memory.", ".pressure"}, {"memory.", ".stat"},
    {"memory.", "_in_bytes"},       {"pids.", ".current"},    {"pids.", ".max"},
    {"rdma.", ".current"},          {"rdma.", ".max"},
});

bool is_cpuset_value(std::string_view name) {
  constexpr std::string_view kController = "cpuset.";
  return name.starts_with(kController) &&
         std::ranges::find(kCpusetValues, name.substr(kController.size())) != kCpusetValues.end();
}

bool is_counted(std::string_view name) {
  return is_cpuset_value(name) || std::ranges::any_of(kFamilies, [&](const Family& family) {
           return name.starts_with(family.controller) && name.ends_with(family.ending);
         });
}

bool is_pressure(std::string_view name) { return name.ends_with(".pressure"); }

/// The host does not count it, or does not any more.
bool is_absent(const Error& error) { return is_gone(error) || error.code() == EOPNOTSUPP; }

/// Adds the texts of the files that count something.
Result<void> read_files(int cgroup, Files& files) {
  for (std::string& name : MYRT_TRY(sys::names_in(cgroup, "."))) {
    if (!is_counted(name)) {
      continue;
    }
    Result<std::string> text = sys::read_file(cgroup, name, kMaxFileBytes);
    if (text.has_value()) {
      files.emplace(std::move(name), *std::move(text));
    } else if (!is_absent(text.error())) {
      return std::unexpected(std::move(text).error());
    }
  }
  return {};
}

}  // namespace

std::string_view text_of(const Files& files, std::string_view name) {
  const auto file = files.find(name);
  return file == files.end() ? std::string_view() : std::string_view(file->second);
}

std::uint64_t count_in(const std::map<std::string, std::uint64_t>& counts,
                       const std::string& name) {
  const auto count = counts.find(name);
  return count == counts.end() ? 0 : count->second;
}

PidsStats pids_stats(const Files& files) {
  const std::uint64_t limit = parse_count(text_of(files, "pids.max"));
  return {.current = parse_count(text_of(files, "pids.current")),
          .limit = limit == kNoLimit ? 0 : limit};
}

RdmaStats rdma_stats(const Files& files) {
  return {.current = parse_rdma(text_of(files, "rdma.current")),
          .limit = parse_rdma(text_of(files, "rdma.max"))};
}

std::vector<std::string> hugepage_sizes(const Files& files, std::string_view suffix) {
  constexpr std::string_view kController = "hugetlb.";
  std::vector<std::string> sizes;
  for (const auto& [name, text] : files) {
    if (!name.starts_with(kController) || !name.ends_with(suffix)) {
      continue;
    }
    std::string size =
        name.substr(kController.size(), name.size() - kController.size() - suffix.size());
    // "2MB.rsvd" is what is reserved, not what is in use.
    if (size.find('.') == std::string::npos) {
      sizes.push_back(std::move(size));
    }
  }
  return sizes;
}

Stats stats_hybrid(Files v1, const Files& v2) {
  const auto lacks = [&v1](std::string_view controller) {
    const auto file = v1.lower_bound(controller);
    return file == v1.end() || !file->first.starts_with(controller);
  };
  const bool cpu = lacks("cpu.") && lacks("cpuacct.");
  const bool memory = lacks("memory.");
  const bool pids = lacks("pids.");
  const bool block_io = lacks("blkio.");
  const bool hugetlb = lacks("hugetlb.");
  const bool rdma = lacks("rdma.");
  std::ranges::copy_if(v2, std::inserter(v1, v1.end()),
                       [](const auto& file) { return is_pressure(file.first); });
  Stats stats = stats_v1(v1);
  Stats beside = stats_v2(v2);
  const auto take = [](bool missing, auto& here, auto& there) {
    if (missing) {
      here = std::move(there);
    }
  };
  take(cpu, stats.cpu, beside.cpu);
  take(memory, stats.memory, beside.memory);
  take(pids, stats.pids, beside.pids);
  take(block_io, stats.block_io, beside.block_io);
  take(hugetlb, stats.hugetlb, beside.hugetlb);
  take(rdma, stats.rdma, beside.rdma);
  return stats;
}

Result<Stats> read_stats(std::span<const std::string> directories) {
  Files v1;
  Files v2;
  bool has_v1 = false;
  for (const OpenCgroup& cgroup : MYRT_TRY(open_own(directories))) {
    MYRT_TRY(read_files(cgroup.fd.get(), cgroup.v2 ? v2 : v1));
    has_v1 = has_v1 || !cgroup.v2;
  }
  return has_v1 ? stats_hybrid(std::move(v1), v2) : stats_v2(v2);
}

}  // namespace myrt::cgroup
