// The config.json files that podman, docker and containerd wrote, run without their engines: only
// what belongs to the engine's machine (the root, files to bind, the cgroup) is put in place.

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>

#include "support/engine_bundle.h"
#include "support/engine_configs.h"
#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// CAP_CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW
// SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP: what all three leave by default.
constexpr const char* kDefaultCapabilities = "00000000a80425fb";

class EngineConfig : public RuntimeTest {
 protected:
  void use(std::string_view config) { use_engine_config(bundle_, config); }

  /// What the program prints between create, start and delete.
  std::string output() {
    Container container(bundle_);
    EXPECT_TRUE(succeeded(container.create()));
    EXPECT_EQ(container.status(), "created");
    EXPECT_TRUE(succeeded(container.start()));
    EXPECT_EQ(container.wait_exit().exit_code, 0) << container.err();
    EXPECT_EQ(container.status(), "stopped");
    EXPECT_TRUE(succeeded(container.remove()));
    return container.out();
  }
};

constexpr const char* kReport =
    "hostname; grep -E '^(CapBnd|CapEff|NoNewPrivs|Seccomp):' /proc/self/status; "
    "cat /etc/hostname";

TEST_F(EngineConfig, OfPodmanRunsAsItIs) {
  use(kPodmanConfig);
  bundle_.shell(std::string(kReport) + "; ulimit -n");
  EXPECT_EQ(output(), std::string("7bc4946b62db\nCapEff:\t") + kDefaultCapabilities +
                          "\nCapBnd:\t" + kDefaultCapabilities +
                          "\nNoNewPrivs:\t0\nSeccomp:\t2\nbound on /etc/hostname\n1024\n");
}

TEST_F(EngineConfig, OfPodmanLimitsTheNumberOfProcesses) {
  use(kPodmanConfig);
  bundle_.args({"sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(read_value(cgroup_of(container.pid(), "pids") / "pids.max"), "2048");
}

TEST_F(EngineConfig, OfDockerRunsWithoutItsNetworkHook) {
  use(kDockerConfig);
  // It gives the network namespace to the daemon, which is not there.
  bundle_.erase("/hooks").shell(kReport);
  EXPECT_EQ(output(), std::string("5b5c59f1edf9\nCapEff:\t") + kDefaultCapabilities +
                          "\nCapBnd:\t" + kDefaultCapabilities +
                          "\nNoNewPrivs:\t0\nSeccomp:\t2\nbound on /etc/hostname\n");
}

TEST_F(EngineConfig, OfContainerdRunsAsItIs) {
  use(kContainerdConfig);
  bundle_.shell(
      "grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; ulimit -n; "
      "awk '$2 == \"/run\" {print $1, $3}' /proc/mounts");
  EXPECT_EQ(output(), std::string("CapBnd:\t") + kDefaultCapabilities +
                          "\nNoNewPrivs:\t1\nSeccomp:\t0\n1024\ntmpfs tmpfs\n");
}

class MyrtFigures : public EngineConfig {
 protected:
  // What strace(1) counts in the runtime and in all that it starts.
  int system_calls() {
    const fs::path counts = workspace() / "counts";
    Container container(bundle_);
    Command command = container.run_command();
    command.argv.insert(command.argv.begin(), {"/usr/bin/strace", "-f", "-c", "-o", counts});
    EXPECT_TRUE(succeeded(container.run(command)));
    // "100.00    0.006188           8       475        30 total"
    std::istringstream total(lines_of(read_file(counts)).back());
    std::string share;
    std::string seconds;
    std::string each;
    int calls = 0;
    total >> share >> seconds >> each >> calls;
    return calls;
  }

  // The engine's own files are bound one by one, as many as it pleases.
  void leave_out_binds() {
    std::string config = bundle_.config();
    for (std::size_t index = json_size(config, "/mounts").value_or(0); index > 0; --index) {
      const std::string mount = "/mounts/" + std::to_string(index - 1);
      if (json_string(config, mount + "/type") == "bind") {
        config = json_erase(config, mount);
      }
    }
    bundle_.raw_config(config);
  }
};

// 9 hierarchies of cgroup v1 and one of v2, 25 mounts, a seccomp filter from the cache: 501 calls,
// 12 of them libcap's when it asks twice which capabilities the kernel has, and some reads more
// where the mount table is long and the image has users. crun 1.8.1 makes 1,020 calls for it,
// without v2.
TEST_F(MyrtFigures, RunOfPodmansConfigMakesFewerThan505SystemCalls) {
  if (!fs::exists("/usr/bin/strace")) {
    GTEST_SKIP() << "needs strace";
  }
  use(kPodmanConfig);
  leave_out_binds();
  bundle_.args({"/bin/true"});
  system_calls();  // compiles the filter
  const int calls = system_calls();
  EXPECT_GT(calls, 100);
  EXPECT_LT(calls, 505);
}

}  // namespace
}  // namespace myrt::test
