#include "cgroup/owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

/// A cgroup that looks like one, and a list of the kernel's.
class ChangeOwner : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "needs root";
    }
    cgroup_.make("web");
    for (const char* file : {"cgroup.procs", "cgroup.threads", "memory.max", "memory.oom.group"}) {
      cgroup_.write(std::string("web/") + file, "");
    }
  }

  uid_t owner(const std::string& file) const {
    struct stat status{};
    EXPECT_EQ(::stat(cgroup_.path(file).c_str(), &status), 0) << file;
    return status.st_uid;
  }

  static constexpr uid_t kOwner = 12345;
  TemporaryDirectory cgroup_;
};

TEST_F(ChangeOwner, GivesTheFilesOfTheKernelsListThatAreThere) {
  cgroup_.write("delegate", "cgroup.procs\nmemory.oom.group\nio.pressure\n");
  ASSERT_TRUE(change_owner(cgroup_.path("web"), kOwner, cgroup_.path("delegate")).has_value());
  EXPECT_EQ(owner("web"), kOwner);
  EXPECT_EQ(owner("web/cgroup.procs"), kOwner);
  EXPECT_EQ(owner("web/memory.oom.group"), kOwner);
  EXPECT_EQ(owner("web/memory.max"), 0U);
  EXPECT_EQ(owner("web/cgroup.threads"), 0U);
}

TEST_F(ChangeOwner, GivesThreeFilesWhenTheKernelHasNoList) {
  ASSERT_TRUE(change_owner(cgroup_.path("web"), kOwner, cgroup_.path("no-list")).has_value());
  EXPECT_EQ(owner("web"), kOwner);
  EXPECT_EQ(owner("web/cgroup.procs"), kOwner);
  EXPECT_EQ(owner("web/cgroup.threads"), kOwner);  // cgroup.subtree_control is not there
  EXPECT_EQ(owner("web/memory.max"), 0U);
  EXPECT_EQ(owner("web/memory.oom.group"), 0U);
}

}  // namespace
}  // namespace myrt::cgroup
