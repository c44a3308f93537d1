// Two containers, red and blue, with network namespaces that `ip netns` made and a veth pair joins.

#include <filesystem>

#include "support/fixture.h"
#include "support/network.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRedAddress = "10.11.11.2";
constexpr const char* kBlueAddress = "10.11.11.3";

class VethPair : public RuntimeTest {
 protected:
  NetworkPair network_;
  Bundle red_{workspace(), "red"};
  Bundle blue_{workspace(), "blue"};

  VethPair() {
    red_.set_namespace("network", network_.red_path());
    blue_.set_namespace("network", network_.blue_path());
  }
};

TEST_F(VethPair, IsWhatTheJoinedNamespaceHas) {
  red_.shell("ip -o -4 address show dev veth0 | awk '{print $4}'; ls /sys/class/net");
  EXPECT_EQ(Container(red_).run().out, "10.11.11.2/24\nlo\nveth0\n");
}

TEST_F(VethPair, CarriesPingsFromOneContainerToTheOther) {
  blue_.args({"/bin/sleep", "100"});
  Container blue(blue_);
  ASSERT_TRUE(succeeded(blue.run_detached()));
  red_.capabilities({"CAP_NET_RAW"}).args({"/bin/ping", "-c", "2", "-i", "0.1", kBlueAddress});
  const Outcome outcome = Container(red_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "2 packets transmitted, 2 packets received")) << outcome;
}

TEST_F(VethPair, LetsAServerAnswer) {
  red_.file("www/index.html", "hello from red\n")
      .args({"/bin/httpd", "-f", "-p", "80", "-h", "/www"});
  Container red(red_);
  ASSERT_TRUE(succeeded(red.run_detached()));
  const std::string page = std::string("http://") + kRedAddress + "/";
  blue_.shell("for try in 1 2 3 4 5; do wget -q -O - " + page + " && exit; usleep 100000; done");
  EXPECT_EQ(Container(blue_).run().out, "hello from red\n");
}

TEST_F(VethPair, OutlivesItsContainers) {
  EXPECT_TRUE(succeeded(Container(red_).run()));
  EXPECT_NE(inode_of(network_.red_path()), 0U);
  red_.args({"/bin/cat", "/sys/class/net/veth0/operstate"});
  EXPECT_EQ(Container(red_).run().out, "up\n");
}

/// The last exercise: all of it at once. Both share the layers `tools` and `myroot`.
class MyrtRedAndBlue : public VethPair {
 protected:
  MyrtRedAndBlue() {
    fs::rename(bundle_.rootfs(), workspace() / "myroot");
    fs::create_directories(workspace() / "tools");
    write_file(workspace() / "tools/hello", "#!/bin/sh\necho hello from $(hostname)\n", 0755);
    prepare(red_, "red");
    prepare(blue_, "blue");
  }

  static void prepare(Bundle& bundle, const std::string& name) {
    fs::remove_all(bundle.rootfs());
    for (const char* directory : {"rootfs", "upper", "work"}) {
      fs::create_directories(bundle.path() / directory);
    }
    bundle.set("/hostname", json_quote(name))
        .set("/linux/resources/cpu", R"({"quota": 40000, "period": 100000})")
        .set("/linux/resources/memory", R"({"limit": 209715200, "swap": 209715200})")
        .capabilities({"CAP_NET_RAW"});
  }

  static Outcome start(Container& container) {
    return container.run_detached({"--overlay", "../tools:../myroot,upper=upper,work=work"});
  }

  static void expect_limits(const Container& container) {
    const fs::path memory = cgroup_of(container.pid(), "memory");
    EXPECT_EQ(read_value(memory / (cgroup_v2() ? "memory.max" : "memory.limit_in_bytes")),
              "209715200");
    const fs::path cpu = cgroup_of(container.pid(), "cpu");
    EXPECT_EQ(read_value(cpu / (cgroup_v2() ? "cpu.max" : "cpu.cfs_quota_us")),
              cgroup_v2() ? "40000 100000" : "40000");
  }
};

TEST_F(MyrtRedAndBlue, ShareLayersTalkToEachOtherAndLeaveNothing) {
  const std::string mounts = read_file("/proc/self/mountinfo");
  red_.shell("/hello; rm /hello; echo red > /who; ping -c 1 " + std::string(kBlueAddress) +
             "; echo done; exec sleep 100");
  blue_.shell("/hello; echo blue > /who; ls /; echo done; exec sleep 100");
  Container blue(blue_);
  Container red(red_);
  ASSERT_TRUE(succeeded(start(blue)));
  ASSERT_TRUE(blue.wait_for_output("done")) << blue.err();
  ASSERT_TRUE(succeeded(start(red)));
  ASSERT_TRUE(red.wait_for_output("done")) << red.err();

  EXPECT_TRUE(red.out().starts_with("hello from red\n")) << red.out();
  EXPECT_TRUE(contains(red.out(), "1 packets transmitted, 1 packets received")) << red.out();
  EXPECT_TRUE(blue.out().starts_with("hello from blue\n")) << blue.out();
  EXPECT_EQ(read_file(red_.path() / "upper/who"), "red\n");
  EXPECT_EQ(read_file(blue_.path() / "upper/who"), "blue\n");
  EXPECT_FALSE(fs::exists(blue_.path() / "upper/hello"));
  EXPECT_TRUE(fs::exists(workspace() / "tools/hello"));
  EXPECT_FALSE(fs::exists(workspace() / "myroot/who"));
  expect_limits(red);
  expect_limits(blue);
  EXPECT_EQ(read_file("/proc/self/mountinfo"), mounts);

  const fs::path cgroup = cgroup_of(red.pid(), "memory");
  EXPECT_TRUE(succeeded(red.remove({"--force"})));
  EXPECT_TRUE(succeeded(blue.remove({"--force"})));
  EXPECT_FALSE(fs::exists(cgroup));
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), mounts);
}

}  // namespace
}  // namespace myrt::test
