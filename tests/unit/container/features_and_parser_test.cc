// The features document promises what the parser keeps: every name in it is one that a config may
// have (features.md, features-linux.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <myrt/runtime.h>
#include <myrt/spec.h>

namespace myrt {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json features() { return json::parse(features_json("0.1.0")); }

/// What the parser says of a config with `value` at `pointer`: its fault and its warnings.
std::vector<std::string> said_of(const std::string& pointer, const json& value) {
  json config = {{"ociVersion", "1.3.0"},
                 {"root", {{"path", "rootfs"}}},
                 {"process", {{"args", {"sh"}}, {"cwd", "/"}, {"user", {{"uid", 0}, {"gid", 0}}}}}};
  config[json::json_pointer(pointer)] = value;
  const Result<Spec> spec = parse_spec(config.dump(), "config.json");
  return spec.has_value() ? spec->warnings : std::vector{spec.error().text()};
}

constexpr const char* kMappings = R"([{"containerID": 0, "hostID": 1000, "size": 1}])";

/// The same for each name of a list in the features, in the form that `value_of` gives it.
template <typename ValueOf>
void expect_known(const std::string& list, const std::string& pointer, ValueOf value_of) {
  const json names = features().at(json::json_pointer(list));
  EXPECT_FALSE(names.empty()) << list;
  for (const json& name : names) {
    EXPECT_THAT(said_of(pointer, value_of(name)), IsEmpty()) << list << " " << name;
  }
  // The list matters: what is not in it is told of.
  EXPECT_FALSE(said_of(pointer, value_of("no_such_name")).empty()) << list;
}

TEST(FeaturesAndParser, NameVersionsThatAConfigMayHave) {
  const json all = features();
  EXPECT_EQ(all["ociVersionMin"], "1.0.0");
  EXPECT_EQ(all["ociVersionMax"], "1.3.0");
  for (const char* end : {"ociVersionMin", "ociVersionMax"}) {
    EXPECT_THAT(said_of("/ociVersion", all[end]), IsEmpty());
  }
}

TEST(FeaturesAndParser, ListHooksThatTheParserReads) {
  const json all = features();
  EXPECT_THAT(all["hooks"], ElementsAre("prestart", "createRuntime", "createContainer",
                                        "startContainer", "poststart", "poststop"));
  for (const json& kind : all["hooks"]) {
    const std::string pointer = "/hooks/" + kind.get<std::string>();
    EXPECT_THAT(said_of(pointer, json::parse(R"([{"path": "/bin/true"}])")), IsEmpty()) << kind;
    EXPECT_FALSE(said_of(pointer, json::parse("[{}]")).empty()) << kind;
  }
}

// An option that nobody knows is an error of a bind mount, as no file system is asked about it.
TEST(FeaturesAndParser, ListMountOptionsThatTheParserKnows) {
  for (const json& option : features()["mountOptions"]) {
    json mount = {{"destination", "/data"}, {"source", "data"}, {"options", {"rbind", option}}};
    if (option == "idmap" || option == "ridmap") {
      mount["uidMappings"] = mount["gidMappings"] = json::parse(kMappings);
    }
    for (const std::string& said : said_of("/mounts", json::array({mount}))) {
      EXPECT_EQ(said, "/mounts/0/options/1: has no effect on a bind mount") << option;
    }
  }
}

TEST(FeaturesAndParser, ListWhatTheParserKnowsOfLinux) {
  expect_known("/linux/namespaces", "/linux", [](const json& name) {
    const json ids = json::parse(R"([{"containerID": 0, "hostID": 1000, "size": 1}])");
    json linux = {{"namespaces", json::array({{{"type", name}}})}};
    if (name == "user") {
      linux.update({{"uidMappings", ids}, {"gidMappings", ids}});
    }
    return linux;
  });
  expect_known("/linux/capabilities", "/process/capabilities/bounding",
               [](const json& name) { return json::array({name}); });
}

TEST(FeaturesAndParser, ListWhatTheParserKnowsOfSeccomp) {
  const auto rule = [](const json& action, const json& op) {
    const json condition = {{"index", 0}, {"value", 0}, {"op", op}};
    return json{
        {"defaultAction", "SCMP_ACT_ALLOW"},
        {"listenerPath", "/run/agent"},
        {"syscalls",
         json::array(
             {{{"names", {"getcwd"}}, {"action", action}, {"args", json::array({condition})}}})}};
  };
  expect_known("/linux/seccomp/actions", "/linux/seccomp",
               [rule](const json& action) { return rule(action, "SCMP_CMP_EQ"); });
  expect_known("/linux/seccomp/operators", "/linux/seccomp",
               [rule](const json& op) { return rule("SCMP_ACT_ERRNO", op); });
  expect_known("/linux/seccomp/archs", "/linux/seccomp", [](const json& arch) {
    return json{{"defaultAction", "SCMP_ACT_ALLOW"}, {"architectures", {arch}}};
  });
  for (const char* list : {"/linux/seccomp/knownFlags", "/linux/seccomp/supportedFlags"}) {
    expect_known(list, "/linux/seccomp", [](const json& flag) {
      return json{{"defaultAction", "SCMP_ACT_ALLOW"}, {"flags", {flag}}};
    });
  }
}

}  // namespace
}  // namespace myrt
