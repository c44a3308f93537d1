// process: capabilities, no_new_privs, rlimits, oomScoreAdj (config.md "Linux Process").

#include <linux/capability.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

constexpr const char* kAsUser = R"({"uid": 1000, "gid": 1000})";

class Capabilities : public RuntimeTest {
 protected:
  // The five masks of the program, in the order of /proc/<pid>/status.
  std::string masks() {
    bundle_.args({"/bin/grep", "^Cap", "/proc/self/status"});
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    std::string text;
    for (const char* key : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      text += field_of(outcome.out, key) + "\n";
    }
    return text;
  }
};

constexpr const char* kNone =
    "0000000000000000\n0000000000000000\n0000000000000000\n0000000000000000\n0000000000000000\n";

// Bits are those of <linux/capability.h>: CHOWN 0, KILL 5, NET_BIND_SERVICE 10.
TEST_F(Capabilities, OfRootAreTheBoundingSetAfterExec) {
  bundle_.set("/process/capabilities",
              R"({"bounding": ["CAP_CHOWN", "CAP_KILL"], "permitted": ["CAP_CHOWN", "CAP_KILL"],
                  "effective": ["CAP_KILL"]})");
  // capabilities(7): execve gives root its bounding and inheritable set.
  EXPECT_EQ(
      masks(),
      "0000000000000000\n0000000000000021\n0000000000000021\n0000000000000021\n0000000000000000\n");
}

TEST_F(Capabilities, OfAnOrdinaryUserAreTheAmbientSetAfterExec) {
  bundle_.set("/process/user", kAsUser)
      .set("/process/capabilities",
           R"({"bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
               "permitted": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_KILL"],
               "inheritable": ["CAP_CHOWN", "CAP_KILL"], "ambient": ["CAP_KILL"]})");
  EXPECT_EQ(
      masks(),
      "0000000000000021\n0000000000000020\n0000000000000020\n0000000000000421\n0000000000000020\n");
}

TEST_F(Capabilities, AreNoneForAnOrdinaryUserWithoutAnAmbientSet) {
  bundle_.set("/process/user", kAsUser)
      .set("/process/capabilities", R"({"permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]})");
  EXPECT_EQ(masks(), kNone);
}

TEST_F(Capabilities, AreNoneWhenTheObjectIsEmpty) {
  bundle_.set("/process/capabilities", "{}");
  EXPECT_EQ(masks(), kNone);
}

TEST_F(Capabilities, AreNoneWhenTheObjectIsAbsent) {
  bundle_.erase("/process/capabilities");
  EXPECT_EQ(masks(), kNone);
}

TEST_F(Capabilities, ThatNobodyKnowsAreNoError) {
  bundle_.capabilities({"CAP_KILL", "CAP_NOBODY_KNOWS"});
  EXPECT_EQ(
      masks(),
      "0000000000000020\n0000000000000020\n0000000000000020\n0000000000000020\n0000000000000020\n");
}

TEST_F(Capabilities, DecideWhatRootMayDo) {
  bundle_.shell("chown 1000 /etc/passwd && echo changed");
  EXPECT_NE(Container(bundle_).run().out, "changed\n");
  bundle_.file("mine", "").capabilities({"CAP_CHOWN"}).shell("chown 1000 /mine && echo changed");
  EXPECT_EQ(Container(bundle_).run().out, "changed\n");
}

class NoNewPrivileges : public RuntimeTest {};

TEST_F(NoNewPrivileges, IsSetOnlyWhenAskedFor) {
  bundle_.args({"/bin/grep", "NoNewPrivs", "/proc/self/status"});
  EXPECT_EQ(Container(bundle_).run().out, "NoNewPrivs:\t1\n");
  bundle_.set("/process/noNewPrivileges", "false");
  EXPECT_EQ(Container(bundle_).run().out, "NoNewPrivs:\t0\n");
  bundle_.erase("/process/noNewPrivileges");
  EXPECT_EQ(Container(bundle_).run().out, "NoNewPrivs:\t0\n");
}

class ResourceLimits : public RuntimeTest {};

TEST_F(ResourceLimits, HaveTheValuesOfTheConfig) {
  bundle_
      .set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200},
                                      {"type": "RLIMIT_CORE", "soft": 0, "hard": 4096},
                                      {"type": "RLIMIT_NICE", "soft": 0, "hard": 0}])")
      .shell("cat /proc/self/limits | tr -s ' ' | grep -E '^Max (open|core|nice)'");
  const std::vector<std::string> lines = lines_of(Container(bundle_).run().out);
  EXPECT_EQ(lines,
            (std::vector<std::string>{"Max core file size 0 4096 bytes ",
                                      "Max open files 100 200 files ", "Max nice priority 0 0 "}));
}

TEST_F(ResourceLimits, OfUnknownTypeAreRefused) {
  bundle_.set("/process/rlimits", R"([{"type": "RLIMIT_UNKNOWN", "soft": 1, "hard": 1}])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "RLIMIT_UNKNOWN"));
}

TEST_F(ResourceLimits, OfTheSameTypeTwiceAreRefused) {
  bundle_.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 10, "hard": 100},
                                      {"type": "RLIMIT_NOFILE", "soft": 20, "hard": 100}])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "RLIMIT_NOFILE"));
}

TEST_F(ResourceLimits, WithSoftAboveHardAreRefused) {
  bundle_.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 200, "hard": 100}])");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(ResourceLimits, AreNotRaisedWithoutThePrivilege) {
  if (has_capability(CAP_SYS_RESOURCE)) {
    GTEST_SKIP() << "needs a machine without CAP_SYS_RESOURCE";
  }
  bundle_.set("/process/rlimits",
              R"([{"type": "RLIMIT_NOFILE", "soft": 1000000, "hard": 1000000}])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "operation not permitted"));
}

TEST_F(ResourceLimits, AreRaisedBeforeThePrivilegeIsDropped) {
  if (!has_capability(CAP_SYS_RESOURCE)) {
    GTEST_SKIP() << "needs CAP_SYS_RESOURCE";
  }
  bundle_.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 70000, "hard": 70000}])")
      .shell("ulimit -n; ulimit -H -n");
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"sh", "-c", "ulimit -n 1024; exec \"$@\"", "sh"});
  EXPECT_EQ(container.run(command).out, "70000\n70000\n");
}

class OomScore : public RuntimeTest {
 protected:
  std::string value() {
    bundle_.args({"/bin/cat", "/proc/self/oom_score_adj"});
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(OomScore, IsThatOfTheConfig) {
  bundle_.set("/process/oomScoreAdj", "700");
  EXPECT_EQ(value(), "700\n");
}

TEST_F(OomScore, IsTheCallersWhenNotGiven) {
  EXPECT_EQ(value(), read_file("/proc/self/oom_score_adj"));
}

TEST_F(OomScore, OutOfRangeIsRefused) {
  for (const char* adjustment : {"1001", "-1001"}) {
    bundle_.set("/process/oomScoreAdj", adjustment);
    EXPECT_TRUE(failed(Container(bundle_).run())) << adjustment;
  }
}

TEST_F(OomScore, IsNotLoweredWithoutThePrivilege) {
  if (has_capability(CAP_SYS_RESOURCE)) {
    GTEST_SKIP() << "needs a machine without CAP_SYS_RESOURCE";
  }
  bundle_.set("/process/oomScoreAdj", "-999");
  EXPECT_TRUE(failed(Container(bundle_).run(), "permission denied"));
}

}  // namespace
}  // namespace myrt::test
