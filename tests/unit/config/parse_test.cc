#include "config/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// The message about `text`, or "" when it is accepted.
std::string message_of(std::string_view text, std::string_view file = "config.json") {
  const Result<Spec> spec = parse_spec(text, file);
  return spec.has_value() ? "" : spec.error().text();
}

/// A config with `fields` besides the required ones, which start on the second line.
std::string config_with(std::string_view fields) {
  return R"({"ociVersion": "1.3.0", "root": {"path": "rootfs"},)"
         "\n" +
         std::string(fields) + "}";
}

TEST(ParseSpec, ReadsTheSmallestConfig) {
  const Spec spec =
      parse_spec(R"({"ociVersion": "1.0.2-dev", "root": {"path": "rootfs"}})", "config.json")
          .value();
  Spec expected;
  expected.oci_version = "1.0.2-dev";
  expected.root.path = "rootfs";
  EXPECT_EQ(spec, expected);
}

TEST(ParseSpec, ReadsEverySection) {
  const Spec spec = parse_spec(config_with(R"(
      "root2": 1, "hostname": "h", "domainname": "d",
      "process": {"user": {"uid": 1, "gid": 2}, "args": ["sh"], "cwd": "/"},
      "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
      "hooks": {"poststop": [{"path": "/h"}]},
      "annotations": {"org.b": "", "org.a": "1"},
      "linux": {"namespaces": [{"type": "uts"}]})"),
                               "config.json")
                        .value();
  EXPECT_EQ(spec.hostname, "h");
  EXPECT_EQ(spec.domainname, "d");
  EXPECT_EQ(spec.process.value().user.gid, 2U);
  EXPECT_EQ(spec.mounts.at(0).destination, "/proc");
  EXPECT_EQ(spec.hooks.poststop.at(0).path, "/h");
  EXPECT_THAT(spec.annotations, ElementsAre(Pair("org.b", ""), Pair("org.a", "1")));
  EXPECT_EQ(spec.linux.namespaces.at(0).kind, NamespaceKind::kUts);
  EXPECT_THAT(spec.warnings, IsEmpty());
}

TEST(ParseSpec, TakesNullForAbsentWhereAFieldIsOptional) {
  EXPECT_EQ(
      message_of(config_with(R"("process": null, "mounts": null, "hooks": null, "annotations": null,
      "linux": null, "hostname": null, "domainname": null)")),
      "");
  EXPECT_EQ(message_of(R"({"ociVersion": null, "root": null})"),
            "config.json:1:16: /ociVersion: want a version 1.x.y, got null; "
            "config.json:1:30: /root: want an object, got null");
}

TEST(ParseSpec, IgnoresUnknownFields) {
  EXPECT_EQ(message_of(config_with(
                R"("vm": {"a": [1, 2]}, "Process": 5, "x": "y", "linux": {"new": {}})")),
            "");
}

TEST(ParseSpec, IgnoresTheSectionsOfOtherPlatforms) {
  for (const char* platform : {"freebsd", "solaris", "vm", "windows", "zos"}) {
    EXPECT_EQ(message_of(config_with("\"" + std::string(platform) + R"(": {"x": [1]})")), "");
  }
}

TEST(ParseSpec, KeepsAnnotationsThatNobodyKnows) {
  const Result<Spec> spec = parse_spec(
      config_with(R"("annotations": {"org.opencontainers.new": "", "x": "y"})"), "config.json");
  ASSERT_TRUE(spec.has_value()) << spec.error().text();
  EXPECT_EQ(spec->annotations, (std::vector<std::pair<std::string, std::string>>{
                                   {"org.opencontainers.new", ""}, {"x", "y"}}));
  EXPECT_TRUE(spec->warnings.empty());
}

TEST(ParseSpec, RefusesWhatIsNoObject) {
  EXPECT_EQ(message_of("null"), "config.json:1:1: want an object, got null");
  EXPECT_EQ(message_of("[]"), "config.json:1:1: want an object, got an array");
  EXPECT_EQ(message_of("\n \"x\""), "config.json:2:2: want an object, got a string");
  EXPECT_EQ(message_of("5"), "config.json:1:1: want an object, got a number");
  EXPECT_EQ(message_of(""), "config.json:1:1: want an object, got an empty file");
}

TEST(ParseSpec, WantsTheRequiredFields) {
  EXPECT_EQ(message_of("{}"),
            "config.json:1:1: /ociVersion: want a version 1.x.y, got nothing; "
            "config.json:1:1: /root: want an object, got nothing");
  EXPECT_EQ(message_of(R"({"ociVersion": "1.0.0", "root": {"readonly": false}})"),
            "config.json:1:33: /root/path: want a path, got nothing");
  EXPECT_EQ(message_of(R"({"ociVersion": "1.0.0", "root": {"path": "", "readonly": 1}})"),
            "config.json:1:42: /root/path: want a path, got \"\"; "
            "config.json:1:58: /root/readonly: want true or false, got 1");
}

TEST(ParseSpec, AcceptsEveryVersionOfMajorOne) {
  for (const std::string_view version : {"1.0.0", "1.0.2-dev", "1.1.0", "1.2.1", "1.3.0",
                                         "1.3.0+dev", "1.0.0-rc5-dev", "1.2.0-rc.1+b.2", "1.3.9"}) {
    const Result<Spec> spec =
        parse_spec(R"({"ociVersion": ")" + std::string(version) + R"(", "root": {"path": "r"}})",
                   "config.json");
    ASSERT_TRUE(spec.has_value()) << version;
    EXPECT_THAT(spec->warnings, IsEmpty()) << version;
  }
}

TEST(ParseSpec, WarnsOfANewerVersion) {
  for (const std::string_view version : {"1.4.0", "1.10.0-dev"}) {
    const Result<Spec> spec =
        parse_spec(R"({"ociVersion": ")" + std::string(version) + R"(", "root": {"path": "r"}})",
                   "config.json");
    ASSERT_TRUE(spec.has_value());
    EXPECT_THAT(spec->warnings,
                ElementsAre("/ociVersion: " + std::string(version) +
                            " is newer than 1.3.0: fields that it adds are not known here"));
  }
}

TEST(ParseSpec, RefusesOtherVersions) {
  for (const std::string_view version :
       {"", "2.0.0", "0.9.0", "1.3", "1", "1.3.0.0", "v1.3.0", "1.03.0", "1.x.0", "1.3.0-",
        "1.3.0+", "1.3.0-a..b", "1.3.0-a b", " 1.3.0", "latest"}) {
    EXPECT_EQ(
        message_of(R"({"ociVersion": ")" + std::string(version) + R"(", "root": {"path": "r"}})"),
        "config.json:1:16: /ociVersion: want a version 1.x.y, got \"" + std::string(version) +
            "\"");
  }
  EXPECT_EQ(message_of(R"({"ociVersion": 1.0, "root": {"path": "r"}})"),
            "config.json:1:16: /ociVersion: want a version 1.x.y, got 1.0");
}

TEST(ParseSpec, HoldsTheHostnameToWhatTheKernelTakes) {
  const std::string long_name(65, 'h');
  EXPECT_EQ(message_of(config_with(R"("hostname": ")" + long_name +
                                   R"(", "linux": {"namespaces": [{"type": "uts"}]})")),
            "config.json:2:13: /hostname: want at most 64 bytes, got \"" + std::string(64, 'h') +
                "\"...");
}

TEST(ParseSpec, RefusesWrongAnnotations) {
  EXPECT_EQ(message_of(config_with(R"("annotations": {"": "x", "a/b": 5})")),
            "config.json:2:21: /annotations/: want a name, got \"\"; "
            "config.json:2:33: /annotations/a~1b: want a string, got 5");
  EXPECT_EQ(message_of(config_with(R"("annotations": ["x"])")),
            "config.json:2:16: /annotations: want an object of strings, got an array");
}

TEST(ParseSpec, NamesThePlaceOfEveryFault) {
  EXPECT_EQ(
      message_of(R"({
  "ociVersion": "1.3.0",
  "process": {
    "user": {"uid": -1, "gid": "0"},
    "args": "sh",
    "cwd": "/"
  },
  "root": {"path": "rootfs", "readonly": "yes"},
  "hostname": 5
})",
                 "/b/config.json"),
      "/b/config.json:4:21: /process/user/uid: want an integer from 0 to 4294967294, got -1; "
      "/b/config.json:4:32: /process/user/gid: want an integer from 0 to 4294967294, got \"0\"; "
      "/b/config.json:5:13: /process/args: want an array of strings, got a string; "
      "/b/config.json:8:42: /root/readonly: want true or false, got \"yes\"; "
      "/b/config.json:9:15: /hostname: want a string, got 5");
}

TEST(ParseSpec, NamesTheObjectOfAMissingField) {
  EXPECT_EQ(message_of(config_with(R"("process": {"user": {"uid": 0, "gid": 0}, "args": ["sh"]})")),
            "config.json:2:12: /process/cwd: want an absolute path, got nothing");
}

TEST(ParseSpec, NamesTheSecondOfTwoEqualKeys) {
  EXPECT_EQ(message_of(config_with(R"("hostname": null, "x": 1, "hostname": null)")),
            "config.json:2:39: /hostname: want one member of this name, got another");
}

TEST(ParseSpec, RefusesNulAnywhere) {
  EXPECT_EQ(
      message_of(config_with(R"("mounts": [{"destination": "/mnt\u0000/evil"}])")),
      "config.json:2:28: /mounts/0/destination: want a string without NUL, got \"/mnt\\x00/evil\"");
  EXPECT_EQ(message_of(config_with(R"("ignored\u0000": {"x": "\u0000"})")),
            "config.json:2:18: /ignored\\x00: want a name without NUL; "
            "config.json:2:24: /ignored\\x00/x: want a string without NUL, got \"\\x00\"");
}

TEST(ParseSpec, TellsTheFirstTenFaultsAndCountsTheRest) {
  std::string args = "0";
  for (int i = 1; i < 25; ++i) {
    args += "," + std::to_string(i);
  }
  const std::string message = message_of(config_with(
      R"("process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": [)" + args + "]}"));
  EXPECT_TRUE(message.starts_with("config.json:2:64: /process/args/0: want a string, got 0; "))
      << message;
  EXPECT_TRUE(message.ends_with("/process/args/9: want a string, got 9; and 15 more")) << message;
}

TEST(ParseSpec, RefusesHostileNestingInBoundedMemory) {
  std::string text;
  for (int i = 0; i < 200000; ++i) {
    text += "{\"a\":";
  }
  const std::string message = message_of(text);
  EXPECT_TRUE(message.starts_with("config.json:1:321: /a/a/")) << message;
  EXPECT_TRUE(message.ends_with(": want at most 64 levels of nesting")) << message;
  EXPECT_LT(message.size(), 400U);
  EXPECT_TRUE(
      message_of(std::string(200000, '[')).ends_with(": want at most 64 levels of nesting"));
}

TEST(ParseSpec, RefusesBadUtf8) {
  EXPECT_EQ(message_of("{\"ociVersion\": \"1.3.0\", \"hostname\": \"h\xff\"}"),
            "config.json:1:39: want UTF-8, got \"\\xff\"");
}

TEST(ParseSpec, WarnsInWordsThatNobodyTakesForAFailure) {
  const Spec spec =
      parse_spec(
          config_with(R"("process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["sh"],
      "capabilities": {"bounding": ["permission denied", "No such file or directory", "CAP_X"]}})"),
          "config.json")
          .value();
  EXPECT_THAT(
      spec.warnings,
      ElementsAre(
          "/process/capabilities/bounding/0: left out, as there is no capability of this name",
          "/process/capabilities/bounding/1: left out, as there is no capability of this name",
          "/process/capabilities/bounding/2: left out, as there is no capability CAP_X"));
}

}  // namespace
}  // namespace myrt
