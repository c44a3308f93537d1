// process.apparmorProfile, where the kernel has AppArmor on and where it has not.
#include "support/fixture.h"

namespace myrt::test {
namespace {

bool has_apparmor() { return contains(read_file("/sys/module/apparmor/parameters/enabled"), "Y"); }

class AppArmor : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!has_apparmor()) {
      GTEST_SKIP() << "needs AppArmor in the kernel";
    }
  }
};

TEST_F(AppArmor, ChangesToAProfile) {
  bundle_.set("/process/apparmorProfile", R"("unconfined")").shell("cat /proc/self/attr/current");

  const Outcome outcome = Container(bundle_).run();

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "unconfined\n");
}

TEST_F(AppArmor, NeedsAProfileThatIsLoaded) {
  bundle_.set("/process/apparmorProfile", R"("nobody-has-this")").shell("true");

  EXPECT_TRUE(failed(Container(bundle_).run(), "nobody-has-this"));
}

class MyrtAppArmor : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (has_apparmor()) {
      GTEST_SKIP() << "needs a kernel without AppArmor";
    }
  }
};

TEST_F(MyrtAppArmor, IsRefusedWhereItIsOff) {
  bundle_.set("/process/apparmorProfile", R"("docker-default")").shell("true");
  Container container(bundle_, unique_name());

  const Outcome outcome = container.run();

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err,
                       "/process/apparmorProfile: \"docker-default\" cannot be enforced, AppArmor "
                       "is off on this host"))
      << outcome;
}

TEST_F(MyrtAppArmor, IsNotMissedByAnUnconfinedProcess) {
  bundle_.set("/process/apparmorProfile", R"("unconfined")").shell("echo hi");

  const Outcome outcome = Container(bundle_).run();

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "hi\n");
}

}  // namespace
}  // namespace myrt::test
