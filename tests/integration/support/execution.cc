#include "support/execution.h"

#include <linux/ioprio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <vector>

#include "support/facts.h"
#include "support/files.h"

namespace myrt::test {

std::string schedule_in(const std::string& stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    return "";
  }
  std::istringstream rest(stat.substr(name_end + 1));
  std::vector<std::string> fields = {"", "", ""};  // so that proc(5)'s numbers are the indexes
  for (std::string field; rest >> field;) {
    fields.push_back(field);
  }
  constexpr std::size_t kNice = 19;
  constexpr std::size_t kRealTimePriority = 40;
  constexpr std::size_t kPolicy = 41;
  return fields.size() > kPolicy
             ? fields[kPolicy] + " " + fields[kRealTimePriority] + " " + fields[kNice]
             : "";
}

std::string schedule_of(pid_t pid) {
  return schedule_in(read_file("/proc/" + std::to_string(pid) + "/stat"));
}

bool divides_real_time() {
  return !cgroup_v2() && has_controller("cpu") &&
         std::filesystem::exists(cgroup_root("cpu") / "cpu.rt_runtime_us");
}

void allow_real_time(Bundle& bundle) {
  if (divides_real_time()) {
    bundle.set("/linux/resources/cpu", R"({"realtimeRuntime": 100000, "realtimePeriod": 1000000})");
  }
}

std::string io_priority_of(pid_t pid) {
  const long value = ::syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid);
  return value < 0 ? ""
                   : std::to_string(value >> IOPRIO_CLASS_SHIFT) + " " +
                         std::to_string(value & ((1 << IOPRIO_CLASS_SHIFT) - 1));
}

std::string memory_policy_of(pid_t pid) {
  // ADDRESS POLICY [KEY=VALUE]...; the policy may have a space in it.
  const std::string map = read_file("/proc/" + std::to_string(pid) + "/numa_maps");
  const std::string line = map.substr(0, map.find('\n'));
  const std::size_t start = line.find(' ');
  if (start == std::string::npos) {
    return "";
  }
  std::string policy;
  std::istringstream words(line.substr(start));
  for (std::string word; words >> word && word != "heap" && word != "stack" &&
                         !word.starts_with("file=") && !word.starts_with("anon=") &&
                         !word.starts_with("dirty=") && !word.starts_with("mapped=");) {
    policy += (policy.empty() ? "" : " ") + word;
  }
  return policy;
}

}  // namespace myrt::test
