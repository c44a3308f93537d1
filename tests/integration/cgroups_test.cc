// linux.cgroupsPath and the life of the cgroups (config-linux.md "Control groups"). What limits do
// is in resource_*_test.cc.

#include "support/cgroups.h"

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>

#include "support/fd.h"
#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CgroupsTest : public RuntimeTest {
 protected:
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
};

class Cgroup : public CgroupsTest {};
class MyrtCgroup : public CgroupsTest {};

TEST_F(Cgroup, HoldsTheProcessBeforeItRunsAndIsGoneAfterDelete) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  for (const char* controller : {"memory", "cpu", "pids", "cpuset", "devices", "freezer"}) {
    if (!has_controller(controller)) {
      continue;
    }
    const fs::path cgroup = cgroup_of(container.pid(), controller);
    EXPECT_TRUE(contains(cgroup, container.id())) << cgroup;
    EXPECT_EQ(read_value(cgroup / "cgroup.procs"), std::to_string(container.pid()));
  }
  const fs::path cgroup = cgroup_of(container.pid(), "pids");
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_FALSE(fs::exists(cgroup));
}

TEST_F(Cgroup, IsAtThePathOfTheConfig) {
  const std::string name = "/" + unique_name();
  const std::string path = name + "/one/two";
  const HostCgroup top(name);
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(cgroup_of(container.pid(), "memory"), cgroup_root("memory").string() + path);
  EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids").string() + path);
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_FALSE(fs::exists(cgroup_root("pids").string() + path));
}

TEST_F(Cgroup, OfARelativePathIsAtTheSamePlaceEachTime) {
  const std::string name = unique_name();
  const HostCgroup top("/" + name);
  sleeper().set("/linux/cgroupsPath", json_quote(name + "/one"));
  std::vector<std::string> places;
  for (int round = 0; round < 2; ++round) {
    Container container(bundle_);
    ASSERT_TRUE(succeeded(container.create()));
    places.push_back(cgroup_of(container.pid(), "pids"));
    ASSERT_TRUE(succeeded(container.remove()));
  }
  EXPECT_EQ(places[0], places[1]);
  EXPECT_TRUE(contains(places[0], name + "/one"));
}

// A runtime may refuse such a path, or read it as one below the root (runc).
TEST_F(Cgroup, NeverClimbsAboveTheRootOfItsHierarchy) {
  const std::string name = unique_name();
  const HostCgroup top("/" + name);
  sleeper().set("/linux/cgroupsPath", json_quote("/../../" + name + "/x/.."));
  Container container(bundle_);
  const Outcome outcome = container.create();
  if (outcome.exit_code == 0) {
    EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids") / name);
  } else {
    EXPECT_TRUE(failed(outcome, "cgroupsPath"));
  }
}

TEST_F(Cgroup, WithProcessesInItIsRefused) {
  const std::string path = "/" + unique_name();
  const HostCgroup cgroup(path);
  cgroup.make();
  const Process inside({.argv = {"sleep", "100"}});
  cgroup.add(inside.pid());

  sleeper().set("/linux/cgroupsPath", json_quote(path));
  EXPECT_TRUE(failed(Container(bundle_).create(), "cgroup"));
  EXPECT_TRUE(alive(inside.pid()));
  EXPECT_EQ(cgroup_of(inside.pid(), "pids"), cgroup_root("pids").string() + path);
}

// Particular to myrt: others put both containers into one cgroup, or kill the first with the
// second.
// The directories above it are made before that is found out.
TEST_F(MyrtCgroup, WithTheNameOfAFileLeavesNothingBehind) {
  bundle_.set("/linux/cgroupsPath", json_quote("/" + test_run().prefix + "-above/cgroup.procs"));
  EXPECT_NE(Container(bundle_).create().exit_code, 0);
}

TEST_F(MyrtCgroup, OfACreationThatIsNotThroughYetIsRefusedAndLeftAlone) {
  const std::string path = "/" + unique_name();
  const HostCgroup cgroup(path);
  cgroup.make();
  // The creation under way: it has made the directory and has no process in it yet.
  const fs::path unified = "/sys/fs/cgroup/unified";
  const bool hybrid = fs::exists(unified / "cgroup.procs");
  const fs::path claimed = (hybrid ? unified.string() : cgroup_roots().front().string()) + path;
  fs::create_directories(claimed);
  const Fd lock(::open(claimed.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);

  sleeper().set("/linux/cgroupsPath", json_quote(path));
  expect_message(
      Container(bundle_, "c1").create(),
      "create c1: cgroup: " + claimed.string() +
          " is about to get the processes of another container: Device or resource busy");

  EXPECT_TRUE(fs::exists(claimed));
}

TEST_F(Cgroup, ThatExistsAndIsEmptyIsUsed) {
  const std::string path = "/" + unique_name();
  const HostCgroup cgroup(path);
  cgroup.make();
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids").string() + path);
}

TEST_F(Cgroup, AboveTheContainersIsLeftToItsOwner) {
  const std::string name = "/" + unique_name();
  const HostCgroup top(name);
  top.make();
  sleeper().set("/linux/cgroupsPath", json_quote(name + "/one"));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_TRUE(fs::exists(cgroup_root("pids").string() + name));
  EXPECT_FALSE(fs::exists(cgroup_root("pids").string() + name + "/one"));
}

TEST_F(Cgroup, IsRemovedWithWhatWasMadeBelowIt) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const fs::path cgroup = cgroup_of(container.pid(), "pids");
  ASSERT_TRUE(fs::create_directories(cgroup / "made/inside"));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(fs::exists(cgroup));
}

TEST_F(Cgroup, RefusesALimitThatTheKernelRefuses) {
  bundle_.set("/linux/resources/cpu", R"({"cpus": "4000"})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "cpuset.cpus"));
}

}  // namespace
}  // namespace myrt::test
