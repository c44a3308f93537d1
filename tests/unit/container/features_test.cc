#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <myrt/runtime.h>

namespace myrt {
namespace {

using ::testing::HasSubstr;

TEST(Features, NameTheVersionsOfTheSpecification) {
  const std::string features = features_json("0.1.0");
  EXPECT_THAT(features, HasSubstr("\"ociVersionMin\": \"1.0.0\""));
  EXPECT_THAT(features, HasSubstr("\"ociVersionMax\": \"1.3.0\""));
}

TEST(Features, ListAnnotationsThatAreActedOnAsUnsafe) {
  EXPECT_THAT(features_json("0.1.0"),
              HasSubstr("\"potentiallyUnsafeConfigAnnotations\": [\n    \"org.myrt.\",\n"
                        "    \"org.systemd.property.\"\n  ]"));
}

TEST(Features, ListRecursiveReadOnlyAndIdMappedMounts) {
  const std::string features = features_json("0.1.0");
  EXPECT_THAT(features, HasSubstr("\"rro\""));
  EXPECT_THAT(features, HasSubstr("\"ridmap\""));
  EXPECT_THAT(features, HasSubstr("\"idmap\": {\n        \"enabled\": true"));
}

TEST(Features, TellOfResctrlAndNetworkDevices) {
  const std::string features = features_json("0.1.0");
  EXPECT_THAT(features, HasSubstr(R"("intelRdt": {
      "enabled": true,
      "schemata": true,
      "monitoring": true
    })"));
  EXPECT_THAT(features, HasSubstr(R"("netDevices": {
      "enabled": true
    })"));
}

TEST(Features, ListTheSecurityModules) {
  const std::string features = features_json("0.1.0");
  EXPECT_THAT(features, HasSubstr("\"apparmor\": {\n      \"enabled\": true"));
  EXPECT_THAT(features, HasSubstr("\"selinux\": {\n      \"enabled\": true"));
}

TEST(Features, ListTheFirstAndTheLastCapability) {
  const std::string features = features_json("0.1.0");
  EXPECT_THAT(features, HasSubstr("\"CAP_AUDIT_CONTROL\""));
  EXPECT_THAT(features, HasSubstr("\"CAP_WAKE_ALARM\""));
}

TEST(Features, ListModesAndFlagsOfMemoryPolicies) {
  EXPECT_THAT(features_json("0.1.0"), HasSubstr(R"("memoryPolicy": {
      "modes": [
        "MPOL_BIND",
        "MPOL_DEFAULT",
        "MPOL_INTERLEAVE",
        "MPOL_LOCAL",
        "MPOL_PREFERRED",
        "MPOL_PREFERRED_MANY",
        "MPOL_WEIGHTED_INTERLEAVE"
      ],
      "flags": [
        "MPOL_F_NUMA_BALANCING",
        "MPOL_F_RELATIVE_NODES",
        "MPOL_F_STATIC_NODES"
      ]
    })"));
}

}  // namespace
}  // namespace myrt
