#include "config/resources_json.h"

#include <optional>

#include <nlohmann/json.hpp>

namespace myrt::config {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value.has_value()) {
    object[key] = *value;
  }
}

void put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) {
    object[key] = value;
  }
}

Json memory_json(const MemoryResources& memory) {
  Json json = Json::object();
  put(json, "limit", memory.limit);
  put(json, "reservation", memory.reservation);
  put(json, "swap", memory.swap);
  put(json, "kernel", memory.kernel);
  put(json, "kernelTCP", memory.kernel_tcp);
  put(json, "swappiness", memory.swappiness);
  put(json, "disableOOMKiller", memory.disable_oom_killer);
  put(json, "useHierarchy", memory.use_hierarchy);
  put(json, "checkBeforeUpdate", memory.check_before_update);
  return json;
}

Json cpu_json(const CpuResources& cpu) {
  Json json = Json::object();
  put(json, "shares", cpu.shares);
  put(json, "quota", cpu.quota);
  put(json, "burst", cpu.burst);
  put(json, "period", cpu.period);
  put(json, "realtimeRuntime", cpu.realtime_runtime);
  put(json, "realtimePeriod", cpu.realtime_period);
  put(json, "cpus", cpu.cpus);
  put(json, "mems", cpu.mems);
  put(json, "idle", cpu.idle);
  return json;
}

Json throttle_json(const std::vector<ThrottleDevice>& devices) {
  Json json = Json::array();
  for (const ThrottleDevice& device : devices) {
    json.push_back({{"major", device.major}, {"minor", device.minor}, {"rate", device.rate}});
  }
  return json;
}

Json block_io_json(const BlockIoResources& block_io) {
  Json json = Json::object();
  put(json, "weight", block_io.weight);
  put(json, "leafWeight", block_io.leaf_weight);
  Json weights = Json::array();
  for (const WeightDevice& device : block_io.weight_device) {
    Json entry = {{"major", device.major}, {"minor", device.minor}};
    put(entry, "weight", device.weight);
    put(entry, "leafWeight", device.leaf_weight);
    weights.push_back(std::move(entry));
  }
  json["weightDevice"] = std::move(weights);
  json["throttleReadBpsDevice"] = throttle_json(block_io.throttle_read_bps);
  json["throttleWriteBpsDevice"] = throttle_json(block_io.throttle_write_bps);
  json["throttleReadIOPSDevice"] = throttle_json(block_io.throttle_read_iops);
  json["throttleWriteIOPSDevice"] = throttle_json(block_io.throttle_write_iops);
  return json;
}

Json network_json(const NetworkResources& network) {
  Json json = Json::object();
  put(json, "classID", network.class_id);
  Json priorities = Json::array();
  for (const auto& [interface, priority] : network.priorities) {
    priorities.push_back({{"name", interface}, {"priority", priority}});
  }
  json["priorities"] = std::move(priorities);
  return json;
}

}  // namespace

std::string resources_json(const Resources& resources) {
  Json json = {{"memory", memory_json(resources.memory)},
               {"cpu", cpu_json(resources.cpu)},
               {"blockIO", block_io_json(resources.block_io)},
               {"network", network_json(resources.network)}};
  Json& pids = json["pids"] = Json::object();
  put(pids, "limit", resources.pids_limit);
  Json& hugepages = json["hugepageLimits"] = Json::array();
  for (const HugepageLimit& limit : resources.hugepage_limits) {
    hugepages.push_back({{"pageSize", limit.page_size}, {"limit", limit.limit}});
  }
  Json& rdma = json["rdma"] = Json::object();
  for (const auto& [device, limit] : resources.rdma) {
    Json& entry = rdma[device] = Json::object();
    put(entry, "hcaHandles", limit.hca_handles);
    put(entry, "hcaObjects", limit.hca_objects);
  }
  Json& unified = json["unified"] = Json::object();
  for (const auto& [file, value] : resources.unified) {
    unified[file] = value;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace myrt::config
