#include "init/credentials.h"

#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

class HomeDirectoryTest : public testing::Test {
 protected:
  HomeDirectoryTest() { std::filesystem::create_directory(root / "etc"); }
  void write_passwd(std::string_view text) { sys::write_text(root / "etc/passwd", text); }

  sys::TemporaryDirectory root;
};

TEST_F(HomeDirectoryTest, IsTheOneOfTheUserInPasswd) {
  write_passwd(
      "root:x:0:0:root:/root:/bin/bash\n"
      "web:x:33:33:web:/var/www:/usr/sbin/nologin\n");

  EXPECT_EQ(home_directory(root.fd(), 0), "/root");
  EXPECT_EQ(home_directory(root.fd(), 33), "/var/www");
}

TEST_F(HomeDirectoryTest, IsTheRootForAUserWhoIsNotThere) {
  write_passwd("root:x:0:0:root:/root:/bin/bash\n");

  EXPECT_EQ(home_directory(root.fd(), 1000), "/");
}

TEST_F(HomeDirectoryTest, TakesTheFirstOfSeveralLines) {
  write_passwd("a:x:5:5::/first:/bin/sh\nb:x:5:5::/second:/bin/sh\n");

  EXPECT_EQ(home_directory(root.fd(), 5), "/first");
}

TEST_F(HomeDirectoryTest, PassesOverLinesThatAreNoUsers) {
  write_passwd(
      "# a comment\n"
      "\n"
      "+::::::\n"
      "short:x:7\n"
      "relative:x:7:7::home:/bin/sh\n"
      "empty:x:7:7:::/bin/sh\n"
      "padded:x:07:7::/wrong:/bin/sh\n"
      "good:x:7:7::/right");

  EXPECT_EQ(home_directory(root.fd(), 7), "/right");
}

TEST_F(HomeDirectoryTest, IsTheRootWithoutPasswd) { EXPECT_EQ(home_directory(root.fd(), 0), "/"); }

TEST_F(HomeDirectoryTest, StaysInsideTheContainersRoot) {
  std::filesystem::create_symlink("/etc/other", root / "etc/passwd");
  sys::write_text(root / "etc/other", "root:x:0:0:root:/inside:/bin/sh\n");

  EXPECT_EQ(home_directory(root.fd(), 0), "/inside");
}

TEST_F(HomeDirectoryTest, DoesNotWaitOnAFifo) {
  ASSERT_EQ(::mkfifo((root / "etc/passwd").c_str(), 0600), 0);

  EXPECT_EQ(home_directory(root.fd(), 0), "/");
}

TEST_F(HomeDirectoryTest, IsTheRootWhenPasswdIsADirectory) {
  std::filesystem::create_directory(root / "etc/passwd");

  EXPECT_EQ(home_directory(root.fd(), 0), "/");
}

TEST_F(HomeDirectoryTest, ReadsNoFileOfMoreThanAMegabyte) {
  write_passwd("root:x:0:0:root:/root:/bin/bash\n" + std::string((1U << 20U) + 1, '\n'));

  EXPECT_EQ(home_directory(root.fd(), 0), "/");
}

}  // namespace
}  // namespace myrt::init
