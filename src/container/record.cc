#include "container/record.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>

#include <nlohmann/json.hpp>

#include "config/document.h"
#include "config/names.h"
#include "config/reader.h"
#include "config/report.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFile = "state.json";
constexpr int kFormat = 1;
constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;

Json to_json(const ProcessId& process) {
  return {{"pid", process.pid}, {"startTime", process.start_time}};
}

ProcessId process_id(const config::Value& value) {
  if (!value.object()) {
    return {};
  }
  return {.pid = value.need("pid").integer<pid_t>(0).value_or(0),
          .start_time = value.need("startTime").integer<std::uint64_t>().value_or(0)};
}

// Sorted by name.
constexpr std::array<config::Named<Phase>, 2> kPhases = {
    {{"created", Phase::kCreated}, {"creating", Phase::kCreating}}};

constexpr std::string_view phase_word(Phase phase) {
  return kPhases[phase == Phase::kCreated ? 0 : 1].name;
}

std::optional<RecordedUnit> unit_from(const config::Value& value) {
  if (!value.object()) {
    return std::nullopt;
  }
  return RecordedUnit{.name = value.need("name").text(),
                      .slice = value.need("slice").text(),
                      .invocation = value.need("invocation").text(),
                      .manager = {.address = value.need("address").text(),
                                  .peer = value.need("peer").boolean().value_or(false)}};
}

std::optional<SharedMounts> shared_mounts_from(const config::Value& value) {
  if (!value.present() || !value.object()) {
    return std::nullopt;
  }
  SharedMounts shared{.root = value.need("root").absolute_path(),
                      .places = value.need("places").absolute_paths(),
                      .earlier = {}};
  for (const config::Value& id : value.need("earlier").elements("an array of mount ids")) {
    shared.earlier.push_back(id.integer<std::uint64_t>().value_or(0));
  }
  return shared;
}

Record record_from(const config::Value& root) {
  Record record;
  record.id = root.need("id").text();
  record.phase = root.need("phase").word<Phase>(kPhases, "a phase").value_or(Phase::kCreating);
  record.creator = process_id(root.need("creator"));
  record.process = process_id(root.need("process"));
  record.bundle = root.need("bundle").text();
  record.rootfs = root.need("rootfs").text();
  record.created = root.need("created").text();
  record.uid = root.need("uid").integer<std::uint32_t>().value_or(0);
  record.has_process = root.need("hasProcess").boolean().value_or(false);
  record.has_poststart = root.need("hasPoststart").boolean().value_or(false);
  record.has_poststop = root.need("hasPoststop").boolean().value_or(false);
  record.own_pid_namespace = root.need("ownPidNamespace").boolean().value_or(false);
  record.own_mount_namespace = root.need("ownMountNamespace").boolean().value_or(false);
  record.new_keyring = root.need("newKeyring").boolean().value_or(true);
  record.cgroups = root.need("cgroups").texts();
  record.shared_mounts = shared_mounts_from(root["sharedMounts"]);
  record.resctrl = root["resctrl"].texts();
  record.unit = unit_from(root["systemdUnit"]);
  for (const config::Value& annotation : root.need("annotations").members("an object of strings")) {
    record.annotations.emplace_back(annotation.key(), annotation.text());
  }
  return record;
}

}  // namespace

std::string record_json(const Record& record) {
  Json annotations = Json::object();
  for (const auto& [key, value] : record.annotations) {
    annotations[key] = value;
  }
  Json json = {{"format", kFormat},
               {"id", record.id},
               {"phase", phase_word(record.phase)},
               {"creator", to_json(record.creator)},
               {"process", to_json(record.process)},
               {"bundle", record.bundle},
               {"rootfs", record.rootfs},
               {"created", record.created},
               {"uid", record.uid},
               {"hasProcess", record.has_process},
               {"hasPoststart", record.has_poststart},
               {"hasPoststop", record.has_poststop},
               {"ownPidNamespace", record.own_pid_namespace},
               {"ownMountNamespace", record.own_mount_namespace},
               {"newKeyring", record.new_keyring},
               {"cgroups", record.cgroups},
               {"annotations", annotations}};
  if (record.shared_mounts.has_value()) {
    json["sharedMounts"] = {{"root", record.shared_mounts->root},
                            {"places", record.shared_mounts->places},
                            {"earlier", record.shared_mounts->earlier}};
  }
  if (!record.resctrl.empty()) {
    json["resctrl"] = record.resctrl;
  }
  if (record.unit.has_value()) {
    json["systemdUnit"] = {{"name", record.unit->name},
                           {"slice", record.unit->slice},
                           {"invocation", record.unit->invocation},
                           {"address", record.unit->manager.address},
                           {"peer", record.unit->manager.peer}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Record> parse_record(std::string_view text) {
  config::Findings findings;
  const std::optional<config::Document> document = config::Document::parse(text, findings);
  if (!document.has_value()) {
    return std::unexpected(Error(std::string(kFile) + ": " + findings.first_faults().front().text));
  }
  const config::Value root(*document, findings);
  if (root.object() && root.need("format").integer<int>() != kFormat &&
      findings.fault_count() == 0) {
    return std::unexpected(Error(std::string(kFile) + ": written by another version of myrt"));
  }
  Record record = record_from(root);
  if (findings.fault_count() != 0) {
    return std::unexpected(Error(config::report(findings, *document, kFile, text)));
  }
  return record;
}

Result<Record> read_record(int state_directory) {
  Result<std::string> text = sys::read_file(state_directory, kFile, kMaxBytes);
  if (!text.has_value() && text.error().code() == ENOENT) {
    // Before the first moment of a creation, or after the last of a deletion.
    return std::unexpected(Error::sentence(ENOENT, "container does not exist"));
  }
  return parse_record(MYRT_TRY(std::move(text)));
}

Result<void> write_record(int state_directory, const Record& record) {
  // A name of its own needs no randomness where only the holder of the container's lock writes.
  constexpr const char* kNew = "state.json.new";
  const sys::UniqueFd file = MYRT_TRY(
      sys::open_at(state_directory, kNew, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  MYRT_TRY(sys::write_all(file.get(), record_json(record), kNew));
  if (::renameat(state_directory, kNew, state_directory, kFile) != 0) {
    return std::unexpected(Error::from_errno({"rename ", kNew, " to ", kFile}));
  }
  return {};
}

Result<void> write_first_record(int state_directory, const Record& record) {
  const sys::UniqueFd file = MYRT_TRY(
      sys::open_at(state_directory, kFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return sys::write_all(file.get(), record_json(record), kFile);
}

}  // namespace myrt::container
