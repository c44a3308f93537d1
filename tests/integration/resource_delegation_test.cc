// On cgroup v2, a container with a writable view of its cgroup owns it and can divide it
// (config-linux.md "Cgroup ownership", cgroups(7) "Delegating"). Its limits stay the host's.

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/cgroups.h"
#include "support/resources.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ResourceDelegation : public ResourceTest {
 protected:
  void SetUp() override {
    ResourceTest::SetUp();
    if (!cgroup_v2()) {
      GTEST_SKIP() << "needs cgroup v2";
    }
  }

  Bundle& user_namespace() {
    return bundle_.set_namespace("user")
        .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
        .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])");
  }
  Bundle& view(const std::string& access) {
    return bundle_.mount("/sys/fs/cgroup", "cgroup", "cgroup",
                         {"nosuid", "noexec", "nodev", "relatime", access});
  }
  static uid_t owner_of(const fs::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_uid : static_cast<uid_t>(-1);
  }
  // Owner of the container's directory and of some files in it.
  std::vector<uid_t> owners() {
    sleeper();
    Container container(bundle_);
    EXPECT_TRUE(succeeded(container.create()));
    const fs::path cgroup = cgroup_of(container.pid(), "memory");
    return {owner_of(cgroup), owner_of(cgroup / "cgroup.procs"),
            owner_of(cgroup / "cgroup.subtree_control"), owner_of(cgroup / "memory.max")};
  }
};

TEST_F(ResourceDelegation, GivesTheDirectoryAndTheFilesOfTheKernelsList) {
  user_namespace();
  view("rw");
  EXPECT_EQ(owners(), (std::vector<uid_t>{100000, 100000, 100000, 0}));
}

TEST_F(ResourceDelegation, GivesEveryFileOfTheKernelsListAndNoOther) {
  user_namespace();
  view("rw");
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const fs::path cgroup = cgroup_of(container.pid(), "memory");
  const std::vector<std::string> listed = lines_of(read_file("/sys/kernel/cgroup/delegate"));
  for (const std::string& file : list_directory(cgroup)) {
    const bool delegated = std::find(listed.begin(), listed.end(), file) != listed.end();
    EXPECT_EQ(owner_of(cgroup / file), delegated ? 100000U : 0U) << file;
  }
}

TEST_F(ResourceDelegation, GivesNothingForAReadOnlyView) {
  user_namespace();
  view("ro");
  EXPECT_EQ(owners(), (std::vector<uid_t>{0, 0, 0, 0}));
}

TEST_F(ResourceDelegation, GivesNothingInTheCgroupNamespaceOfTheHost) {
  user_namespace().remove_namespace("cgroup");
  view("rw");
  EXPECT_EQ(owners(), (std::vector<uid_t>{0, 0, 0, 0}));
}

TEST_F(ResourceDelegation, GivesItToTheUserOfTheProcess) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  view("rw");
  EXPECT_EQ(owners(), (std::vector<uid_t>{1000, 1000, 1000, 0}));
}

// As systemd in a container does it: processes go to a cgroup below, then controllers are enabled.
TEST_F(ResourceDelegation, LetsTheContainerDivideWhatItHas) {
  user_namespace().set("/linux/resources/pids", R"({"limit": 50})");
  view("rw").shell(
      "set -e; cd /sys/fs/cgroup; mkdir init work; echo 1 > init/cgroup.procs;"
      "echo '+pids +memory' > cgroup.subtree_control; echo 5 > work/pids.max;"
      "cat work/pids.max cgroup.subtree_control; cat /proc/self/cgroup");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.out, "5\nmemory pids\n0::/init\n") << outcome;
}

TEST_F(ResourceDelegation, KeepsTheLimitsOfTheContainerFromItsRoot) {
  user_namespace().set("/linux/resources/pids", R"({"limit": 50})");
  view("rw").shell("(echo 100 > /sys/fs/cgroup/pids.max) 2>&1; cat /sys/fs/cgroup/pids.max");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(contains(outcome.out, "Permission denied")) << outcome;
  EXPECT_TRUE(outcome.out.ends_with("\n50\n")) << outcome;
}

TEST_F(ResourceDelegation, ShowsThePressureOfTheContainer) {
  if (!fs::exists("/proc/pressure/memory")) {
    GTEST_SKIP() << "needs a kernel with pressure stall information";
  }
  view("ro").shell("cd /sys/fs/cgroup; for f in cpu memory io; do head -1 $f.pressure; done");
  const std::vector<std::string> lines = lines_of(Container(bundle_).run().out);
  ASSERT_EQ(lines.size(), 3U);
  for (const std::string& line : lines) {
    EXPECT_TRUE(line.starts_with("some avg10=")) << line;
  }
}

TEST_F(ResourceDelegation, LeavesNothingBehindOfWhatTheContainerMade) {
  user_namespace();
  view("rw").shell(
      "cd /sys/fs/cgroup; mkdir -p a/b/c init; echo 1 > init/cgroup.procs;"
      "sh -c 'echo $$ > /sys/fs/cgroup/a/b/c/cgroup.procs; exec sleep 100' &"
      "while ! grep -q . a/b/c/cgroup.procs; do :; done; echo 1 > a/cgroup.freeze; echo ready; "
      "exec sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  const fs::path cgroup = cgroup_of(container.pid(), "memory").parent_path();
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(fs::exists(cgroup));
}

// Moving a process costs time under a global lock, and what it allocated before stays counted
// elsewhere.
class MyrtResourceBirth : public ResourceDelegation {
 protected:
  // An instance of the kernel's tracing, alone for the test.
  class Trace {
   public:
    explicit Trace(const fs::path& point) : point_(point) {
      fs::create_directories(point_);
      mounted_ = ::mount("tracefs", point_.c_str(), "tracefs", 0, nullptr) == 0;
      if (mounted_) {
        fs::create_directory(instance());
        write_file(instance() / "events/cgroup/cgroup_attach_task/enable", "1", 0640);
      }
    }
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;
    ~Trace() {
      if (mounted_) {
        ::rmdir(instance().c_str());
        ::umount(point_.c_str());
      }
    }
    bool works() const {
      return mounted_ && read_value(instance() / "events/cgroup/cgroup_attach_task/enable") == "1";
    }
    std::string text() const { return read_file(instance() / "trace"); }

   private:
    fs::path instance() const { return point_ / "instances" / unique_name_; }
    fs::path point_;
    std::string unique_name_ = unique_name();
    bool mounted_ = false;
  };
};

TEST_F(MyrtResourceBirth, ProcessIsBornInItsCgroup) {
  const Trace trace(workspace() / "tracing");
  if (!trace.works()) {
    GTEST_SKIP() << "needs a kernel that traces cgroups";
  }
  const std::string path = "/" + unique_name();
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.call({"exec", container.id(), "/bin/true"})));
  EXPECT_FALSE(contains(trace.text(), path)) << trace.text();

  // What is moved does show.
  Process other({.argv = {"sleep", "100"}});
  const HostCgroup cgroup("/" + unique_name());
  cgroup.make();
  cgroup.add(other.pid());
  EXPECT_TRUE(contains(trace.text(), "cgroup_attach_task")) << trace.text();
  other.signal(9);
  other.wait();
}

}  // namespace
}  // namespace myrt::test
