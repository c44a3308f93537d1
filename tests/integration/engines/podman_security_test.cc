// Privileges of `podman run`: capabilities, seccomp, hidden paths, user namespaces.

#include <sys/mount.h>

#include <array>
#include <filesystem>

#include "engines/podman.h"

namespace myrt::test {
namespace {

/// The ids 200000 to 399999 for podman to choose from (subuid(5)), in the mount namespace of the
/// tests, until the end of the scope.
class SubordinateIds {
 public:
  explicit SubordinateIds(const std::filesystem::path& workspace) {
    write_file(workspace / "subids", "containers:200000:200000\n");
    for (const char* file : kFiles) {
      EXPECT_EQ(::mount((workspace / "subids").c_str(), file, "", MS_BIND, nullptr), 0) << file;
    }
  }
  SubordinateIds(const SubordinateIds&) = delete;
  SubordinateIds& operator=(const SubordinateIds&) = delete;
  ~SubordinateIds() {
    for (const char* file : kFiles) {
      ::umount2(file, MNT_DETACH);
    }
  }

 private:
  static constexpr std::array kFiles = {"/etc/subuid", "/etc/subgid"};
};

class PodmanSecurity : public Podman {
 protected:
  // A field of /proc/self/status of a container that is run with these options.
  static std::string status_field(const std::vector<std::string>& options,
                                  const std::string& field) {
    std::vector<std::string> arguments = options;
    arguments.insert(arguments.end(), {"busybox", "cat", "/proc/self/status"});
    return field_of(run_once(arguments).out, field);
  }
};

TEST_F(PodmanSecurity, RunsAPrivilegedContainer) {
  const Outcome outcome = run_once({"--privileged", "busybox", "sh", "-c",
                                    "grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "Seccomp:\t0\n");
}

TEST_F(PodmanSecurity, FiltersSystemCallsByDefault) {
  EXPECT_EQ(status_field({}, "Seccomp"), "2");
  EXPECT_EQ(run_once({"busybox", "mount", "-t", "tmpfs", "none", "/tmp"}).exit_code, 1);
}

TEST_F(PodmanSecurity, RunsWithoutAFilter) {
  EXPECT_EQ(status_field({"--security-opt", "seccomp=unconfined"}, "Seccomp"), "0");
}

TEST_F(PodmanSecurity, RunsWithTheFilterOfAFile) {
  write_file(workspace() / "profile.json", R"({
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]
  })");
  const Outcome outcome =
      run_once({"--security-opt", "seccomp=" + (workspace() / "profile.json").string(), "busybox",
                "mkdir", "/new"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "Function not implemented")) << outcome;  // ENOSYS is 38
}

TEST_F(PodmanSecurity, DropsAndAddsCapabilities) {
  const std::vector<std::string> options = {"--cap-drop", "all", "--cap-add", "CAP_KILL,CAP_CHOWN"};
  EXPECT_EQ(status_field(options, "CapEff"), "0000000000000021");  // bits 0 and 5
  EXPECT_EQ(status_field(options, "CapBnd"), "0000000000000021");
}

TEST_F(PodmanSecurity, GivesAUserNoCapabilities) {
  EXPECT_EQ(status_field({"--user", "user"}, "CapEff"), "0000000000000000");
}

TEST_F(PodmanSecurity, GivesAUserTheCapabilitiesThatAreAdded) {
  // CAP_NET_BIND_SERVICE is bit 10.
  EXPECT_EQ(status_field({"--user", "user", "--cap-add", "NET_BIND_SERVICE"}, "CapEff"),
            "0000000000000400");
}

TEST_F(PodmanSecurity, ForbidsNewPrivileges) {
  EXPECT_EQ(status_field({"--security-opt", "no-new-privileges"}, "NoNewPrivs"), "1");
}

TEST_F(PodmanSecurity, HidesPaths) {
  const Outcome outcome =
      run_once({"--security-opt", "mask=/etc/passwd:/home", "busybox", "sh", "-c",
                "wc -c < /etc/passwd; ls /home; echo x > /proc/sys/kernel/domainname"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_EQ(outcome.out, "0\n");
  EXPECT_TRUE(contains(outcome.err, "Read-only file system")) << outcome;
}

TEST_F(PodmanSecurity, ShowsHiddenPathsWhenAsked) {
  EXPECT_EQ(run_once({"busybox", "wc", "-c", "/proc/timer_list"}).out, "0 /proc/timer_list\n");
  EXPECT_TRUE(run_once({"--security-opt", "unmask=ALL", "busybox", "cat", "/proc/timer_list"})
                  .out.starts_with("Timer List Version: "));
}

TEST_F(PodmanSecurity, MapsIds) {
  const Outcome outcome = run_once(
      {"--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536", "busybox", "sh", "-c",
       "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; touch /x && stat -c %u /x"});
  EXPECT_EQ(outcome.out, " 0 100000 65536\n 0 200000 65536\n0\n") << outcome;
}

TEST_F(PodmanSecurity, MapsIdsThatPodmanChooses) {
  const SubordinateIds ids(workspace());
  const Outcome outcome = run_once(
      {"--userns", "auto:size=5000", "busybox", "sh", "-c", "tr -s ' ' < /proc/self/uid_map"});
  EXPECT_EQ(outcome.out, " 0 200000 5000\n") << outcome;
}

TEST_F(PodmanSecurity, RunsAsAUserOfAUserNamespace) {
  const Outcome outcome =
      run_once({"--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536", "--user", "user",
                "busybox", "sh", "-c", "id -u; echo text > /home/user/../../tmp/x; cat /tmp/x"});
  EXPECT_EQ(outcome.out, "1000\ntext\n") << outcome;
}

}  // namespace
}  // namespace myrt::test
