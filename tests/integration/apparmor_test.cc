// process.apparmorProfile, where the kernel has AppArmor on and where it has not.
#include <filesystem>
#include <optional>
#include <string>

#include "support/exec.h"

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

  EXPECT_TRUE(failed(Container(bundle_).run(), "no such file"));
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

bool has_parser() { return std::filesystem::exists("/usr/sbin/apparmor_parser"); }

// A profile in the kernel as long as this lives. It allows everything but reading /secret.
class LoadedProfile {
 public:
  explicit LoadedProfile(const std::string& flags = "") : flags_(flags) { load("--add"); }
  LoadedProfile(const LoadedProfile&) = delete;
  LoadedProfile& operator=(const LoadedProfile&) = delete;
  ~LoadedProfile() {
    if (loaded_) {
      remove();
    }
  }

  const std::string& name() const { return name_; }
  void remove() {
    load("--remove");
    loaded_ = false;
  }

 private:
  void load(const std::string& command) const {
    const Outcome outcome =
        run({.argv = {"/usr/sbin/apparmor_parser", command, "--skip-cache"},
             .stdin_text = "profile " + name_ + " flags=(attach_disconnected" + flags_ +
                           ") {\n  file,\n  capability,\n  network,\n  mount,\n  umount,\n  "
                           "signal,\n  ptrace,\n  unix,\n  deny /secret r,\n}\n"});
    EXPECT_TRUE(succeeded(outcome));
  }

  const std::string flags_;
  const std::string name_ = unique_name();
  bool loaded_ = true;
};

class AppArmorProfile : public ExecTest {
 protected:
  void SetUp() override {
    ExecTest::SetUp();
    if (!has_apparmor() || !has_parser()) {
      GTEST_SKIP() << "needs AppArmor in the kernel, and apparmor_parser";
    }
    profile_.emplace();
    bundle_.file("secret", "nobody reads this\n");
    use(*profile_);
  }
  void TearDown() override {
    remove();
    profile_.reset();
    ExecTest::TearDown();
  }

  void use(const LoadedProfile& profile) {
    bundle_.set("/process/apparmorProfile", json_quote(profile.name()));
  }
  LoadedProfile& profile() { return *profile_; }

 private:
  std::optional<LoadedProfile> profile_;
};

constexpr const char* kCurrent = "cat /proc/self/attr/current";
constexpr const char* kReadSecret = "cat /secret";

TEST_F(AppArmorProfile, ConfinesTheProgram) {
  bundle_.shell(kCurrent);

  EXPECT_EQ(Container(bundle_).run().out, profile().name() + " (enforce)\n");
}

TEST_F(AppArmorProfile, DeniesWhatItDoesNotAllow) {
  bundle_.shell(kReadSecret);

  const Outcome outcome = Container(bundle_).run();

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "cat: can't open '/secret': Permission denied\n");
}

TEST_F(AppArmorProfile, ConfinesARootThatMayGainPrivileges) {
  bundle_.set("/process/noNewPrivileges", "false").shell(kReadSecret);

  EXPECT_EQ(Container(bundle_).run().exit_code, 1);
}

TEST_F(AppArmorProfile, ConfinesTheProgramInAUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .shell(std::string(kCurrent) + "; " + kReadSecret);

  const Outcome outcome = Container(bundle_).run();

  EXPECT_EQ(outcome.out, profile().name() + " (enforce)\n");
  EXPECT_EQ(outcome.exit_code, 1);
}

TEST_F(AppArmorProfile, LeavesTheRestToTheProgram) {
  bundle_.file("open", "read me\n").shell("cat /open");

  EXPECT_EQ(Container(bundle_).run().out, "read me\n");
}

TEST_F(AppArmorProfile, ThatOnlyComplainsDeniesNothing) {
  const LoadedProfile complaining(", complain");
  use(complaining);
  bundle_.shell(std::string(kCurrent) + "; echo >/secret");

  const Outcome outcome = Container(bundle_).run();

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, complaining.name() + " (complain)\n");
}

TEST_F(AppArmorProfile, ConfinesWhatIsExecuted) {
  start();

  EXPECT_EQ(output_of(kCurrent), profile().name() + " (enforce)\n");
  EXPECT_EQ(exec({"cat", "/secret"}).err, "cat: can't open '/secret': Permission denied\n");
}

TEST_F(AppArmorProfile, OfWhatIsExecutedCanBeAnother) {
  const LoadedProfile other;
  start();

  EXPECT_EQ(output_of(kCurrent, {"--apparmor", other.name()}), other.name() + " (enforce)\n");
}

TEST_F(AppArmorProfile, OfWhatIsExecutedMustBeLoaded) {
  start();

  EXPECT_TRUE(not_executed(exec({"--apparmor", "nobody-has-this"}, {"true"}), "no such file"));
}

TEST_F(AppArmorProfile, OfAProcessFileIsInForce) {
  const LoadedProfile other;
  start();

  const Outcome outcome =
      exec_process(R"({"args": ["cat", "/proc/self/attr/current"], "cwd": "/", "env": [)"
                   R"("PATH=/bin"], "user": {"uid": 0, "gid": 0}, "apparmorProfile": )" +
                   json_quote(other.name()) + "}");

  EXPECT_EQ(outcome.out, other.name() + " (enforce)\n");
}

TEST_F(AppArmorProfile, IsNeverLeftOut) {
  // It is there when the container is created, and gone when its program is to be executed.
  start();
  profile().remove();

  EXPECT_NE(exec({"true"}).exit_code, 0);
}

class MyrtAppArmorProfile : public AppArmorProfile {};

TEST_F(MyrtAppArmorProfile, ThatIsNotLoadedIsNamed) {
  bundle_.set("/process/apparmorProfile", R"("nobody-has-this")").shell("true");

  Container container(bundle_, "c1");

  expect_message(container.create(),
                 "create c1: process.apparmorProfile \"nobody-has-this\": write attr/exec: "
                 "No such file or directory");
}

}  // namespace
}  // namespace myrt::test
