// Statistics as runc's `events` has them (types/events.go): where it leaves a 0 out, so do we.
#include <nlohmann/json.hpp>

#include <myrt/events.h>

namespace myrt {

namespace {

using Json = nlohmann::ordered_json;

void put(Json& json, const char* key, std::uint64_t value) {
  if (value != 0) {
    json[key] = value;
  }
}

template <typename T>
void put_list(Json& json, const char* key, const std::vector<T>& values) {
  if (!values.empty()) {
    json[key] = values;
  }
}

Json pressure_line_json(const PressureLine& line) {
  return {
      {"avg10", line.avg10}, {"avg60", line.avg60}, {"avg300", line.avg300}, {"total", line.total}};
}

void put_pressure(Json& json, const std::optional<Pressure>& pressure) {
  if (!pressure.has_value()) {
    return;
  }
  Json& psi = json["psi"];
  psi["some"] = pressure_line_json(pressure->some);
  if (pressure->full.has_value()) {
    psi["full"] = pressure_line_json(*pressure->full);
  }
}

Json cpu_json(const CpuStats& cpu) {
  Json usage = Json::object();
  put(usage, "total", cpu.total);
  put_list(usage, "percpu", cpu.percpu);
  put_list(usage, "percpu_kernel", cpu.percpu_kernel);
  put_list(usage, "percpu_user", cpu.percpu_user);
  usage["kernel"] = cpu.kernel;
  usage["user"] = cpu.user;
  Json throttling = Json::object();
  put(throttling, "periods", cpu.periods);
  put(throttling, "throttledPeriods", cpu.throttled_periods);
  put(throttling, "throttledTime", cpu.throttled_time);
  Json json = {{"usage", usage}, {"throttling", throttling}};
  put_pressure(json, cpu.pressure);
  return json;
}

Json cpuset_json(const CpusetStats& cpuset) {
  Json json = Json::object();
  const auto put_value = [&](std::string_view name) {
    const auto value = cpuset.values.find(name);
    json[std::string(name)] = value == cpuset.values.end() ? 0 : value->second;
  };
  put_list(json, "cpus", cpuset.cpus);
  put_value(kCpusetValues.front());
  put_list(json, "mems", cpuset.mems);
  for (const std::string_view name : std::span(kCpusetValues).subspan(1)) {
    put_value(name);
  }
  return json;
}

Json memory_use_json(const MemoryUse& use) {
  Json json = {{"limit", use.limit}};
  put(json, "usage", use.usage);
  put(json, "max", use.max);
  json["failcnt"] = use.failures;
  return json;
}

Json memory_json(const MemoryStats& memory) {
  Json json = Json::object();
  put(json, "cache", memory.cache);
  json["usage"] = memory_use_json(memory.usage);
  json["swap"] = memory_use_json(memory.swap);
  json["kernel"] = memory_use_json(memory.kernel);
  json["kernelTCP"] = memory_use_json(memory.kernel_tcp);
  if (!memory.raw.empty()) {
    json["raw"] = memory.raw;
  }
  put_pressure(json, memory.pressure);
  return json;
}

Json pids_json(const PidsStats& pids) {
  Json json = Json::object();
  put(json, "current", pids.current);
  put(json, "limit", pids.limit);
  return json;
}

void put_entries(Json& json, const char* key, const std::vector<BlockIoEntry>& entries) {
  for (const BlockIoEntry& entry : entries) {
    Json& added = json[key].emplace_back(Json::object());
    put(added, "major", entry.major);
    put(added, "minor", entry.minor);
    if (!entry.operation.empty()) {
      added["op"] = entry.operation;
    }
    put(added, "value", entry.value);
  }
}

Json block_io_json(const BlockIoStats& block_io) {
  Json json = Json::object();
  put_entries(json, "ioServiceBytesRecursive", block_io.service_bytes);
  put_entries(json, "ioServicedRecursive", block_io.serviced);
  put_entries(json, "ioQueueRecursive", block_io.queued);
  put_entries(json, "ioServiceTimeRecursive", block_io.service_time);
  put_entries(json, "ioWaitTimeRecursive", block_io.wait_time);
  put_entries(json, "ioMergedRecursive", block_io.merged);
  put_entries(json, "ioTimeRecursive", block_io.time);
  put_entries(json, "sectorsRecursive", block_io.sectors);
  put_pressure(json, block_io.pressure);
  return json;
}

Json hugetlb_json(const std::map<std::string, MemoryUse>& hugetlb) {
  Json json = Json::object();
  for (const auto& [size, use] : hugetlb) {
    Json& added = json[size] = Json::object();
    put(added, "usage", use.usage);
    put(added, "max", use.max);
    added["failcnt"] = use.failures;
  }
  return json;
}

Json rdma_entries_json(const std::vector<RdmaEntry>& entries) {
  Json json = Json::array();
  for (const RdmaEntry& entry : entries) {
    json.push_back(
        {{"device", entry.device}, {"hca_handles", entry.handles}, {"hca_objects", entry.objects}});
  }
  return json;
}

std::string line(const Json& event) {
  return event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string stats_event_json(std::string_view id, const Stats& stats) {
  Json data = {{"cpu", cpu_json(stats.cpu)},
               {"cpuset", cpuset_json(stats.cpuset)},
               {"memory", memory_json(stats.memory)},
               {"pids", pids_json(stats.pids)},
               {"blkio", block_io_json(stats.block_io)},
               {"hugetlb", hugetlb_json(stats.hugetlb)}};
  // runc counts these and does not tell them.
  if (stats.rdma != RdmaStats{}) {
    data["rdma"] = {{"current", rdma_entries_json(stats.rdma.current)},
                    {"limit", rdma_entries_json(stats.rdma.limit)}};
  }
  data["intel_rdt"] = Json::object();
  data["network_interfaces"] = nullptr;
  return line({{"type", "stats"}, {"id", id}, {"data", data}});
}

std::string oom_event_json(std::string_view id) { return line({{"type", "oom"}, {"id", id}}); }

}  // namespace myrt
