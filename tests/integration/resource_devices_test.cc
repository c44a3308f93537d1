// linux.resources.devices: which devices a container may open, by its rules and those that every
// container has (config-linux.md "Allowed Device list").

#include "support/resources.h"

namespace myrt::test {
namespace {

class ResourceDevices : public ResourceTest {
 protected:
  ResourceDevices() {
    // The kernel's log: any root with CAP_SYSLOG could read it if the device were allowed.
    bundle_
        .set("/linux/devices",
             R"([{"path": "/dev/log-of-kernel", "type": "c", "major": 1, "minor": 11}])")
        .capabilities({"CAP_SYSLOG", "CAP_MKNOD"});
  }

  Bundle& rule(const std::string& members) {
    return bundle_.set("/linux/resources/devices/-", "{" + members + "}");
  }

  static constexpr const char* kTry =
      "(exec 3</dev/log-of-kernel) 2>/dev/null && echo read;"
      "(exec 3>/dev/log-of-kernel) 2>/dev/null && echo write; echo end";

  // Whether opening for reading, and for writing, is allowed.
  std::string access() {
    bundle_.shell(kTry);
    return Container(bundle_).run().out;
  }
};

TEST_F(ResourceDevices, AreDeniedWhenOnlyTheDefaultsAreAllowed) { EXPECT_EQ(access(), "end\n"); }

TEST_F(ResourceDevices, AreDeniedWithoutAnyRule) {
  bundle_.erase("/linux/resources");
  EXPECT_EQ(access(), "end\n");
}

TEST_F(ResourceDevices, AreDeniedByEperm) {
  bundle_.shell("exec 3</dev/log-of-kernel");
  EXPECT_TRUE(contains(Container(bundle_).run().err, "Operation not permitted"));
}

TEST_F(ResourceDevices, AreGivenByARule) {
  rule(R"("allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw")");
  EXPECT_EQ(access(), "read\nwrite\nend\n");
}

TEST_F(ResourceDevices, MayBeForReadingOnly) {
  rule(R"("allow": true, "type": "c", "major": 1, "minor": 11, "access": "r")");
  EXPECT_EQ(access(), "read\nend\n");
}

TEST_F(ResourceDevices, FollowTheOrderOfTheRules) {
  bundle_.set("/linux/resources/devices",
              R"([{"allow": false, "access": "rwm"},
                  {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw"},
                  {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "w"}])");
  EXPECT_EQ(access(), "read\nend\n");
}

TEST_F(ResourceDevices, WithoutAMinorNumberAreAllOfThem) {
  rule(R"("allow": true, "type": "c", "major": 1, "access": "rw")");
  EXPECT_EQ(access(), "read\nwrite\nend\n");
}

TEST_F(ResourceDevices, OfAllTypesAreAll) {
  rule(R"("allow": true, "type": "a", "access": "rwm")");
  EXPECT_EQ(access(), "read\nwrite\nend\n");
}

TEST_F(ResourceDevices, OfTheOtherTypeAreOthers) {
  rule(R"("allow": true, "type": "b", "major": 1, "minor": 11, "access": "rw")");
  EXPECT_EQ(access(), "end\n");
}

TEST_F(ResourceDevices, OfEveryContainerAreAlwaysGiven) {
  bundle_.shell(
      "echo x > /dev/null; head -c 3 /dev/zero | wc -c; mknod /tmp/n c 1 11 && echo made");
  EXPECT_EQ(Container(bundle_).run().out, "3\nmade\n");
}

TEST_F(ResourceDevices, ThatTheContainerMakesItselfAreDenied) {
  bundle_.shell("mknod /tmp/n c 1 11; (exec 3</tmp/n) 2>/dev/null && echo read; echo end");
  EXPECT_EQ(Container(bundle_).run().out, "end\n");
}

TEST_F(ResourceDevices, AreDeniedToProcessesOfExecToo) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(container.call({"exec", container.id(), "/bin/sh", "-c", kTry}).out, "end\n");
}

TEST_F(ResourceDevices, OfNoKindOfAccessAreAnError) {
  rule(R"("allow": true, "type": "c", "access": "")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "access"));
}

class MyrtResourceDevices : public ResourceDevices {};

TEST_F(MyrtResourceDevices, SaysWhatIsWrongWithARule) {
  const auto create_says = [&](const std::string& members, const std::string& message) {
    bundle_.set("/linux/resources/devices", "[{" + members + "}]");
    EXPECT_TRUE(failed(Container(bundle_).create(), ": " + message + "\n"));
  };
  create_says(R"("allow": true, "type": "c", "access": "")",
              "/linux/resources/devices/0/access: want one or more of r, w, m, got \"\"");
  create_says(R"("allow": true, "type": "c", "major": -2, "access": "r")",
              "/linux/resources/devices/0/major: want an integer from -1 to 9223372036854775807, "
              "got -2");
  create_says(R"("allow": true, "type": "c", "major": 4294967296, "access": "r")",
              "/linux/resources/devices/0/major: want a device number or -1, got 4294967296");
}

TEST_F(MyrtResourceDevices, SaysWhatVersion1CannotDo) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1";
  }
  rule(R"("allow": true, "type": "c", "major": 1, "access": "rw")");
  rule(R"("allow": false, "type": "c", "major": 1, "minor": 11, "access": "w")");
  EXPECT_TRUE(failed(Container(bundle_).create(),
                     ": /linux/resources/devices/2: cgroup v1 cannot take \"c 1:11 w\" out of \"c "
                     "1:* rw\"\n"));
}

}  // namespace
}  // namespace myrt::test
