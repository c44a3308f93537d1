// What docker grants a container and what it keeps from it: capabilities, system calls, users,
// devices, kernel parameters, and the namespaces it shares with others.

#include "engines/docker.h"

namespace myrt::test {
namespace {

class DockerSecurity : public Docker {
 protected:
  // A field of /proc/self/status in a container run with these options.
  static std::string status_field(std::vector<std::string> options, const std::string& field) {
    options.insert(options.end(), {"busybox", "cat", "/proc/self/status"});
    const Outcome outcome = run_once(options);
    EXPECT_TRUE(succeeded(outcome));
    return field_of(outcome.out, field);
  }
};

// Bits: 1 << CAP_SYS_ADMIN (21), 1 << CAP_KILL (5).
TEST_F(DockerSecurity, CapabilitiesAreThoseAskedFor) {
  EXPECT_EQ(status_field({"--cap-drop", "ALL", "--cap-add", "SYS_ADMIN"}, "CapEff"),
            "0000000000200000");
}

TEST_F(DockerSecurity, CapabilitiesOfAnOrdinaryUserAreInTheBoundingSetOnly) {
  const std::vector<std::string> options{"--user", "1000",      "--cap-drop",
                                         "ALL",    "--cap-add", "KILL"};
  EXPECT_EQ(status_field(options, "CapEff"), "0000000000000000");
  EXPECT_EQ(status_field(options, "CapBnd"), "0000000000000020");
}

TEST_F(DockerSecurity, APrivilegedContainerMayMount) {
  const Outcome outcome = run_once({"--privileged", "busybox", "sh", "-c",
                                    "grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp && "
                                    "test -e /dev/kmsg && echo yes"});
  EXPECT_EQ(outcome.out, "Seccomp:\t0\nyes\n") << outcome;
}

TEST_F(DockerSecurity, PrivilegesAreNotGainedByPrograms) {
  EXPECT_EQ(status_field({"--security-opt", "no-new-privileges"}, "NoNewPrivs"), "1");
}

TEST_F(DockerSecurity, SystemCallsAreFiltered) { EXPECT_EQ(status_field({}, "Seccomp"), "2"); }

TEST_F(DockerSecurity, SystemCallsAreNotFilteredWhenUnconfined) {
  EXPECT_EQ(status_field({"--security-opt", "seccomp=unconfined"}, "Seccomp"), "0");
}

TEST_F(DockerSecurity, SystemCallsAreFilteredByAProfileOfTheUser) {
  const std::filesystem::path profile = workspace() / "profile.json";
  write_file(profile, R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]})");
  const Outcome outcome = run_once(
      {"--security-opt", "seccomp=" + profile.string(), "busybox", "mkdir", "/tmp/directory"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "Operation not supported")) << outcome;  // errno 95
}

TEST_F(DockerSecurity, ProcFilesAreMasked) {
  const std::string script = "cat /proc/keys; echo x > /proc/sys/kernel/domainname";
  const Outcome masked = run_once({"busybox", "sh", "-c", script});
  EXPECT_EQ(masked.out, "");
  EXPECT_TRUE(contains(masked.err, "Read-only file system")) << masked;

  const Outcome open = run_once({"--security-opt", "systempaths=unconfined", "--cap-add",
                                 "SYS_ADMIN", "busybox", "sh", "-c", script});
  EXPECT_TRUE(succeeded(open));
}

TEST_F(DockerSecurity, UsersAndTheirGroupsAreThoseAskedFor) {
  EXPECT_EQ(run_once({"--user", "1000:1000", "--group-add", "3000", "busybox", "sh", "-c",
                      "id -u; id -g; id -G"})
                .out,
            "1000\n1000\n1000 3000\n");
}

TEST_F(DockerSecurity, UsersAreThoseOfTheHostWhenAskedFor) {
  EXPECT_EQ(run_once({"--userns", "host", "busybox", "readlink", "/proc/self/ns/user"}).out,
            std::filesystem::read_symlink("/proc/self/ns/user").string() + "\n");
}

TEST_F(DockerSecurity, DevicesAreThoseAskedFor) {
  // To open /dev/kmsg for reading takes CAP_SYSLOG, or kernel.dmesg_restrict 0 (proc(5)).
  const Outcome outcome =
      run_once({"--cap-add", "SYSLOG", "--device", "/dev/kmsg:/dev/added:r", "busybox", "sh", "-c",
                ": < /dev/added && echo opened; : > /dev/added"});
  EXPECT_EQ(outcome.out, "opened\n");
  EXPECT_TRUE(contains(outcome.err, "/dev/added: Operation not permitted")) << outcome;
}

TEST_F(DockerSecurity, KernelParametersAreTheContainersOwn) {
  const std::string of_the_host = read_value("/proc/sys/kernel/msgmax");
  EXPECT_EQ(
      run_once({"--sysctl", "kernel.msgmax=4097", "busybox", "cat", "/proc/sys/kernel/msgmax"}).out,
      "4097\n");
  EXPECT_EQ(read_value("/proc/sys/kernel/msgmax"), of_the_host);
}

class DockerNamespaces : public Docker {
 protected:
  // "pid:[4026531836]" in a container run with these options, for each kind.
  static Outcome namespaces(std::vector<std::string> options, const std::string& kinds) {
    options.insert(options.end(),
                   {"busybox", "sh", "-c",
                    "for kind in " + kinds + "; do readlink /proc/self/ns/$kind; done"});
    return run_once(options);
  }

  static std::string namespace_of(const std::string& pid, const std::string& kind) {
    return std::filesystem::read_symlink("/proc/" + pid + "/ns/" + kind).string() + "\n";
  }
};

TEST_F(DockerNamespaces, PidIsThatOfTheHost) {
  EXPECT_EQ(namespaces({"--pid", "host"}, "pid").out, namespace_of("self", "pid"));
}

TEST_F(DockerNamespaces, UtsAndIpcAreThoseOfTheHost) {
  EXPECT_EQ(namespaces({"--uts", "host", "--ipc", "host"}, "uts ipc").out,
            namespace_of("self", "uts") + namespace_of("self", "ipc"));
}

TEST_F(DockerNamespaces, PidIsThatOfAnotherContainer) {
  const DockerContainer peer(daemon(), kSleeping);
  EXPECT_EQ(namespaces({"--pid", "container:" + peer.name()}, "pid").out,
            namespace_of(std::to_string(pid_of(peer.name())), "pid"));
}

TEST_F(DockerNamespaces, IpcIsThatOfAnotherContainer) {
  const DockerContainer peer(daemon(), {"--ipc", "shareable", "busybox", "sleep", "600"});
  EXPECT_EQ(namespaces({"--ipc", "container:" + peer.name()}, "ipc").out,
            namespace_of(std::to_string(pid_of(peer.name())), "ipc"));
}

TEST_F(DockerNamespaces, NetworkIsThatOfAnotherContainer) {
  const DockerContainer peer(daemon(), kSleeping);
  EXPECT_EQ(namespaces({"--network", "container:" + peer.name()}, "net").out,
            namespace_of(std::to_string(pid_of(peer.name())), "net"));
}

TEST_F(DockerNamespaces, CgroupIsPrivateWhenAskedFor) {
  const Outcome outcome =
      run_once({"--cgroupns", "private", "busybox", "cat", "/proc/self/cgroup"});
  EXPECT_TRUE(contains(outcome.out, ":/\n")) << outcome;
  EXPECT_FALSE(contains(outcome.out, DockerDaemon::cgroup_parent())) << outcome;
}

// Docker puts the ends of its links into the network namespace from a prestart hook.
TEST_F(DockerNamespaces, NetworkReachesOtherContainersByName) {
  const std::string network = unique_name();
  EXPECT_TRUE(succeeded(docker({"network", "create", "--subnet", "10.99.1.0/24", network})));
  {
    const DockerContainer peer(
        daemon(), {"--network", network, "--network-alias", "peer", "busybox", "sleep", "600"});
    const Outcome outcome =
        run_once({"--network", network, "busybox", "ping", "-c", "1", "-W", "5", "peer"});
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_TRUE(contains(outcome.out, "PING peer (10.99.1.2)")) << outcome;
  }
  EXPECT_TRUE(succeeded(docker({"network", "rm", network})));
}

}  // namespace
}  // namespace myrt::test
