// Where a mount goes. The mounts themselves need a namespace of their own: see the integration
// tests.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "rootfs/steps.h"

namespace myrt::rootfs {
namespace {

namespace fs = std::filesystem;

class MountTargetTest : public testing::Test {
 protected:
  Result<Target> target(std::string destination, bool directory, bool real = false) {
    plan::MountStep step;
    step.destination = std::move(destination);
    step.must_be_real_directory = real;
    return mount_target(root.fd(), step, directory);
  }
  /// Whether `found` is what is at `name`.
  [[nodiscard]] bool is_at(const Target& found, std::string_view name) const {
    struct ::stat ours = {};
    struct ::stat theirs = {};
    return ::fstat(found.fd.get(), &ours) == 0 && ::stat((root / name).c_str(), &theirs) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
  }

  sys::TemporaryDirectory root;
};

TEST_F(MountTargetTest, IsWhatIsThere) {
  fs::create_directories(root / "a/b");
  sys::write_text(root / "a/file", "");

  const Result<Target> directory = target("/a/b", true);
  const Result<Target> file = target("/a/file", false);

  ASSERT_TRUE(directory.has_value()) << directory.error().text();
  EXPECT_TRUE(directory->existed);
  EXPECT_TRUE(is_at(*directory, "a/b"));
  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_TRUE(file->existed);
  EXPECT_TRUE(is_at(*file, "a/file"));
}

TEST_F(MountTargetTest, IsMadeWhenItIsMissing) {
  const Result<Target> directory = target("/new/deep", true);
  const Result<Target> file = target("/new/file", false);

  ASSERT_TRUE(directory.has_value()) << directory.error().text();
  EXPECT_FALSE(directory->existed);
  EXPECT_TRUE(is_at(*directory, "new/deep"));
  EXPECT_TRUE(fs::is_directory(root / "new/deep"));
  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_FALSE(file->existed);
  EXPECT_TRUE(is_at(*file, "new/file"));
  EXPECT_TRUE(fs::is_regular_file(root / "new/file"));
}

TEST_F(MountTargetTest, FollowsLinksInsideTheRoot) {
  fs::create_directories(root / "run/lock");
  fs::create_directory(root / "var");
  fs::create_directory_symlink("/run", root / "var/run");

  const Result<Target> existing = target("/var/run/lock", true);
  const Result<Target> made = target("/var/run/new", true);

  ASSERT_TRUE(existing.has_value()) << existing.error().text();
  EXPECT_TRUE(existing->existed);
  EXPECT_TRUE(is_at(*existing, "run/lock"));
  ASSERT_TRUE(made.has_value()) << made.error().text();
  EXPECT_FALSE(made->existed);
  EXPECT_TRUE(is_at(*made, "run/new"));
}

TEST_F(MountTargetTest, StaysInsideTheRoot) {
  const sys::TemporaryDirectory outside;
  fs::create_directory_symlink(outside.path(), root / "out");
  fs::create_directory_symlink("../../../..", root / "up");

  target("/out/x", true);
  const Result<Target> up = target("/up/x", true);

  EXPECT_TRUE(fs::is_empty(outside.path()));
  ASSERT_TRUE(up.has_value()) << up.error().text();
  EXPECT_TRUE(is_at(*up, "x"));
}

// A link in the image would move /proc to a place of the image's choice (CVE-2019-19921).
TEST_F(MountTargetTest, IsReachedWithoutLinksWhereThePlanSaysSo) {
  fs::create_directory(root / "elsewhere");
  fs::create_directory_symlink("/elsewhere", root / "proc");

  const Result<Target> proc = target("/proc", true, true);
  const Result<Target> below = target("/proc/sys", true, true);

  ASSERT_FALSE(proc.has_value());
  EXPECT_EQ(proc.error().code(), ELOOP);
  ASSERT_FALSE(below.has_value());
  EXPECT_EQ(below.error().code(), ELOOP);
  EXPECT_TRUE(fs::is_empty(root / "elsewhere"));
}

TEST_F(MountTargetTest, IsNoFileForADirectory) {
  sys::write_text(root / "file", "");

  const Result<Target> found = target("/file", true);

  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code(), ENOTDIR);
}

TEST(MountTarget, DoesNotLeadIntoAProcfsByALink) {
  // The host's own "/", in which /proc is a procfs; nothing is made there.
  const sys::UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  plan::MountStep step;
  step.destination = "/proc/self/attr";  // "self" is a link

  const Result<Target> found = mount_target(root.get(), step, true);

  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().text(), "/proc/self/attr leads into a procfs by a symbolic link");
}

}  // namespace
}  // namespace myrt::rootfs
