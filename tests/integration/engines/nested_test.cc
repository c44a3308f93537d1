// Engines inside of containers. In one with all privileges an engine of its own runs containers
// with the same runtime (docker in docker); one that has the socket of the engine outside makes
// that one run them, next to itself (docker out of docker).

#include <filesystem>

#include "engines/docker.h"
#include "engines/host_programs.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// Where a container with an engine finds the runtime under test and the root of its own containers.
constexpr const char* kInnerRuntime = "/runtime";
constexpr const char* kInnerRoot = "/image";

// Each of these scripts makes containers of kInnerRoot with kInnerRuntime. $@ is the command of the
// one container whose output is to be seen.
constexpr const char* kPodmanScript = R"(
cat > /tmp/containers.conf <<END
[containers]
# Podman's own are the highest there are, which take CAP_SYS_RESOURCE.
default_ulimits = ["nofile=1024:1024", "nproc=20000:20000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
END
export CONTAINERS_CONF=/tmp/containers.conf TMPDIR=/tmp
podman="podman --runtime /runtime --root /tmp/root --runroot /tmp/run --storage-driver vfs"
tar -C /image -c . | $podman import --quiet - localhost/inner >/dev/null
$podman run --rm --network none --memory 64m localhost/inner "$@"
)";

constexpr const char* kContainerdScript = R"(
cat > /tmp/containerd.toml <<END
version = 2
root = "/tmp/root"
state = "/tmp/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
END
containerd --config /tmp/containerd.toml 2>/tmp/containerd.log &
until ctr version >/dev/null 2>&1; do sleep 0.02; done
ctr run --rm --runc-binary /runtime --env PATH=/bin --rootfs /image inner "$@"
kill $!
)";

constexpr const char* kDockerScript = R"(
dockerd --add-runtime inner=/runtime --default-runtime inner --storage-driver vfs --data-root /tmp/root \
    --bridge none --iptables=false --ip6tables=false 2>/tmp/dockerd.log &
until docker version >/dev/null 2>&1; do sleep 0.02; done
tar -C /image -c . | docker import - inner >/dev/null
docker run --rm inner "$@"
kill $!
wait $!
)";

// A root for programs of the host, whose /usr is to be bound into it. The libraries of Debian's
// packages are all below /usr.
void make_host_root(const Bundle& bundle) {
  fs::remove_all(bundle.rootfs() / "bin");
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    fs::create_symlink(fs::path("usr") / name, bundle.rootfs() / name);
  }
  fs::create_directories(bundle.rootfs() / "etc/containers");
  // What podman wants to know before it imports an image.
  write_file(bundle.rootfs() / "etc/containers/policy.json",
             R"({"default": [{"type": "insecureAcceptAnything"}]})");
}

class Nested : public RuntimeTest {
 protected:
  Nested() {
    make_host_root(bundle_);
    // What engines give their containers, and what it takes to make one.
    bundle_.capabilities({"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER",
                          "CAP_FSETID", "CAP_KILL", "CAP_MKNOD", "CAP_NET_ADMIN",
                          "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID",
                          "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT",
                          "CAP_SYS_PTRACE"});
    bundle_.set("/process/noNewPrivileges", "false")
        .set("/process/env", json_strings({std::string("PATH=") + kHostPath, "HOME=/root"}))
        .set("/linux/maskedPaths", "[]")
        .set("/linux/readonlyPaths", "[]")
        .set("/linux/resources/devices", R"([{"allow": true, "access": "rwm"}])")
        .mount("/sys/fs/cgroup", "cgroup", "cgroup", {"rw", "nosuid", "noexec", "nodev"})
        .mount("/tmp", "tmpfs", "tmpfs", {"mode=1777"})
        .mount("/run", "tmpfs", "tmpfs", {"mode=755"})
        .mount("/var", "tmpfs", "tmpfs", {"mode=755"})
        .mount("/usr", "bind", "/usr", {"rbind", "ro"})
        .mount(kInnerRoot, "bind", inner_.rootfs(), {"rbind"})
        .mount(kInnerRuntime, "bind", test_run().runtime_path, {"bind", "ro"});
  }

  // Runs an engine's script in a container, which runs `command` in another one.
  Outcome run_inside(const std::string& engine_script, const std::vector<std::string>& command) {
    std::vector<std::string> args{"/bin/sh", "-e", "-c", engine_script, "engine"};
    args.insert(args.end(), command.begin(), command.end());
    bundle_.args(args);
    const Container container(bundle_);
    Command outer = container.run_command();
    outer.timeout = kDockerTimeout;
    return test::run(outer);
  }

 private:
  const Bundle inner_{workspace(), "inner"};
};

TEST_F(Nested, PodmanRunsAContainer) {
  if (!is_installed("podman")) {
    GTEST_SKIP() << "needs podman";
  }
  const Outcome outcome = run_inside(kPodmanScript, {"echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

TEST_F(Nested, ContainerdRunsAContainer) {
  if (!is_installed("containerd")) {
    GTEST_SKIP() << "needs containerd";
  }
  const Outcome outcome = run_inside(kContainerdScript, {"echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

TEST_F(Nested, DockerRunsAContainer) {
  if (!is_installed("dockerd")) {
    GTEST_SKIP() << "needs docker";
  }
  const Outcome outcome = run_inside(kDockerScript, {"echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

TEST_F(Nested, LimitsAreThoseOfTheInnerContainer) {
  if (!is_installed("podman")) {
    GTEST_SKIP() << "needs podman";
  }
  const Outcome outcome = run_inside(
      kPodmanScript, {"cat", cgroup_v2() ? "/sys/fs/cgroup/memory.max"
                                         : "/sys/fs/cgroup/memory/memory.limit_in_bytes"});
  EXPECT_EQ(outcome.out, "67108864\n") << outcome;
}

class NestedDocker : public Docker {
 protected:
  void SetUp() override {
    Docker::SetUp();
    if (IsSkipped()) {
      return;
    }
    const Bundle host(workspace(), "host");
    make_host_root(host);
    daemon().import(host.rootfs(), "host");
  }

  // `docker run OPTIONS` with the programs of the host in it, and what an engine needs.
  static Outcome run_with_programs(std::vector<std::string> options,
                                   const std::vector<std::string>& command) {
    options.insert(options.end(),
                   {"--volume", "/usr:/usr:ro", "--env", std::string("PATH=") + kHostPath, "--env",
                    "HOME=/root", "host"});
    options.insert(options.end(), command.begin(), command.end());
    return run_once(options);
  }

  static std::vector<std::string> with_socket() {
    return {"--volume", daemon().socket().string() + ":/run/docker.sock", "--env",
            "DOCKER_HOST=unix:///run/docker.sock"};
  }
};

TEST_F(NestedDocker, TheSocketDrivesTheEngineOutside) {
  const Outcome outcome =
      run_with_programs(with_socket(), {"docker", "run", "--rm", "busybox", "echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

TEST_F(NestedDocker, TheSocketMakesContainersNextToItsOwn) {
  EXPECT_TRUE(succeeded(run_with_programs(with_socket(), {"docker", "run", "--detach", "--name",
                                                          "sibling", "busybox", "sleep", "600"})));
  // The container that asked for it is gone, and with it all processes below it.
  EXPECT_EQ(inspect("sibling", "{{.State.Status}}"), "running");
  EXPECT_TRUE(succeeded(docker({"rm", "--force", "sibling"})));
}

TEST_F(NestedDocker, APrivilegedContainerRunsAnEngineOfItsOwn) {
  if (!is_installed("podman")) {
    GTEST_SKIP() << "needs podman";
  }
  const Outcome outcome =
      run_with_programs({"--privileged", "--tmpfs", "/tmp:exec", "--volume",
                         bundle_.rootfs().string() + ":" + kInnerRoot, "--volume",
                         test_run().runtime_path + ":" + kInnerRuntime + ":ro"},
                        {"sh", "-e", "-c", kPodmanScript, "engine", "echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

}  // namespace
}  // namespace myrt::test
