// Mounts of type `cgroup`: what of the hierarchies a container sees.

#include <algorithm>
#include <set>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

class CgroupMount : public RuntimeTest {
 protected:
  // Where the container sees its own cgroup.
  static std::string directory() { return cgroup_v2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids"; }

  Bundle& mount(const std::string& access) {
    return bundle_.mount("/sys/fs/cgroup", "cgroup", "cgroup",
                         {"nosuid", "noexec", "nodev", "relatime", access});
  }
  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(CgroupMount, ShowsTheContainersCgroupAsItsRoot) {
  mount("ro").set("/linux/resources/pids", R"({"limit": 77})");
  EXPECT_EQ(
      output_of("cat " + directory() + "/pids.max; grep -c '^1$' " + directory() + "/cgroup.procs"),
      "77\n1\n");
}

TEST_F(CgroupMount, IsReadOnlyWhenAsked) {
  mount("ro").shell("mkdir " + directory() + "/new 2>&1");
  EXPECT_EQ(Container(bundle_).run().out,
            "mkdir: can't create directory '" + directory() + "/new': Read-only file system\n");
}

TEST_F(CgroupMount, CanBeWrittenOtherwise) {
  mount("rw");
  EXPECT_EQ(output_of("mkdir " + directory() + "/new && echo made"), "made\n");
}

TEST_F(CgroupMount, ShowsTheSameWithoutACgroupNamespace) {
  mount("ro").remove_namespace("cgroup").set("/linux/resources/pids", R"({"limit": 77})");
  // On v2 some runtimes show the whole hierarchy then, in which the root has no such file, and some
  // its own part.
  EXPECT_EQ(output_of("cat " + directory() + "/pids.max " + directory() +
                      "$(tail -1 /proc/self/cgroup | cut -d: -f3)/pids.max 2>/dev/null | head -1"),
            "77\n");
}

// With v1 hierarchies, of which each is a mount of its own; with and without a cgroup namespace.
class CgroupMountV1 : public CgroupMount, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    CgroupMount::SetUp();
    if (cgroup_v2()) {
      GTEST_SKIP() << "needs cgroup v1";
    }
    if (!GetParam()) {
      bundle_.remove_namespace("cgroup");
    }
  }

  // The names of the host's directories: "memory", "systemd", "cpu,cpuacct".
  static std::set<std::string> host_names() {
    std::set<std::string> names;
    for (const MountEntry& entry : parse_mountinfo(read_file("/proc/self/mountinfo"))) {
      if (entry.type == "cgroup" && entry.point.starts_with("/sys/fs/cgroup/")) {
        names.insert(entry.point.substr(entry.point.rfind('/') + 1));
      }
    }
    return names;
  }
};

TEST_P(CgroupMountV1, HasEveryHierarchyUnderTheNameOfTheHost) {
  mount("ro");
  // The hierarchy of v2, on hosts that have it as well, is for the runtime to show or not.
  const std::vector<std::string> lines = lines_of(output_of(
      "cd /sys/fs/cgroup; for d in *; do [ -L $d ] || [ $d = unified ] || echo $d; done"));
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()), host_names());
}

TEST_P(CgroupMountV1, HasALinkForEachOfTheControllersThatShareAHierarchy) {
  std::string expected;
  std::set<std::string> links;
  for (const std::string& name : host_names()) {
    for (std::size_t begin = 0; contains(name, ",") && begin < name.size();) {
      const std::size_t end = std::min(name.find(',', begin), name.size());
      links.insert(name.substr(begin, end - begin) + " -> " + name + "\n");
      begin = end + 1;
    }
  }
  for (const std::string& link : links) {
    expected += link;
  }
  mount("ro");
  EXPECT_EQ(
      output_of("cd /sys/fs/cgroup; for d in *; do [ -L $d ] && echo \"$d -> $(readlink $d)\";"
                " done; true"),
      expected);
}

TEST_P(CgroupMountV1, ShowsItsOwnProcessesInEveryHierarchy) {
  mount("ro");
  // The shell is process 1 there.
  EXPECT_EQ(output_of("cd /sys/fs/cgroup; for d in */; do [ $d = unified/ ] || "
                      "grep -q '^1$' $d/cgroup.procs || echo not in $d; done"),
            "");
}

TEST_P(CgroupMountV1, ShowsNoOtherContainer) {
  Bundle neighbour(workspace(), "neighbour");
  neighbour.args({"/bin/sleep", "100"});
  Container other(neighbour);
  ASSERT_TRUE(succeeded(other.create()));
  mount("ro");
  EXPECT_EQ(output_of("find /sys/fs/cgroup -name '*" + other.id() +
                      "*' | grep -v ^/sys/fs/cgroup/unified; "
                      "find /sys/fs/cgroup/../../../sys/fs/cgroup/pids/.. -name '*" +
                      other.id() +
                      "*' | grep -v /unified"
                      "; true"),
            "");
}

TEST_P(CgroupMountV1, IsReadOnlyInEveryHierarchy) {
  mount("ro");
  EXPECT_EQ(
      output_of("cd /sys/fs/cgroup; for d in . */; do mkdir $d/new 2>/dev/null && echo made $d;"
                " done; true"),
      "");
}

INSTANTIATE_TEST_SUITE_P(All, CgroupMountV1, ::testing::Bool(), [](const auto& own) {
  return std::string(own.param ? "WithANamespaceOfItsOwn" : "WithTheNamespaceOfTheHost");
});

}  // namespace
}  // namespace myrt::test
