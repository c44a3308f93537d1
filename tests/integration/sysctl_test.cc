// linux.sysctl: only what belongs to a namespace of the container's own (config-linux.md "Sysctl").

#include <unistd.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class Sysctl : public RuntimeTest {
 protected:
  Bundle& sysctl(const std::string& name, const std::string& value) {
    return bundle_.set("/linux/sysctl", "{" + json_quote(name) + ":" + json_quote(value) + "}");
  }

  std::string value_inside(const std::string& file) {
    bundle_.args({"/bin/cat", "/proc/sys/" + file});
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(Sysctl, OfTheNetworkNeedsANetworkNamespace) {
  sysctl("net.ipv4.ip_default_ttl", "77");
  EXPECT_EQ(value_inside("net/ipv4/ip_default_ttl"), "77\n");
  bundle_.remove_namespace("network");
  EXPECT_TRUE(failed(Container(bundle_).run(), "net.ipv4.ip_default_ttl"));
}

TEST_F(Sysctl, OfTheNetworkIsRefusedWhenTheNamespaceIsTheHostsByPath) {
  sysctl("net.ipv4.ip_default_ttl", "77")
      .set_namespace("network", "/proc/" + std::to_string(::getpid()) + "/ns/net");
  EXPECT_TRUE(failed(Container(bundle_).run(), "net.ipv4.ip_default_ttl"));
}

TEST_F(Sysctl, OfIpcNeedsAnIpcNamespace) {
  for (const auto& [name, file] : {std::pair{"kernel.shmmax", "kernel/shmmax"},
                                   {"kernel.msgmax", "kernel/msgmax"},
                                   {"fs.mqueue.msg_max", "fs/mqueue/msg_max"}}) {
    sysctl(name, "5000");
    EXPECT_EQ(value_inside(file), "5000\n");
  }
  bundle_.remove_namespace("ipc");
  EXPECT_TRUE(failed(Container(bundle_).run(), "fs.mqueue.msg_max"));
}

TEST_F(Sysctl, MayBeWrittenWithSlashes) {
  sysctl("net/ipv4/ip_default_ttl", "77");
  EXPECT_EQ(value_inside("net/ipv4/ip_default_ttl"), "77\n");
}

TEST_F(Sysctl, OfTheWholeMachineIsRefused) {
  for (const char* name :
       {"kernel.pid_max", "vm.swappiness", "fs.file-max", "kernel.core_pattern"}) {
    sysctl(name, "1");
    EXPECT_TRUE(failed(Container(bundle_).run(), name)) << name;
  }
}

TEST_F(Sysctl, OfTheHostnameIsRefused) {
  sysctl("kernel.hostname", "other");
  EXPECT_TRUE(failed(Container(bundle_).run(), "kernel.hostname"));
}

TEST_F(Sysctl, OfTheDomainnameNeedsAUtsNamespace) {
  sysctl("kernel.domainname", "example.org");
  EXPECT_EQ(value_inside("kernel/domainname"), "example.org\n");
  bundle_.remove_namespace("uts").erase("/hostname");
  EXPECT_TRUE(failed(Container(bundle_).run(), "kernel.domainname"));
}

TEST_F(Sysctl, CannotLeaveItsDirectory) {
  sysctl("net.ipv4/../../kernel/core_pattern", "x");
  const std::string before = read_file("/proc/sys/kernel/core_pattern");
  EXPECT_TRUE(failed(Container(bundle_).run()));
  EXPECT_EQ(read_file("/proc/sys/kernel/core_pattern"), before);
}

TEST_F(Sysctl, ThatTheKernelDoesNotHaveIsAnError) {
  sysctl("net.no.such.thing", "1");
  EXPECT_TRUE(failed(Container(bundle_).run(), "no such file or directory"));
}

TEST_F(Sysctl, WithABadValueIsAnError) {
  sysctl("net.ipv4.ip_forward", "many");
  EXPECT_TRUE(failed(Container(bundle_).run(), "invalid argument"));
}

}  // namespace
}  // namespace myrt::test
