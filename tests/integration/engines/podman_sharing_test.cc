// Namespaces that a podman container shares with another one or with the host.

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanSharing : public PodmanWithContainer {
 protected:
  // The namespace that a container sees itself in, with these options of `podman run`.
  static std::string own_namespace(std::vector<std::string> options, const std::string& kind) {
    options.insert(options.end(), {"busybox", "readlink", "/proc/self/ns/" + kind});
    return run_once(options).out;
  }

  static std::string text_of(const std::string& kind, std::uint64_t inode) {
    return kind + ":[" + std::to_string(inode) + "]\n";
  }
};

TEST_F(PodmanSharing, NetworkOfAnotherContainer) {
  EXPECT_EQ(own_namespace({"--network", "container:" + container().name()}, "net"),
            text_of("net", container().namespace_of("net")));
}

TEST_F(PodmanSharing, IpcOfAnotherContainer) {
  const PodmanContainer sharing(store(), {"--ipc", "shareable", "busybox", "sleep", "600"});
  EXPECT_EQ(own_namespace({"--ipc", "container:" + sharing.name()}, "ipc"),
            text_of("ipc", sharing.namespace_of("ipc")));
}

TEST_F(PodmanSharing, HostnameOfAnotherContainer) {
  EXPECT_EQ(own_namespace({"--uts", "container:" + container().name()}, "uts"),
            text_of("uts", container().namespace_of("uts")));
}

TEST_F(PodmanSharing, ProcessesOfAnotherContainer) {
  const Outcome outcome = run_once({"--pid", "container:" + container().name(), "busybox", "sh",
                                    "-c", "tr '\\0' ' ' < /proc/1/cmdline"});
  EXPECT_EQ(outcome.out, "sleep 600 ") << outcome;
}

// Its processes do not end with the first one's end, as they would with a pid namespace of its own.
TEST_F(PodmanSharing, StopsAContainerInThePidNamespaceOfAnother) {
  const PodmanContainer guest(store(), {"--pid", "container:" + container().name(), "busybox", "sh",
                                        "-c", "sleep 602 & echo ready; wait"});
  EXPECT_TRUE(guest.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(guest.call({"stop", "--time", "0"})));
  EXPECT_FALSE(contains(container().exec({"ps"}).out, "602"));
}

TEST_F(PodmanSharing, StopsAContainerWithoutAPidNamespaceOfItsOwn) {
  const PodmanContainer container(
      store(), {"--pid", "host", "busybox", "sh", "-c", "sleep 600 & echo ready; wait"});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_EQ(container.namespace_of("pid"), inode_of("/proc/self/ns/pid"));
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_TRUE(succeeded(container.call({"rm"})));
}

TEST_F(PodmanSharing, UserNamespaceOfAnotherContainer) {
  const PodmanContainer mapped(store(), {"--uidmap", "0:100000:65536", "busybox", "sleep", "600"});
  EXPECT_EQ(own_namespace({"--userns", "container:" + mapped.name()}, "user"),
            text_of("user", mapped.namespace_of("user")));
}

TEST_F(PodmanSharing, HostnameAndIpcOfTheHost) {
  const Outcome outcome = run_once({"--uts", "host", "--ipc", "host", "busybox", "sh", "-c",
                                    "readlink /proc/self/ns/uts; readlink /proc/self/ns/ipc"});
  EXPECT_EQ(outcome.out, text_of("uts", inode_of("/proc/self/ns/uts")) +
                             text_of("ipc", inode_of("/proc/self/ns/ipc")))
      << outcome;
}

TEST_F(PodmanSharing, CgroupNamespaceOfTheHost) {
  const Outcome outcome = run_once({"--cgroupns", "host", "busybox", "cat", "/proc/self/cgroup"});
  EXPECT_TRUE(contains(outcome.out, PodmanStore::cgroup_parent() + "/libpod-")) << outcome;
}

}  // namespace
}  // namespace myrt::test
