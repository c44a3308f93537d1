#include "init/selinux.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

/// A directory in the place of a procfs.
class SelinuxLabels : public testing::Test {
 protected:
  SelinuxLabels() {
    std::filesystem::create_directories(procfs_ / attributes_);
    sys::write_text(procfs_ / (attributes_ + "exec"), "");
    sys::write_text(procfs_ / (attributes_ + "keycreate"), "");
  }

  const std::string attributes_ = std::to_string(::getpid()) + "/attr/";
  sys::TemporaryDirectory procfs_;
};

TEST_F(SelinuxLabels, AreWrittenForExecve) {
  const Result<void> set = set_exec_label(procfs_.fd(), "a:b:c:s0:c1,c2");

  ASSERT_TRUE(set.has_value()) << set.error().text();
  EXPECT_EQ(sys::text_of(procfs_ / (attributes_ + "exec")), "a:b:c:s0:c1,c2");
  EXPECT_EQ(sys::text_of(procfs_ / (attributes_ + "keycreate")), "");
}

TEST_F(SelinuxLabels, AreWrittenForKeys) {
  const Result<void> set = set_key_label(procfs_.fd(), "a:b:c:s0");

  ASSERT_TRUE(set.has_value()) << set.error().text();
  EXPECT_EQ(sys::text_of(procfs_ / (attributes_ + "keycreate")), "a:b:c:s0");
}

TEST_F(SelinuxLabels, AreNotWrittenWithoutOne) {
  EXPECT_TRUE(set_exec_label(-1, "").has_value());
  EXPECT_TRUE(set_key_label(-1, "").has_value());
}

TEST_F(SelinuxLabels, AreNamedWhenTheyCannotBeSet) {
  std::filesystem::remove(procfs_ / (attributes_ + "exec"));

  const Result<void> set = set_exec_label(procfs_.fd(), "a:b:c");

  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().code(), ENOENT);
  EXPECT_TRUE(set.error().text().starts_with("process.selinuxLabel \"a:b:c\": "))
      << set.error().text();
}

TEST_F(SelinuxLabels, FollowNoLink) {
  std::filesystem::remove(procfs_ / (attributes_ + "exec"));
  sys::write_text(procfs_ / "elsewhere", "");
  std::filesystem::create_symlink(procfs_ / "elsewhere", procfs_ / (attributes_ + "exec"));

  EXPECT_FALSE(set_exec_label(procfs_.fd(), "a:b:c").has_value());
  EXPECT_EQ(sys::text_of(procfs_ / "elsewhere"), "");
}

}  // namespace
}  // namespace myrt::init
