// Containers that share a pod: the shapes of their configs.

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "engines/cri.h"
#include "engines/host_programs.h"
#include "support/cgroups.h"
#include "support/mountinfo.h"
#include "support/network.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CriPod : public CriTest {
 protected:
  static std::string status_of(pid_t pid, const std::string& field) {
    return field_of(read_file("/proc/" + std::to_string(pid) + "/status"), field);
  }
};

TEST_F(CriPod, SharesTheNamespacesOfItsSandbox) {
  start_sandbox();
  Container app(bundle_);
  create(app);
  start(app);
  for (const std::string kind : {"net", "ipc", "uts"}) {
    EXPECT_EQ(inode_of(namespace_of(app.pid(), kind)),
              inode_of(namespace_of(sandbox().pid(), kind)))
        << kind;
  }
  for (const std::string kind : {"pid", "mnt"}) {
    EXPECT_NE(inode_of(namespace_of(app.pid(), kind)),
              inode_of(namespace_of(sandbox().pid(), kind)))
        << kind;
  }
  EXPECT_EQ(output_in(app, "hostname"), "pod-1\n");
}

TEST_F(CriPod, MayShareOnePidNamespace) {
  start_sandbox();
  bundle_.set_namespace("pid", namespace_of(sandbox().pid(), "pid"));
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(inode_of(namespace_of(app.pid(), "pid")),
            inode_of(namespace_of(sandbox().pid(), "pid")));
  EXPECT_EQ(output_in(app, "cat /proc/1/cmdline | tr '\\0' ' '"), "/bin/sleep 600 ");
  EXPECT_TRUE(succeeded(shim({"kill", "--all", app.id(), "9"})));
  EXPECT_EQ(app.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(succeeded(app.remove()));
}

TEST_F(CriPod, TakesTheNetworkOfItsPlugin) {
  if (!is_installed("ip")) {
    GTEST_SKIP() << "needs ip";
  }
  const NetworkPair network;
  sandbox_bundle_.set_namespace("network", network.red_path());
  start_sandbox();
  EXPECT_EQ(inode_of(namespace_of(sandbox().pid(), "net")), inode_of(network.red_path()));
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(output_in(app, "ip -4 -o addr show veth0 | awk '{print $4}'"), "10.11.11.2/24\n");
  EXPECT_EQ(output_in(app, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start"), "0\n");
}

TEST_F(CriPod, SandboxNeedsNoEnvironment) {
  start_sandbox();
  EXPECT_EQ(sandbox().status(), "running");
  EXPECT_FALSE(
      contains(read_file("/proc/" + std::to_string(sandbox().pid()) + "/environ"), "PATH="));
}

TEST_F(CriPod, TakesAGroupThatIsGivenTwice) {
  start_sandbox();
  EXPECT_EQ(status_of(sandbox().pid(), "Groups"), "65535 ");
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(status_of(app.pid(), "Groups"), "1000 2000 ");
  EXPECT_EQ(status_of(app.pid(), "Uid"), "1000\t1000\t1000\t1000");
}

TEST_F(CriPod, SharesItsMemory) {
  start_sandbox();
  const std::vector<MountEntry> mounts =
      parse_mountinfo(read_file("/proc/" + std::to_string(sandbox().pid()) + "/mountinfo"));
  // First a tmpfs, and the memory of the pod on it.
  EXPECT_EQ(std::count_if(mounts.begin(), mounts.end(),
                          [](const MountEntry& mount) { return mount.point == "/dev/shm"; }),
            2);
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(output_in(app, "echo text > /dev/shm/file"), "");
  EXPECT_EQ(read_file(shared_memory_ / "file"), "text\n");
  EXPECT_EQ(read_file("/proc/" + std::to_string(sandbox().pid()) + "/root/dev/shm/file"), "text\n");
}

TEST_F(CriPod, BindsTheFilesOfItsEngine) {
  start_sandbox();
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(output_in(app,
                      "cat /etc/hosts /etc/hostname /etc/resolv.conf /dev/termination-log "
                      "/var/run/secrets/kubernetes.io/serviceaccount"),
            "etc-hosts\nhostname\nresolv.conf\n7c1d\nkube-api-access-x7k2p\n");
}

TEST_F(CriPod, IsInItsGroupsRightAfterCreate) {
  // Those above are made by the kubelet.
  const HostCgroup top(pod_group_.substr(0, pod_group_.find('/', 1)));
  const HostCgroup middle(fs::path(pod_group_).parent_path());
  const HostCgroup above(pod_group_);
  for (const HostCgroup* group : {&top, &middle, &above}) {
    group->make();
  }
  leave_pod();
  Container app(bundle_);
  create(app);
  const fs::path group = cgroup_of(app.pid(), "memory");
  EXPECT_TRUE(group.string().ends_with(pod_group_ + "/app")) << group;
  EXPECT_EQ(read_value(group / (cgroup_v2() ? "memory.max" : "memory.limit_in_bytes")),
            "134217728");
  EXPECT_TRUE(succeeded(app.remove({"--force"})));
  EXPECT_FALSE(fs::exists(group));
  EXPECT_TRUE(fs::exists(group.parent_path()));
}

TEST_F(CriPod, SeesItsGroupsReadOnly) {
  start_sandbox();
  Container app(bundle_);
  create(app);
  start(app);
  const std::vector<MountEntry> mounts =
      parse_mountinfo(read_file("/proc/" + std::to_string(app.pid()) + "/mountinfo"));
  const std::optional<MountEntry> groups =
      mount_at(mounts, cgroup_v2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
  ASSERT_TRUE(groups.has_value());
  EXPECT_TRUE(groups->options.starts_with("ro,")) << groups->options;
  EXPECT_EQ(groups->propagation, "");
}

TEST_F(CriPod, HasTheScoreOfItsQualityOfService) {
  start_sandbox();
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(read_value("/proc/" + std::to_string(app.pid()) + "/oom_score_adj"), "985");
}

TEST_F(CriPod, JoinsAUserNamespaceThatIsGivenWithItsMappings) {
  const std::string mappings = R"([{"containerID": 0, "hostID": 100000, "size": 65536}])";
  for (Bundle* bundle : {&sandbox_bundle_, &bundle_}) {
    bundle->set("/linux/uidMappings", mappings).set("/linux/gidMappings", mappings);
    // The root of the container may not make them in a directory of the host's root.
    for (const std::string file : {"etc/hosts", "etc/hostname", "etc/resolv.conf",
                                   "var/run/secrets/kubernetes.io/serviceaccount"}) {
      bundle->file(file, "");
    }
  }
  // No pod with a user namespace asks for it: the group ids are not mapped.
  sandbox_bundle_.set_namespace("user").erase("/linux/sysctl/net.ipv4.ping_group_range");
  start_sandbox();
  bundle_.set_namespace("user", namespace_of(sandbox().pid(), "user"));
  Container app(bundle_);
  create(app);
  start(app);
  EXPECT_EQ(inode_of(namespace_of(app.pid(), "user")),
            inode_of(namespace_of(sandbox().pid(), "user")));
  EXPECT_EQ(status_of(app.pid(), "Uid"), "101000\t101000\t101000\t101000");
}

}  // namespace
}  // namespace myrt::test
