#include "init/sysctl.h"

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

/// A directory in the place of a procfs.
class WriteSysctlsTest : public testing::Test {
 protected:
  WriteSysctlsTest() {
    std::filesystem::create_directories(procfs / "sys/net/ipv4");
    sys::write_text(procfs / "sys/net/ipv4/ip_forward", "");
  }
  sys::TemporaryDirectory procfs;
};

TEST_F(WriteSysctlsTest, WritesTheValueBelowSys) {
  const Result<void> written = write_sysctls(procfs.fd(), {{"net/ipv4/ip_forward", "1"}});

  ASSERT_TRUE(written.has_value()) << written.error().text();
  EXPECT_EQ(sys::text_of(procfs / "sys/net/ipv4/ip_forward"), "1");
}

TEST_F(WriteSysctlsTest, MakesNoFile) {
  const Result<void> written = write_sysctls(procfs.fd(), {{"net/none", "1"}});

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ENOENT);
  EXPECT_TRUE(written.error().text().starts_with("sysctl net/none: ")) << written.error().text();
  EXPECT_FALSE(std::filesystem::exists(procfs / "sys/net/none"));
}

TEST_F(WriteSysctlsTest, FollowsNoLink) {
  sys::write_text(procfs / "elsewhere", "");
  std::filesystem::create_symlink(procfs / "elsewhere", procfs / "sys/net/link");

  const Result<void> written = write_sysctls(procfs.fd(), {{"net/link", "1"}});

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ELOOP);
  EXPECT_EQ(sys::text_of(procfs / "elsewhere"), "");
}

}  // namespace
}  // namespace myrt::init
