#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ParseLinux, ReadsEveryField) {
  const auto parsed = parse_section(parse_linux, R"({
      "namespaces": [{"type": "pid"}, {"type": "network", "path": "/var/run/netns/a"},
                     {"type": "user", "path": ""}, {"type": "time", "path": null}],
      "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
      "gidMappings": [{"containerID": 5, "hostID": 4294967294, "size": 1}],
      "devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438, "uid": 0,
                   "gid": 5}],
      "cgroupsPath": "system.slice:podman:abc",
      "rootfsPropagation": "rslave",
      "sysctl": {"net.ipv4.ip_forward": "1", "kernel.shmmax": "2"},
      "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys", "/proc/bus"],
      "seccomp": null, "resources": null, "intelRdt": null, "mountLabel": ""})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  const Linux& section = parsed.value;
  EXPECT_THAT(section.namespaces,
              ElementsAre(Namespace{.kind = NamespaceKind::kPid, .path = ""},
                          Namespace{.kind = NamespaceKind::kNetwork, .path = "/var/run/netns/a"},
                          Namespace{.kind = NamespaceKind::kUser, .path = ""},
                          Namespace{.kind = NamespaceKind::kTime, .path = ""}));
  EXPECT_THAT(section.uid_mappings,
              ElementsAre(IdMapping{.container_id = 0, .host_id = 100000, .size = 65536}));
  EXPECT_THAT(section.gid_mappings,
              ElementsAre(IdMapping{.container_id = 5, .host_id = 4294967294, .size = 1}));
  EXPECT_THAT(section.devices, ElementsAre(Device{.path = "/dev/fuse",
                                                  .type = 'c',
                                                  .major = 10,
                                                  .minor = 229,
                                                  .mode = 0666,
                                                  .uid = 0,
                                                  .gid = 5}));
  EXPECT_EQ(section.cgroups_path, "system.slice:podman:abc");
  EXPECT_EQ(section.rootfs_propagation, 0x84000U);  // MS_SLAVE | MS_REC
  EXPECT_EQ(section.seccomp, std::nullopt);
  EXPECT_THAT(section.sysctl,
              ElementsAre(Pair("net.ipv4.ip_forward", "1"), Pair("kernel.shmmax", "2")));
  EXPECT_THAT(section.masked_paths, ElementsAre("/proc/kcore"));
  EXPECT_THAT(section.readonly_paths, ElementsAre("/proc/sys", "/proc/bus"));
}

TEST(ParseLinux, RefusesWrongNamespaces) {
  EXPECT_THAT(
      parse_section(parse_linux, R"({"namespaces": [
      {"type": "pid"}, {"type": "Pid"}, {"type": "pid", "path": "/proc/1/ns/pid"}, {},
      {"type": "uts", "path": "proc/1/ns/uts"}, {"type": 1}, "ipc"]})")
          .faults,
      ElementsAre("/namespaces/1/type: want a namespace type (cgroup, ipc, mount, network, pid, "
                  "time, user, uts), got \"Pid\"",
                  "/namespaces/2/type: want each namespace type once, got \"pid\"",
                  "/namespaces/3/type: want a namespace type (cgroup, ipc, mount, network, pid, "
                  "time, user, uts), got nothing",
                  "/namespaces/4/path: want an absolute path, got \"proc/1/ns/uts\"",
                  "/namespaces/5/type: want a namespace type (cgroup, ipc, mount, network, pid, "
                  "time, user, uts), got 1",
                  "/namespaces/6: want an object, got a string"));
}

TEST(ParseLinux, RefusesWrongMappings) {
  EXPECT_THAT(
      parse_section(parse_linux, R"({"uidMappings": [
          {"containerID": -1, "hostID": 4294967295, "size": 0}, {"hostID": "0", "size": 4294967296}]})")
          .faults,
      ElementsAre("/uidMappings/0/containerID: want an integer from 0 to 4294967294, got -1",
                  "/uidMappings/0/hostID: want an integer from 0 to 4294967294, got 4294967295",
                  "/uidMappings/0/size: want an integer from 1 to 4294967295, got 0",
                  "/uidMappings/1/containerID: want an integer from 0 to 4294967294, got nothing",
                  "/uidMappings/1/hostID: want an integer from 0 to 4294967294, got \"0\"",
                  "/uidMappings/1/size: want an integer from 1 to 4294967295, got 4294967296"));
}

TEST(ParseLinux, ReadsDevicesOfEveryType) {
  const auto parsed = parse_section(parse_linux, R"({"devices": [
      {"path": "/dev/a", "type": "u", "major": 4095, "minor": 1048575},
      {"path": "dev/b", "type": "b", "major": 0, "minor": 0, "fileMode": 25008},
      {"path": "/p", "type": "p", "major": 8, "minor": 666, "fileMode": 0}]})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(
      parsed.value.devices,
      ElementsAre(
          Device{.path = "/dev/a", .type = 'c', .major = 4095, .minor = 1048575, .mode = 0666},
          // 25008 is 060660: a block device's type in front of the mode
          Device{.path = "dev/b", .type = 'b', .major = 0, .minor = 0, .mode = 0660},
          Device{.path = "/p", .type = 'p', .major = 0, .minor = 0, .mode = 0}));
}

TEST(ParseLinux, RefusesWrongDevices) {
  EXPECT_THAT(parse_section(parse_linux, R"({"devices": [
          {"path": "", "type": "x"}, {"path": "/a", "type": "c", "major": 4096, "minor": 1048576},
          {"path": "/a", "type": "b", "major": -1}, {"type": "p", "fileMode": "0666", "uid": 4294967295}]})")
                  .faults,
              ElementsAre("/devices/0/path: want a path, got \"\"",
                          "/devices/0/type: want a device type (b, c, p, u), got \"x\"",
                          "/devices/0/major: want an integer from 0 to 4095, got nothing",
                          "/devices/0/minor: want an integer from 0 to 1048575, got nothing",
                          "/devices/1/major: want an integer from 0 to 4095, got 4096",
                          "/devices/1/minor: want an integer from 0 to 1048575, got 1048576",
                          "/devices/2/major: want an integer from 0 to 4095, got -1",
                          "/devices/2/minor: want an integer from 0 to 1048575, got nothing",
                          "/devices/3/path: want a path, got nothing",
                          "/devices/3/fileMode: want an integer from 0 to 4294967295, got \"0666\"",
                          "/devices/3/uid: want an integer from 0 to 4294967294, got 4294967295"));
}

TEST(ParseLinux, RefusesACgroupsPathThatClimbs) {
  for (const std::string_view path : {"..", "/../../etc", "a/../b", "/a/.."}) {
    EXPECT_THAT(
        parse_section(parse_linux, R"({"cgroupsPath": ")" + std::string(path) + "\"}").faults,
        ElementsAre("/cgroupsPath: want a path without \"..\", got \"" + std::string(path) + "\""));
  }
  for (const std::string_view path : {"", "/a/..b/c..", "a..b:c:..d", "/"}) {
    EXPECT_THAT(
        parse_section(parse_linux, R"({"cgroupsPath": ")" + std::string(path) + "\"}").faults,
        IsEmpty())
        << path;
  }
}

TEST(ParseLinux, ReadsEveryPropagation) {
  EXPECT_EQ(parse_section(parse_linux, R"({"rootfsPropagation": ""})").value.rootfs_propagation,
            0U);
  EXPECT_EQ(
      parse_section(parse_linux, R"({"rootfsPropagation": "shared"})").value.rootfs_propagation,
      0x100000U);
  EXPECT_THAT(
      parse_section(parse_linux, R"({"rootfsPropagation": "host"})").faults,
      ElementsAre(
          "/rootfsPropagation: want a propagation type (private, rprivate, rshared, rslave, "
          "runbindable, shared, slave, unbindable), got \"host\""));
}

TEST(ParseLinux, RefusesProtectedPathsThatAreNotAbsolute) {
  EXPECT_THAT(parse_section(parse_linux,
                            R"({"maskedPaths": ["proc/kcore", ""], "readonlyPaths": ["../x", 5]})")
                  .faults,
              ElementsAre("/maskedPaths/0: want an absolute path, got \"proc/kcore\"",
                          "/maskedPaths/1: want an absolute path, got \"\"",
                          "/readonlyPaths/0: want an absolute path, got \"../x\"",
                          "/readonlyPaths/1: want an absolute path, got 5"));
}

TEST(ParseLinux, RefusesSettingsThatAreNoStrings) {
  EXPECT_THAT(parse_section(parse_linux, R"({"sysctl": {"net.ipv4.ip_forward": 1}})").faults,
              ElementsAre("/sysctl/net.ipv4.ip_forward: want a string, got 1"));
  EXPECT_THAT(parse_section(parse_linux, R"({"sysctl": ["a"]})").faults,
              ElementsAre("/sysctl: want an object of strings, got an array"));
}

TEST(ParseLinux, ReadsMemoryPolicyAndPersonality) {
  const auto parsed = parse_section(parse_linux, R"({
      "memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0"}, "personality": {"domain": "LINUX32"}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.memory_policy,
            (MemoryPolicy{.mode = 2, .nodes = {1}}));  // MPOL_BIND, linux/mempolicy.h
  EXPECT_EQ(parsed.value.personality, 8UL);            // PER_LINUX32, sys/personality.h
}

TEST(ParseLinux, ReadsTheMountLabel) {
  EXPECT_EQ(
      parse_section(parse_linux, R"({"mountLabel": "system_u:object_r:container_file_t:s0:c1,c2"})")
          .value.mount_label,
      "system_u:object_r:container_file_t:s0:c1,c2");
  EXPECT_THAT(parse_section(parse_linux, R"({"mountLabel": []})").faults,
              ElementsAre("/mountLabel: want a string, got an empty array"));
}

}  // namespace
}  // namespace myrt::config
