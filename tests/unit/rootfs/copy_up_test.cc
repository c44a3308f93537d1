#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "rootfs/steps.h"

namespace myrt::rootfs {
namespace {

namespace fs = std::filesystem;

/// A tree and an empty directory, both the caller's own.
class CopyTreeTest : public testing::Test {
 protected:
  Result<void> copy() {
    const sys::UniqueFd source = open(from);
    const sys::UniqueFd target = open(to);
    return copy_tree(source.get(), target.get());
  }
  static sys::UniqueFd open(const sys::TemporaryDirectory& directory) {
    return sys::UniqueFd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  static struct ::stat status(const std::string& path) {
    struct ::stat status = {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status;
  }

  sys::TemporaryDirectory from;
  sys::TemporaryDirectory to;
};

TEST_F(CopyTreeTest, CopiesFilesAndDirectories) {
  fs::create_directories(from / "a/b");
  sys::write_text(from / "top", "1");
  sys::write_text(from / "a/b/deep", std::string(200'000, 'x'));
  sys::write_text(from / "a/empty", "");

  const Result<void> copied = copy();

  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  EXPECT_EQ(sys::text_of(to / "top"), "1");
  EXPECT_EQ(sys::text_of(to / "a/b/deep"), std::string(200'000, 'x'));
  EXPECT_EQ(fs::file_size(to / "a/empty"), 0U);
}

TEST_F(CopyTreeTest, CopiesNothingOfAnEmptyDirectory) {
  const Result<void> copied = copy();

  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  EXPECT_TRUE(fs::is_empty(to.path()));
}

TEST_F(CopyTreeTest, KeepsModesTheUmaskAndSetUserIdBitsNotwithstanding) {
  const mode_t before = ::umask(077);
  fs::create_directory(from / "d");
  sys::write_text(from / "f", "");
  sys::write_text(from / "s", "");
  ASSERT_EQ(::chmod((from / "d").c_str(), 01777), 0);
  ASSERT_EQ(::chmod((from / "f").c_str(), 0444), 0);
  ASSERT_EQ(::chmod((from / "s").c_str(), 04755), 0);

  const Result<void> copied = copy();

  ::umask(before);
  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  EXPECT_EQ(status(to / "d").st_mode, S_IFDIR | 01777U);
  EXPECT_EQ(status(to / "f").st_mode, S_IFREG | 0444U);
  EXPECT_EQ(status(to / "s").st_mode, S_IFREG | 04755U);
}

TEST_F(CopyTreeTest, KeepsTimes) {
  fs::create_directory(from / "d");
  sys::write_text(from / "d/f", "");
  const std::array<struct ::timespec, 2> times = {
      {{.tv_sec = 1000, .tv_nsec = 1}, {.tv_sec = 2000, .tv_nsec = 2}}};
  for (const char* name : {"d/f", "d"}) {
    ASSERT_EQ(::utimensat(from.fd(), name, times.data(), 0), 0);
  }

  const Result<void> copied = copy();

  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  for (const char* name : {"d", "d/f"}) {
    EXPECT_EQ(status(to / name).st_mtim.tv_sec, 2000) << name;
    EXPECT_EQ(status(to / name).st_mtim.tv_nsec, 2) << name;
  }
}

TEST_F(CopyTreeTest, CopiesLinksAsLinks) {
  fs::create_symlink("/nowhere", from / "dangling");
  fs::create_directory_symlink("..", from / "up");

  const Result<void> copied = copy();

  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  EXPECT_EQ(fs::read_symlink(to / "dangling"), "/nowhere");
  EXPECT_EQ(fs::read_symlink(to / "up"), "..");
}

TEST_F(CopyTreeTest, CopiesFifosWithTheirMode) {
  const mode_t before = ::umask(0);
  ASSERT_EQ(::mkfifo((from / "fifo").c_str(), 0622), 0);

  const Result<void> copied = copy();

  ::umask(before);
  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  EXPECT_EQ(status(to / "fifo").st_mode, S_IFIFO | 0622U);
}

TEST_F(CopyTreeTest, KeepsExtendedAttributes) {
  fs::create_directory(from / "d");
  sys::write_text(from / "f", "");
  for (const sys::TemporaryDirectory* place : {&from, &to}) {
    if (::setxattr(place->path().c_str(), "user.probe", "1", 1, 0) != 0) {
      GTEST_SKIP() << "user.* attributes in " << place->path() << ": " << errno_text(errno);
    }
  }
  ASSERT_EQ(::setxattr((from / "d").c_str(), "user.a", "one", 3, 0), 0);
  ASSERT_EQ(::setxattr((from / "f").c_str(), "user.b", "", 0, 0), 0);
  ASSERT_EQ(::setxattr((from / "f").c_str(), "user.c", "two", 3, 0), 0);

  const Result<void> copied = copy();

  ASSERT_TRUE(copied.has_value()) << copied.error().text();
  std::array<char, 8> value{};
  EXPECT_EQ(::getxattr((to / "d").c_str(), "user.a", value.data(), value.size()), 3);
  EXPECT_EQ(std::string_view(value.data(), 3), "one");
  EXPECT_EQ(::getxattr((to / "f").c_str(), "user.b", value.data(), value.size()), 0);
  EXPECT_EQ(::getxattr((to / "f").c_str(), "user.c", value.data(), value.size()), 3);
}

TEST_F(CopyTreeTest, WritesOverNothing) {
  fs::create_directory(from / "d");
  sys::write_text(from / "d/f", "new");
  fs::create_directory(to / "d");

  const Result<void> copied = copy();

  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().text(), "mkdir d: File exists");
}

TEST_F(CopyTreeTest, RefusesATreeThatIsTooDeep) {
  std::string deep(from.path());
  for (int level = 0; level < 258; ++level) {
    deep += "/d";
  }
  fs::create_directories(deep);

  const Result<void> copied = copy();

  ASSERT_FALSE(copied.has_value());
  EXPECT_TRUE(copied.error().text().ends_with("directories nested deeper than 256"))
      << copied.error().text();
}

TEST(OpenNullDevice, IsTheHostsNullDevice) {
  const Result<sys::UniqueFd> null = open_null_device();

  ASSERT_TRUE(null.has_value()) << null.error().text();
  struct ::stat status = {};
  ASSERT_EQ(::fstat(null->get(), &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

}  // namespace
}  // namespace myrt::rootfs
