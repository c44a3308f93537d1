// The forms in which cgroup files give their numbers (Documentation/admin-guide/cgroup-v1/ and
// cgroup-v2.rst). Pure. What does not have the form is left out: a kernel may add lines and words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/stats.h>

namespace myrt::cgroup {

/// "123\n"; "max\n" is kNoLimit. 0 for anything else.
std::uint64_t parse_count(std::string_view text);

/// Lines of a name and a number: memory.stat, cpu.stat, memory.events.
std::map<std::string, std::uint64_t> parse_counts(std::string_view text);

/// "1 2 3 \n", as in cpuacct.usage_percpu.
std::vector<std::uint64_t> parse_row(std::string_view text);

/// Column `column` (0 is the processor) of cpuacct.usage_all, without its heading.
std::vector<std::uint64_t> parse_column(std::string_view text, std::size_t column);

/// "0-3,7\n", as in cpuset.cpus; at most 65536 numbers.
std::vector<std::uint16_t> parse_ranges(std::string_view text);

/// v1: "8:0 Read 1282048\n", without the total of all devices at the end.
std::vector<BlockIoEntry> parse_block_io(std::string_view text);

/// io.stat, "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353\n": the values of two of its
/// keys.
std::vector<BlockIoEntry> parse_io_stat(std::string_view text, std::string_view read_key,
                                        std::string_view write_key);

/// "mlx4_0 hca_handle=2 hca_object=2000\n", or "max" as a value.
std::vector<RdmaEntry> parse_rdma(std::string_view text);

/// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", and a line "full". Nothing without "some".
std::optional<Pressure> parse_pressure(std::string_view text);

}  // namespace myrt::cgroup
