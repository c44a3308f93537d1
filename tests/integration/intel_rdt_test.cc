// linux.intelRdt (config-linux.md "IntelRdt") where there is no resctrl file system. What is done
// with one is tested in tests/unit/container/resctrl_test.cc.

#include "support/fixture.h"

namespace myrt::test {
namespace {

class IntelRdtTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (contains(read_file("/proc/self/mountinfo"), " - resctrl ")) {
      GTEST_SKIP() << "needs a machine without a mounted resctrl";
    }
  }
};

using IntelRdt = IntelRdtTest;

TEST_F(IntelRdt, IsNeverLeftOut) {
  bundle_.set("/linux/intelRdt", R"({"l3CacheSchema": "L3:0=f"})");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

using MyrtIntelRdt = IntelRdtTest;

TEST_F(MyrtIntelRdt, NeedsItsFileSystem) {
  bundle_.set("/linux/intelRdt", R"({"closID": "/"})");
  EXPECT_TRUE(
      failed(Container(bundle_).run(), "/linux/intelRdt: no resctrl file system is mounted"));
}

}  // namespace
}  // namespace myrt::test
