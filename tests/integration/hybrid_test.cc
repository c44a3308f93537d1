// Hosts with a cgroup v2 hierarchy beside those of v1: the container has a cgroup of its own there
// too.

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnified = "/sys/fs/cgroup/unified";

/// Where a process is in the v2 hierarchy, by its /proc/PID/cgroup: a path below the root.
std::string place_in_v2(const std::string& cgroup_file) {
  for (const std::string& line : lines_of(cgroup_file)) {
    if (line.starts_with("0::")) {
      return line.substr(3);
    }
  }
  return {};
}

class Hybrid : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!fs::exists(fs::path(kUnified) / "cgroup.procs")) {
      GTEST_SKIP() << "needs cgroup v2 beside v1";
    }
  }

  /// Whether the v2 hierarchy has a controller.
  static bool v2_has(const std::string& controller) {
    const std::string all = read_value(fs::path(kUnified) / "cgroup.controllers");
    return contains(" " + all + " ", " " + controller + " ");
  }

  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }

  /// The directory in the v2 hierarchy that the container process is in.
  static fs::path directory_of(const Container& container) {
    return kUnified +
           place_in_v2(read_file("/proc/" + std::to_string(container.pid()) + "/cgroup"));
  }
};

TEST_F(Hybrid, ContainerIsInACgroupOfItsOwnInVersion2) {
  Container container(sleeper());
  ASSERT_TRUE(succeeded(container.create()));

  const fs::path directory = directory_of(container);
  EXPECT_EQ(directory.filename(), container.id());
  EXPECT_EQ(read_value(directory / "cgroup.procs"), std::to_string(container.pid()));
}

TEST_F(Hybrid, CgroupNamespaceHidesWhereThatIs) {
  const Outcome outcome = Container(bundle_.args({"/bin/cat", "/proc/self/cgroup"})).run();

  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(place_in_v2(outcome.out), "/");
}

TEST_F(Hybrid, ExecEntersTheSameCgroup) {
  Container container(sleeper());
  ASSERT_TRUE(succeeded(container.create()));

  const Outcome outcome = container.call({"exec", container.id(), "/bin/cat", "/proc/self/cgroup"});

  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(place_in_v2(outcome.out), "/");
}

TEST_F(Hybrid, DeleteRemovesTheCgroupInVersion2) {
  Container container(sleeper());
  ASSERT_TRUE(succeeded(container.create()));
  const fs::path directory = directory_of(container);
  ASSERT_TRUE(fs::exists(directory));

  ASSERT_TRUE(succeeded(container.remove({"--force"})));

  EXPECT_FALSE(fs::exists(directory));
}

// Particular to myrt: others refuse a limit whose controller v1 has not got.
class MyrtHybrid : public Hybrid {};

TEST_F(MyrtHybrid, LimitGoesToVersion2WhenVersion1LacksTheController) {
  if (!v2_has("hugetlb") || has_controller("hugetlb")) {
    GTEST_SKIP() << "needs hugetlb in cgroup v2 beside v1";
  }
  // The controller is enabled for the children of the host's root, and stays so as on pure v2.
  const fs::path control = fs::path(kUnified) / "cgroup.subtree_control";
  const bool was_enabled = contains(read_value(control), "hugetlb");
  sleeper().set("/linux/resources/hugepageLimits", R"([{"pageSize": "2MB", "limit": 4194304}])");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const fs::path directory = directory_of(container);
  EXPECT_EQ(read_value(directory / "hugetlb.2MB.max"), "4194304");
  EXPECT_EQ(read_value(directory / "hugetlb.2MB.rsvd.max"), "4194304");
  ASSERT_TRUE(succeeded(container.remove({"--force"})));
  if (!was_enabled) {
    write_file(control, "-hugetlb");
  }
}

TEST_F(MyrtHybrid, SaysThatVersion2LacksTheControllerToo) {
  if (v2_has("rdma") || has_controller("rdma")) {
    GTEST_SKIP() << "needs a host without the cgroup controller rdma";
  }
  bundle_.set("/linux/resources/rdma", R"({"mlx5_0": {"hcaHandles": 2}})");

  const Outcome outcome = Container(bundle_, "c1").create();

  expect_message(outcome,
                 "create c1: cgroup: /linux/resources/rdma: /sys/fs/cgroup/unified has no "
                 "cgroup controller \"rdma\"");
}

}  // namespace
}  // namespace myrt::test
