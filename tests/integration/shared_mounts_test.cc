// Mounts of a container whose config lists no mount namespace: they are made among the caller's,
// and go when the container does (runtime.md "Delete"). That nothing is left is what every fixture
// checks of its test.
#include <sys/mount.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class SharedMounts : public RuntimeTest {
 protected:
  SharedMounts() {
    bundle_.erase("/linux/maskedPaths")
        .erase("/linux/readonlyPaths")
        .erase("/mounts")
        .remove_namespace("mount")
        .mount("/mnt", "tmpfs", "tmpfs", {})
        .mount("/mnt/deep/inner", "tmpfs", "tmpfs", {});
  }

  static std::optional<MountEntry> mount_on_host(const fs::path& point) {
    return mount_at(parse_mountinfo(read_file("/proc/self/mountinfo")), point.string());
  }
};

TEST_F(SharedMounts, AreTheHostsUntilDelete) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(mount_on_host(bundle_.rootfs() / "mnt/deep/inner").has_value());

  EXPECT_TRUE(succeeded(container.start()));
  container.wait_exit();
  EXPECT_TRUE(succeeded(container.remove()));
  EXPECT_FALSE(mount_on_host(bundle_.rootfs() / "mnt").has_value());
}

class SharedMountsBelow : public SharedMounts, public ::testing::WithParamInterface<const char*> {};

TEST_P(SharedMountsBelow, AreGoneHoweverTheRootIsWritten) {
  fs::create_directory_symlink("rootfs", bundle_.path() / "link");
  bundle_.set("/root/path", json_quote(GetParam()));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(mount_on_host(bundle_.rootfs() / "mnt").has_value());
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(mount_on_host(bundle_.rootfs() / "mnt").has_value());
}

std::string name_of(const ::testing::TestParamInfo<const char*>& instance) {
  constexpr std::array kNames = {"name", "dots", "parent", "link"};
  return kNames.at(instance.index);
}

INSTANTIATE_TEST_SUITE_P(All, SharedMountsBelow,
                         ::testing::Values("rootfs", "./rootfs/.", "rootfs/../rootfs//", "link"),
                         name_of);

TEST_F(SharedMounts, ThroughALinkInTheRootAreGone) {
  bundle_.directory("run").symlink("/run", "var/run").mount("/var/run", "tmpfs", "tmpfs", {});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(mount_on_host(bundle_.rootfs() / "run").has_value());
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(mount_on_host(bundle_.rootfs() / "run").has_value());
}

TEST_F(SharedMounts, OfACreateThatFailsAreGone) {
  bundle_.mount("/other", "tmpfs", "tmpfs", {"size=none"});
  EXPECT_TRUE(failed(Container(bundle_).create()));
  EXPECT_FALSE(mount_on_host(bundle_.rootfs() / "mnt").has_value());
}

// One is covered by a mount of the container's, and the other would have been.
TEST_F(SharedMounts, ThatWereThereBeforeStay) {
  const HostMount covered(bundle_.rootfs() / "mnt", MS_NOATIME);
  const HostMount spared(bundle_.rootfs() / "spared", MS_NOATIME);
  bundle_.mount("/other", "tmpfs", "tmpfs", {"size=none"}).mount("/spared", "tmpfs", "tmpfs", {});
  EXPECT_TRUE(failed(Container(bundle_).create()));
  for (const char* point : {"mnt", "spared"}) {
    const std::optional<MountEntry> mount = mount_on_host(bundle_.rootfs() / point);
    ASSERT_TRUE(mount.has_value()) << point;
    EXPECT_NE(mount->options.find("noatime"), std::string::npos) << point << ": " << mount->options;
  }
}

// Who may write to the bundle could otherwise have root unmount what is not the container's.
TEST_F(SharedMounts, AreNotLookedForBelowALinkInThePlaceOfTheRoot) {
  const HostMount other(workspace() / "host/mnt", 0);
  const fs::path moved = bundle_.path() / "moved";
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  fs::rename(bundle_.rootfs(), moved);
  fs::create_directory_symlink(workspace() / "host", bundle_.rootfs());

  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_TRUE(mount_on_host(workspace() / "host/mnt").has_value());
  EXPECT_EQ(::umount2((moved / "mnt").c_str(), MNT_DETACH), 0);
}

}  // namespace
}  // namespace myrt::test
