// What this build supports (runtime-spec 1.3.0, features.md, features-linux.md). Printed from the
// parser's own tables, so that the two cannot disagree; what the parser refuses as not supported
// yet is not listed.
#include <nlohmann/json.hpp>

#include <myrt/runtime.h>
#include <myrt/state.h>

#include "config/mount_options.h"
#include "config/names.h"
#include "seccomp/support.h"

namespace myrt {

namespace {

using Json = nlohmann::ordered_json;

template <typename Entry>
Json names(std::span<const Entry> table) {
  Json list = Json::array();
  for (const Entry& entry : table) {
    list.push_back(entry.name);
  }
  return list;
}

Json seccomp_features() {
  return {{"enabled", true},
          {"actions", names(config::seccomp_actions())},
          {"operators", names(config::seccomp_operators())},
          {"archs", names(config::seccomp_architectures())},
          {"knownFlags", names(config::seccomp_flags())},
          {"supportedFlags", names(config::seccomp_flags())}};
}

Json linux_features() {
  return {{"namespaces", names(config::namespaces())},
          {"capabilities", names(config::capabilities())},
          {"cgroup",
           {{"v1", true}, {"v2", true}, {"systemd", true}, {"systemdUser", true}, {"rdma", true}}},
          {"seccomp", seccomp_features()},
          {"apparmor", {{"enabled", true}}},
          {"selinux", {{"enabled", true}}},
          {"intelRdt", {{"enabled", true}, {"schemata", true}, {"monitoring", true}}},
          {"memoryPolicy",
           {{"modes", names(config::memory_policy_modes())},
            {"flags", names(config::memory_policy_flags())}}},
          {"mountExtensions", {{"idmap", {{"enabled", true}}}}},
          {"netDevices", {{"enabled", true}}}};
}

}  // namespace

std::string features_json(std::string_view version) {
  const Json features = {
      {"ociVersionMin", "1.0.0"},
      {"ociVersionMax", kOciVersion},
      {"hooks",
       {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"}},
      {"mountOptions", names(config::mount_options())},
      {"linux", linux_features()},
      {"annotations",
       {{"org.myrt.version", version},
        {"io.github.seccomp.libseccomp.version", seccomp::library_version()}}},
      // The overlay annotations name directories of the host, the others properties of a systemd
      // unit.
      {"potentiallyUnsafeConfigAnnotations", {"org.myrt.", "org.systemd.property."}}};
  return features.dump(2) + "\n";
}

}  // namespace myrt
