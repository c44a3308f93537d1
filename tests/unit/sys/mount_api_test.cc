#include "sys/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "sys/file.h"

namespace myrt::sys {
namespace {

// Contexts and detached mounts touch nothing of the machine, but making them is a privilege.
class DetachedMountTest : public testing::Test {
 protected:
  void SetUp() override {
    auto context = fsopen("tmpfs");
    if (!context.has_value() && context.error().code() == EPERM) {
      GTEST_SKIP() << "needs CAP_SYS_ADMIN";
    }
    ASSERT_TRUE(context.has_value()) << context.error().text();
    context_ = *std::move(context);
  }

  UniqueFd context_;
};

TEST_F(DetachedMountTest, CarriesWhatTheKernelSaysOfABadValue) {
  const auto done = fsconfig_string(context_.get(), "size", "zz");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), EINVAL);
  EXPECT_EQ(done.error().text(), "fsconfig size=zz: tmpfs: Bad value for 'size': Invalid argument");
}

TEST_F(DetachedMountTest, CarriesWhatTheKernelSaysOfAnUnknownFlag) {
  const auto done = fsconfig_flag(context_.get(), "frobnicate");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(),
            "fsconfig frobnicate: tmpfs: Unknown parameter 'frobnicate': Invalid argument");
}

TEST_F(DetachedMountTest, RefusesValuesThatAreTooLongForTheKernel) {
  EXPECT_TRUE(fsconfig_string(context_.get(), "source", std::string(255, 'x')).has_value());
  const auto done = fsconfig_string(context_.get(), "source", std::string(256, 'x'));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), EINVAL);
}

TEST_F(DetachedMountTest, BecomesAMountWithItsAttributes) {
  ASSERT_TRUE(fsconfig_string(context_.get(), "size", "64k").has_value());
  ASSERT_TRUE(fsconfig_create(context_.get()).has_value());
  const auto mount = fsmount(context_.get(), 0);
  ASSERT_TRUE(mount.has_value());
  EXPECT_EQ(::fcntl(mount->get(), F_GETFD), FD_CLOEXEC);
  EXPECT_TRUE(open_at(mount->get(), "before", O_WRONLY | O_CREAT, 0644).has_value());
  ASSERT_TRUE(mount_setattr(mount->get(), "", {.set = MOUNT_ATTR_RDONLY}).has_value());
  EXPECT_EQ(open_at(mount->get(), "after", O_WRONLY | O_CREAT, 0644).error().code(), EROFS);
}

TEST_F(DetachedMountTest, CarriesWhatTheKernelSaysOfARefusedChange) {
  ASSERT_TRUE(fsconfig_create(context_.get()).has_value());
  const auto mount = fsmount(context_.get(), 0);
  ASSERT_TRUE(mount.has_value());
  ASSERT_TRUE(open_at(mount->get(), "file", O_WRONLY | O_CREAT, 0644).has_value());
  const auto change = fspick(mount->get());
  ASSERT_TRUE(change.has_value());
  ASSERT_TRUE(fsconfig_string(change->get(), "nr_inodes", "1").has_value());
  const auto done = fsconfig_reconfigure(change->get());
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(),
            "fsconfig reconfigure: tmpfs: Too few inodes for current use: Invalid argument");
}

TEST_F(DetachedMountTest, NamesTheMissingFileSystemType) {
  const auto context = fsopen("nosuchfs");
  ASSERT_FALSE(context.has_value());
  EXPECT_EQ(context.error().text(), "fsopen nosuchfs: No such device");
}

TEST_F(DetachedMountTest, NamesTheSourceThatCannotBeCloned) {
  const auto tree = open_tree_clone(AT_FDCWD, "/nonexistent/x", true);
  ASSERT_FALSE(tree.has_value());
  EXPECT_EQ(tree.error().text(), "open_tree /nonexistent/x (recursive): No such file or directory");
}

TEST(MountSetattr, NamesWhatWasToChange) {
  const auto done = mount_setattr(-1, "",
                                  {.set = MOUNT_ATTR_RDONLY,
                                   .clear = MOUNT_ATTR_NOEXEC,
                                   .propagation = MS_PRIVATE,
                                   .recursive = true});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().what(),
            "mount_setattr (set 0x1, clear 0x8, propagation 0x40000, recursive)");
}

TEST(MoveMount, NamesTheTarget) {
  EXPECT_EQ(move_mount_to_path(-1, "/nonexistent/x").error().what(),
            "move_mount to /nonexistent/x");
}

TEST(MountOf, TellsTheRootOfAMountFromWhatIsOnIt) {
  const auto root = mount_of(AT_FDCWD, "/proc");
  const auto below = mount_of(AT_FDCWD, "/proc/self");
  ASSERT_TRUE(root.has_value() && below.has_value());
  EXPECT_TRUE(root->is_root);
  EXPECT_FALSE(below->is_root);
  EXPECT_EQ(root->id, below->id);
}

TEST(MountOf, NamesThePath) {
  EXPECT_EQ(mount_of(AT_FDCWD, "/nonexistent/x").error().what(), "statx /nonexistent/x");
}

TEST(Unmount, NamesThePath) {
  EXPECT_EQ(unmount("/nonexistent/x", 0).error().what(), "unmount /nonexistent/x");
}

}  // namespace
}  // namespace myrt::sys
