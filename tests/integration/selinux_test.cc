// process.selinuxLabel and linux.mountLabel, where the kernel has SELinux on and where it has not.
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <string>

#include "support/exec.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

/// Whether the kernel has it on, with a policy or without.
bool has_selinux() { return contains(read_file("/proc/filesystems"), "\tselinuxfs\n"); }

/// Before a policy is loaded, the kernel has names for labels, and takes any.
bool has_policy() { return contains(read_file("/proc/self/attr/current"), ":"); }

/// Whether the policy knows `label` (selinux_check_context(3)).
bool has_label(const std::string& label) {
  const Fd file(::open("/sys/fs/selinux/context", O_RDWR | O_CLOEXEC));
  return ::write(file.get(), label.c_str(), label.size() + 1) > 0;
}

// As engines have them, in the policies of distributions and in tests/integration/selinux.cil.
constexpr const char* kLabel = "system_u:system_r:container_t:s0:c1,c2";
constexpr const char* kOtherLabel = "system_u:system_r:container_t:s0:c3,c4";
constexpr const char* kMountLabel = "system_u:object_r:container_file_t:s0:c1,c2";

class SELinux : public ExecTest {
 protected:
  void SetUp() override {
    ExecTest::SetUp();
    if (!has_selinux() || !has_policy() || !has_label(kLabel)) {
      GTEST_SKIP() << "needs SELinux in the kernel, and a policy for containers";
    }
    bundle_.set("/process/selinuxLabel", json_quote(kLabel))
        .set("/linux/mountLabel", json_quote(kMountLabel));
  }

  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
  /// The options of the file system that the container has there.
  std::string options_at(const std::string& point) {
    const std::string table = output_of("cat /proc/self/mountinfo");
    return mount_at(parse_mountinfo(table), point).value_or(MountEntry{}).super_options;
  }
};

// The kernel ends labels with a zero.
constexpr const char* kCurrent = "tr -d '\\0' < /proc/self/attr/current";

TEST_F(SELinux, LabelsTheProgram) { EXPECT_EQ(output_of(kCurrent), kLabel); }

TEST_F(SELinux, LabelsTheProgramInAUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  EXPECT_EQ(output_of(kCurrent), kLabel);
}

TEST_F(SELinux, LabelsWhatIsExecuted) {
  start();
  EXPECT_EQ(exec({"/bin/sh", "-c", kCurrent}).out, kLabel);
  EXPECT_EQ(exec({"--process-label", kOtherLabel}, {"/bin/sh", "-c", kCurrent}).out, kOtherLabel);
}

TEST_F(SELinux, RefusesALabelThatThePolicyDoesNotHave) {
  bundle_.set("/process/selinuxLabel", R"("system_u:system_r:nobody_has_this_t:s0")").shell("true");
  EXPECT_TRUE(failed(Container(bundle_).run(), "invalid argument"));
}

TEST_F(SELinux, LabelsMountsWithTheirOptions) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"size=64k"});
  EXPECT_TRUE(contains(options_at("/mnt"), kMountLabel)) << options_at("/mnt");
  EXPECT_TRUE(contains(options_at("/dev/pts"), kMountLabel)) << options_at("/dev/pts");
}

TEST_F(SELinux, LeavesKernelFileSystemsToThePolicy) {
  EXPECT_FALSE(contains(options_at("/proc"), "context="));
  EXPECT_FALSE(contains(options_at("/sys"), "context="));
}

TEST_F(SELinux, LabelsTheDirectoryThatMasksAnother) {
  bundle_.directory("hidden").set("/linux/maskedPaths", R"(["/hidden"])");
  EXPECT_TRUE(contains(options_at("/hidden"), kMountLabel)) << options_at("/hidden");
}

TEST_F(SELinux, LabelsTheRootOfMessageQueues) {
  start();
  const std::string path = "/proc/" + std::to_string(container().pid()) + "/root/dev/mqueue";
  std::array<char, 256> label{};
  ASSERT_GT(::getxattr(path.c_str(), "security.selinux", label.data(), label.size() - 1), 0);
  EXPECT_STREQ(label.data(), kMountLabel);
}

class MyrtSELinuxWithoutPolicy : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!has_selinux() || has_policy()) {
      GTEST_SKIP() << "needs SELinux in the kernel, and no policy";
    }
  }
};

// The kernel would take the label and run the program with its own.
TEST_F(MyrtSELinuxWithoutPolicy, LabelsAreRefused) {
  bundle_.set("/process/selinuxLabel", json_quote(kLabel)).shell("true");
  const Outcome outcome = Container(bundle_, unique_name()).run();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "cannot be enforced, SELinux has no policy on this host"))
      << outcome;
}

class MyrtSELinux : public ExecTest {
 protected:
  void SetUp() override {
    ExecTest::SetUp();
    if (has_selinux()) {
      GTEST_SKIP() << "needs a kernel without SELinux";
    }
  }
};

TEST_F(MyrtSELinux, LabelOfAProcessIsRefusedWhereItIsOff) {
  bundle_.set("/process/selinuxLabel", json_quote(kLabel)).shell("true");
  const Outcome outcome = Container(bundle_, unique_name()).run();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err,
                       "/process/selinuxLabel: \"system_u:system_r:container_t:s0:c1,c2\" cannot "
                       "be enforced, SELinux is off on this host"))
      << outcome;
}

TEST_F(MyrtSELinux, LabelOfMountsIsRefusedWhereItIsOff) {
  bundle_.set("/linux/mountLabel", json_quote(kMountLabel)).shell("true");
  const Outcome outcome = Container(bundle_, unique_name()).run();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err,
                       "/linux/mountLabel: \"system_u:object_r:container_file_t:s0:c1,c2\" cannot "
                       "be enforced, SELinux is off on this host"))
      << outcome;
}

TEST_F(MyrtSELinux, LabelOfAnExecIsRefusedWhereItIsOff) {
  start();
  const Outcome outcome = exec({"--process-label", "a:b:c:s0"}, {"/bin/true"});
  EXPECT_EQ(outcome.exit_code, 255);
  EXPECT_EQ(outcome.err, "exec " + container().id() +
                             ": /process/selinuxLabel: \"a:b:c:s0\" cannot be enforced, SELinux "
                             "is off on this host\n");
}

}  // namespace
}  // namespace myrt::test
