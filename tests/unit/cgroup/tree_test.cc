#include "cgroup/tree.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/file.h"
#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(SplitRecord, DirectoryWithoutOthersBelowItIsTheContainersOwn) {
  const Record record =
      split_record(std::vector<std::string>{"/sys/fs/cgroup/cpu/c1", "/sys/fs/cgroup/memory/c1"});

  EXPECT_THAT(record.own, ElementsAre("/sys/fs/cgroup/cpu/c1", "/sys/fs/cgroup/memory/c1"));
  EXPECT_THAT(record.parents, IsEmpty());
}

TEST(SplitRecord, DirectoriesAboveAnotherAreParents) {
  const Record record = split_record(
      std::vector<std::string>{"/cg/a/b/c1", "/cg/a/b", "/cg/a", "/cg2/a/b/c1", "/cg2/a/b"});

  EXPECT_THAT(record.own, ElementsAre("/cg/a/b/c1", "/cg2/a/b/c1"));
  EXPECT_THAT(record.parents, ElementsAre("/cg/a/b", "/cg/a", "/cg2/a/b"));
}

TEST(SplitRecord, NameThatStartsWithAnotherIsNotBelowIt) {
  EXPECT_THAT(split_record(std::vector<std::string>{"/cg/c1", "/cg/c10"}).own,
              ElementsAre("/cg/c1", "/cg/c10"));
}

TEST(OpenCgroup, RefusesOtherFileSystems) {
  const TemporaryDirectory directory;

  const Result<OpenCgroup> cgroup = open_cgroup(directory.path());

  ASSERT_FALSE(cgroup.has_value());
  EXPECT_EQ(cgroup.error().code(), ENOTDIR);
  EXPECT_EQ(cgroup.error().text(), directory.path() + " is not a cgroup: Not a directory");
}

TEST(Walk, LeavesADirectoryAfterAllThatIsBelowIt) {
  const TemporaryDirectory top;
  top.make("a/b/c");
  top.make("d");
  const sys::UniqueFd fd = sys::open_at(AT_FDCWD, top.path(), O_RDONLY | O_DIRECTORY).value();
  std::vector<std::string> left;
  int entered = 0;

  const Result<void> walked =
      walk(fd.get(), {.enter = [&](int) -> Result<void> {
                        ++entered;
                        return {};
                      },
                      .leave = [&](int, const std::string& name) -> Result<void> {
                        left.push_back(name);
                        return {};
                      }});

  ASSERT_TRUE(walked.has_value());
  EXPECT_EQ(entered, 5);
  EXPECT_THAT(left, UnorderedElementsAre("a", "b", "c", "d"));
  EXPECT_LT(std::ranges::find(left, "c"), std::ranges::find(left, "b"));
  EXPECT_LT(std::ranges::find(left, "b"), std::ranges::find(left, "a"));
}

TEST(Walk, NeedsNeitherLongPathsNorManyDescriptors) {
  // A container may nest cgroups deeper than a path can be long (4096 bytes, path_resolution(7))
  // and than there are descriptors.
  constexpr int kDepth = 25;
  const std::string name(200, 'n');
  const TemporaryDirectory top;
  sys::UniqueFd current = sys::open_at(AT_FDCWD, top.path(), O_RDONLY | O_DIRECTORY).value();
  for (int i = 0; i < kDepth; ++i) {
    ASSERT_EQ(::mkdirat(current.get(), name.c_str(), 0755), 0);
    current = sys::open_at(current.get(), name, O_RDONLY | O_DIRECTORY).value();
  }
  const sys::UniqueFd fd = sys::open_at(AT_FDCWD, top.path(), O_RDONLY | O_DIRECTORY).value();
  int highest = 0;
  int removed = 0;

  const Visitor visitor{.enter = [&](int directory) -> Result<void> {
                          highest = std::max(highest, directory);
                          return {};
                        },
                        .leave = [&](int parent, const std::string& child) -> Result<void> {
                          removed += ::unlinkat(parent, child.c_str(), AT_REMOVEDIR) == 0 ? 1 : 0;
                          return {};
                        }};

  ASSERT_TRUE(walk(fd.get(), visitor).has_value());
  EXPECT_EQ(removed, kDepth);
  EXPECT_LE(highest, fd.get() + 4);
}

TEST(Walk, StopsAtTheFirstError) {
  const TemporaryDirectory top;
  top.make("a/b");
  const sys::UniqueFd fd = sys::open_at(AT_FDCWD, top.path(), O_RDONLY | O_DIRECTORY).value();

  const Result<void> walked =
      walk(fd.get(), {.enter = {}, .leave = [](int, const std::string& name) -> Result<void> {
                        return std::unexpected(Error(name));
                      }});

  EXPECT_EQ(walked.error().text(), "b");
}

}  // namespace
}  // namespace myrt::cgroup
