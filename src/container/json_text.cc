#include "container/json_text.h"

#include <nlohmann/json.hpp>

#include <myrt/state.h>

namespace myrt {

namespace {

using Json = nlohmann::ordered_json;

/// A path may hold bytes that are not UTF-8, which JSON cannot: they become U+FFFD.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json object(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json json = Json::object();
  for (const auto& [key, value] : pairs) {
    json[key] = value;
  }
  return json;
}

Json to_json(const State& state) {
  Json json = {{"ociVersion", kOciVersion}, {"id", state.id},
               {"pid", state.pid},          {"status", status_word(state.status)},
               {"bundle", state.bundle},    {"rootfs", state.rootfs},
               {"created", state.created},  {"annotations", object(state.annotations)},
               {"owner", state.owner}};
  if (state.out_of_memory.has_value()) {
    Json& told = json["outOfMemory"];
    told["killed"] = state.out_of_memory->killed;
    if (state.out_of_memory->limit.has_value()) {
      told["memoryLimit"] = *state.out_of_memory->limit;
    }
  }
  return json;
}

}  // namespace

std::string_view status_word(Status status) {
  switch (status) {
    case Status::kCreating:
      return "creating";
    case Status::kCreated:
      return "created";
    case Status::kRunning:
      return "running";
    case Status::kPaused:
      return "paused";
    case Status::kStopped:
      break;
  }
  return "stopped";
}

std::string state_json(const State& state) { return dump(to_json(state), 2) + "\n"; }

std::string states_json(const std::vector<State>& states) {
  Json list = Json::array();
  for (const State& state : states) {
    list.push_back(to_json(state));
  }
  return dump(list, -1) + "\n";
}

namespace container {

namespace {

Json basic_state(const Record& record) {
  Json json = {{"ociVersion", kOciVersion}, {"id", record.id}, {"bundle", record.bundle}};
  if (!record.annotations.empty()) {
    json["annotations"] = object(record.annotations);
  }
  return json;
}

}  // namespace

init::StateText hook_state(const Record& record) {
  const std::string rest = dump(basic_state(record), -1);
  // The rest is an object with members: its brace gives way to ours.
  return {.before_status = R"({"status":")",
          .before_pid = R"(","pid":)",
          .after_pid = "," + rest.substr(1)};
}

std::string seccomp_process_state(const Record& record, Status status, pid_t pid,
                                  const std::string& metadata) {
  Json state = basic_state(record);
  state["status"] = status_word(status);
  state["pid"] = record.process.pid;
  const Json json = {{"ociVersion", kOciVersion},
                     {"fds", {"seccompFd"}},
                     {"pid", pid},
                     {"metadata", metadata},
                     {"state", state}};
  return dump(json, -1);
}

}  // namespace container

}  // namespace myrt
