#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseMounts, ReadsAMountOfAFileSystem) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
       "options": ["nosuid", "strictatime", "mode=755", "size=65536k", "rprivate", "tmpcopyup"]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value, ElementsAre(Mount{.destination = "/dev",
                                              .type = "tmpfs",
                                              .source = "tmpfs",
                                              .attributes = {.set = 0x22, .clear = 0x70},
                                              .recursive_attributes = {},
                                              .propagation = {0x44000},
                                              .super_flags = {},
                                              .data = {"mode=755", "size=65536k"},
                                              .copy_up = true}));
}

TEST(ParseMounts, ReadsABindMount) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/data", "source": "data", "options": ["rbind", "ro", "rnosuid"]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value, ElementsAre(Mount{.destination = "/data",
                                              .type = "",
                                              .source = "data",
                                              .bind = true,
                                              .bind_recursive = true,
                                              .attributes = {.set = 0x1, .clear = 0},
                                              .recursive_attributes = {.set = 0x2, .clear = 0},
                                              .propagation = {},
                                              .super_flags = {},
                                              .data = {}}));
}

TEST(ParseMounts, KeepsTheOrderOfMountsAndOfEqualDestinations) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/dev/shm", "type": "tmpfs"},
      {"destination": "/a", "type": "tmpfs"},
      {"destination": "/dev/shm", "source": "/x", "options": ["bind"]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  ASSERT_EQ(parsed.value.size(), 3U);
  EXPECT_EQ(parsed.value[1].destination, "/a");
  EXPECT_TRUE(parsed.value[2].bind);
}

TEST(ParseMounts, GivesUnknownOptionsToTheFileSystem) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/o", "type": "overlay", "options": ["lowerdir=/a:/b", "xino=off", "RO"]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value[0].data, ElementsAre("lowerdir=/a:/b", "xino=off", "RO"));
}

TEST(ParseMounts, RefusesUnknownOptionsOfBindMounts) {
  EXPECT_THAT(
      parse_section(parse_mounts, R"([
      {"destination": "/a", "source": "/x", "options": ["mode=755", "bind", "nosiud"]}])")
          .faults,
      ElementsAre("/0/options/0: want an option that a bind mount can have, got \"mode=755\"",
                  "/0/options/2: want an option that a bind mount can have, got \"nosiud\""));
}

TEST(ParseMounts, WarnsOfFlagsOfTheSuperblockOnBindMounts) {
  const auto parsed = parse_section(
      parse_mounts, R"([{"destination": "/a", "source": "/x", "options": ["bind", "sync"]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.warnings, ElementsAre("/0/options/1: has no effect on a bind mount"));
}

TEST(ParseMounts, ReadsIdMappings) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/a", "source": "/x", "options": ["rbind", "ridmap"],
       "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1},
                       {"containerID": 1, "hostID": 100000, "size": 9}],
       "gidMappings": [{"containerID": 0, "hostID": 2000, "size": 10}]}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  ASSERT_EQ(parsed.value.size(), 1U);
  EXPECT_EQ(parsed.value[0].id_mapped, IdMapScope::kTree);
  EXPECT_THAT(parsed.value[0].uid_mappings,
              ElementsAre(IdMapping{.container_id = 0, .host_id = 1000, .size = 1},
                          IdMapping{.container_id = 1, .host_id = 100000, .size = 9}));
  EXPECT_THAT(parsed.value[0].gid_mappings,
              ElementsAre(IdMapping{.container_id = 0, .host_id = 2000, .size = 10}));
}

TEST(ParseMounts, AppliesIdMappingsWithoutTheOptionToTheMountAlone) {
  const auto parsed = parse_section(parse_mounts, R"([
      {"destination": "/a", "source": "/x", "options": ["rbind"],
       "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}],
       "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]},
      {"destination": "/b", "source": "/x", "options": ["rbind"],
       "uidMappings": [], "gidMappings": null}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  ASSERT_EQ(parsed.value.size(), 2U);
  EXPECT_EQ(parsed.value[0].id_mapped, IdMapScope::kMount);
  EXPECT_EQ(parsed.value[1].id_mapped, IdMapScope::kNone);
}

TEST(ParseMounts, WantsBothIdMappingsOrNeither) {
  EXPECT_THAT(
      parse_section(parse_mounts, R"([
      {"destination": "/a", "source": "/x", "options": ["bind", "idmap"],
       "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]},
      {"destination": "/a", "source": "/x", "options": ["bind"], "uidMappings": [],
       "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]}])")
          .faults,
      ElementsAre(
          "/0/gidMappings: want at least one mapping beside uidMappings, got nothing",
          "/1/uidMappings: want at least one mapping beside gidMappings, got an empty array"));
}

TEST(ParseMounts, TellsOfAWrongIdMappingOnce) {
  EXPECT_THAT(
      parse_section(parse_mounts, R"([
      {"destination": "/a", "source": "/x", "options": ["bind", "idmap"],
       "uidMappings": [{"containerID": -1, "hostID": 1, "size": 1}], "gidMappings": [5]}])")
          .faults,
      ElementsAre("/0/uidMappings/0/containerID: want an integer from 0 to 4294967294, got -1",
                  "/0/gidMappings/0: want an object, got a number"));
}

TEST(ParseMounts, RefusesIdMappingsOfWhatIsNoBindMount) {
  EXPECT_THAT(parse_section(parse_mounts, R"([
      {"destination": "/a", "type": "tmpfs", "options": ["idmap"]},
      {"destination": "/a", "source": "/x", "options": ["bind", "remount", "ridmap"]},
      {"destination": "/a", "type": "tmpfs",
       "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}],
       "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]}])")
                  .faults,
              ElementsAre("/0/options/0: want a bind mount with \"idmap\"",
                          "/1/options/2: want a bind mount with \"ridmap\"",
                          "/2/uidMappings: want a bind mount with it"));
}

TEST(ParseMounts, TakesRelativeDestinationsFromTheRoot) {
  const auto parsed =
      parse_section(parse_mounts, R"([{"destination": "mnt/a"}, {"destination": "a/../b"}])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(
      parsed.warnings,
      ElementsAre("/0/destination: a relative destination is taken from the container's root",
                  "/1/destination: a relative destination is taken from the container's root"));
}

TEST(ParseMounts, RefusesWhatIsNoDestination) {
  EXPECT_THAT(parse_section(parse_mounts, R"([{}, {"destination": ""}, {"destination": 1},
                                      {"destination": "../x"}, {"destination": "a/../../x"}])")
                  .faults,
              ElementsAre("/0/destination: want a path in the container, got nothing",
                          "/1/destination: want a path in the container, got \"\"",
                          "/2/destination: want a path in the container, got 1",
                          "/3/destination: want a path in the container, got \"../x\"",
                          "/4/destination: want a path in the container, got \"a/../../x\""));
}

TEST(ParseMounts, RefusesValuesOfOtherTypes) {
  EXPECT_THAT(parse_section(parse_mounts, R"([5, {"destination": "/a", "type": 1, "source": false,
                                                  "options": "ro"},
                                              {"destination": "/a", "options": ["ro", 1]}])")
                  .faults,
              ElementsAre("/0: want an object, got a number", "/1/type: want a string, got 1",
                          "/1/source: want a string, got false",
                          "/1/options: want an array of strings, got a string",
                          "/2/options/1: want a string, got 1"));
  EXPECT_THAT(parse_section(parse_mounts, R"({})").faults,
              ElementsAre(": want an array of objects, got an object"));
}

}  // namespace
}  // namespace myrt::config
