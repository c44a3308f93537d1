// Nodes need privileges; fifos, links and what is refused do not.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "rootfs/steps.h"

namespace myrt::rootfs {
namespace {

namespace fs = std::filesystem;

Device fifo(std::string path, std::uint32_t mode = 0666) {
  Device device;
  device.path = std::move(path);
  device.type = 'p';
  device.mode = mode;
  device.uid = ::getuid();
  device.gid = ::getgid();
  return device;
}

/// A root file system. The umask is 0, as it is while one is set up.
class MakeDevicesTest : public testing::Test {
 protected:
  void SetUp() override { before_ = ::umask(0); }
  void TearDown() override { ::umask(before_); }

  std::string refusal(const plan::DevicePlan& devices, bool in_user_namespace = false) {
    const Result<void> made = make_devices(root.fd(), devices, in_user_namespace);
    return made.has_value() ? "accepted" : made.error().text();
  }
  [[nodiscard]] mode_t mode(std::string_view name) const {
    struct ::stat status = {};
    return ::lstat((root / name).c_str(), &status) == 0 ? status.st_mode : 0;
  }

  sys::TemporaryDirectory root;

 private:
  mode_t before_ = 0;
};

TEST_F(MakeDevicesTest, MakesFifosAndTheDirectoriesOnTheWay) {
  EXPECT_EQ(refusal({.nodes = {fifo("/dev/a", 0640), fifo("/run/deep/b")}}), "accepted");

  EXPECT_EQ(mode("dev/a"), S_IFIFO | 0640U);
  EXPECT_EQ(mode("run/deep/b"), S_IFIFO | 0666U);
  EXPECT_EQ(mode("run/deep"), S_IFDIR | 0755U);
}

TEST_F(MakeDevicesTest, MakesFifosInAUserNamespaceToo) {
  EXPECT_EQ(refusal({.nodes = {fifo("/dev/a")}}, true), "accepted");

  EXPECT_EQ(mode("dev/a"), S_IFIFO | 0666U);
}

TEST_F(MakeDevicesTest, MakesTheLinksOfDev) {
  EXPECT_EQ(refusal({.default_links = true}), "accepted");

  EXPECT_EQ(fs::read_symlink(root / "dev/fd"), "/proc/self/fd");
  EXPECT_EQ(fs::read_symlink(root / "dev/stdin"), "/proc/self/fd/0");
  EXPECT_EQ(fs::read_symlink(root / "dev/stdout"), "/proc/self/fd/1");
  EXPECT_EQ(fs::read_symlink(root / "dev/stderr"), "/proc/self/fd/2");
  EXPECT_EQ(fs::read_symlink(root / "dev/ptmx"), "pts/ptmx");
}

TEST_F(MakeDevicesTest, MakesNoLinksWhenItIsNotToldTo) {
  EXPECT_EQ(refusal({}), "accepted");

  EXPECT_TRUE(fs::is_empty(root.path()));
}

TEST_F(MakeDevicesTest, KeepsLinksThatAreThere) {
  fs::create_directory(root / "dev");
  fs::create_symlink("/elsewhere", root / "dev/stdin");

  EXPECT_EQ(refusal({.default_links = true}), "accepted");

  EXPECT_EQ(fs::read_symlink(root / "dev/stdin"), "/elsewhere");
}

TEST_F(MakeDevicesTest, KeepsADeviceThatIsThere) {
  fs::create_directory(root / "dev");
  ASSERT_EQ(::mkfifo((root / "dev/a").c_str(), 0600), 0);

  EXPECT_EQ(refusal({.default_links = true, .nodes = {fifo("/dev/a")}}), "accepted");

  EXPECT_EQ(mode("dev/a"), S_IFIFO | 0600U);
}

// config-linux.md "Devices": a file that does not match the requested device is an error.
TEST_F(MakeDevicesTest, RefusesAnythingElseInADevicesPlace) {
  fs::create_directory(root / "dev");
  sys::write_text(root / "dev/a", "");
  fs::create_symlink("/dev/null", root / "dev/b");
  Device null;
  null.path = "/dev/b";
  null.major = 1;
  null.minor = 3;

  EXPECT_EQ(refusal({.nodes = {fifo("/dev/a")}}), "device /dev/a: want a fifo: File exists");
  EXPECT_EQ(refusal({.nodes = {null}}), "device /dev/b: want device c 1:3: File exists");
}

TEST_F(MakeDevicesTest, MakesNothingInADevThatIsALink) {
  fs::create_directory(root / "elsewhere");
  fs::create_directory_symlink("/elsewhere", root / "dev");

  const Result<void> made =
      make_devices(root.fd(), {.default_links = true, .nodes = {fifo("/dev/a")}}, false);

  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), ELOOP);
  EXPECT_TRUE(fs::is_empty(root / "elsewhere"));
}

TEST_F(MakeDevicesTest, StaysInsideTheRoot) {
  const sys::TemporaryDirectory outside;
  fs::create_directory_symlink(outside.path(), root / "out");

  EXPECT_EQ(refusal({.nodes = {fifo("/out/a")}}), "accepted");

  EXPECT_TRUE(fs::is_empty(outside.path()));
  EXPECT_TRUE(fs::exists(root.path() + outside.path() + "/a"));
}

}  // namespace
}  // namespace myrt::rootfs
