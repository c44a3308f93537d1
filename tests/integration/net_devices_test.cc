// linux.netDevices (config-linux.md "Network Devices"). The runtime is called in a network
// namespace of the test's, which is its host's then: veth0 is there, its other end in a second
// namespace.

#include <optional>

#include "support/fixture.h"
#include "support/network.h"
#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

class NetDevicesTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    network_.emplace();
    ip({"address", "add", "2001:db8::2/64", "dev", "veth0", "nodad"});
    // Neither lasting nor of global scope.
    ip({"address", "add", "169.254.1.1/16", "dev", "veth0", "scope", "link"});
    ip({"address", "add", "10.99.99.99/24", "dev", "veth0", "valid_lft", "1000", "preferred_lft",
        "1000"});
  }

  void TearDown() override {
    network_.reset();
    RuntimeTest::TearDown();
  }

  void ip(const std::vector<std::string>& arguments) {
    EXPECT_TRUE(succeeded(network_->ip_in_red(arguments)));
  }

  Bundle& devices(const std::string& json) { return bundle_.set("/linux/netDevices", json); }

  Outcome run_in_red(Container& container) {
    return container.run(network_->in_red(container.run_command()));
  }

  /// What the bundle's program prints; the run must succeed.
  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    Container container(bundle_);
    const Outcome outcome = run_in_red(container);
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

  /// veth0 is in red, up, and has the addresses that it had.
  void expect_back_in_red() {
    const Outcome shown = network_->ip_in_red({"-o", "address", "show", "dev", "veth0", "up"});
    EXPECT_TRUE(succeeded(shown));
    EXPECT_TRUE(contains(shown.out, "inet 10.11.11.2/24")) << shown.out;
    EXPECT_TRUE(contains(shown.out, "inet6 2001:db8::2/64")) << shown.out;
  }

  std::optional<NetworkPair> network_;
};

using NetDevices = NetDevicesTest;

TEST_F(NetDevices, MoveWithTheirLastingAddressesAndAreUp) {
  devices(R"({"veth0": {"name": "net7"}})");
  const std::string out = output_of("ip -o link show net7; ip -o addr show dev net7; ip -o link");
  EXPECT_TRUE(contains(out, "net7")) << out;
  EXPECT_TRUE(contains(out, ",UP")) << out;
  EXPECT_TRUE(contains(out, "inet 10.11.11.2/24")) << out;
  EXPECT_TRUE(contains(out, "inet6 2001:db8::2/64")) << out;
  EXPECT_FALSE(contains(out, "169.254.1.1")) << out;
  EXPECT_FALSE(contains(out, "10.99.99.99")) << out;
  EXPECT_FALSE(contains(out, "veth0")) << out;
}

TEST_F(NetDevices, KeepTheirNameWithoutAnother) {
  devices(R"({"veth0": {}})");
  EXPECT_TRUE(contains(output_of("ip -o addr show dev veth0"), "inet 10.11.11.2/24"));
}

TEST_F(NetDevices, HaveTheLowestFreeNumberInATemplate) {
  devices(R"({"veth0": {"name": "lo%d"}})");
  EXPECT_TRUE(contains(output_of("ip -o addr show dev lo0"), "inet 10.11.11.2/24"));
}

TEST_F(NetDevices, ReachTheOtherEnd) {
  devices(R"({"veth0": {"name": "net7"}})").capabilities({"CAP_NET_RAW"});
  EXPECT_TRUE(contains(output_of("ping -c 1 -W 5 10.11.11.3"), "1 packets received"));
}

TEST_F(NetDevices, AreThereForSysctlsAndHooks) {
  const auto seen = workspace() / "seen";
  devices(R"({"veth0": {"name": "net7"}})")
      .set("/linux/sysctl", R"({"net.ipv4.conf.net7.forwarding": "1"})")
      .set("/hooks/createContainer/0",
           R"({"path": "/bin/sh", "args": ["sh", "-c", "ip -o link > )" + seen.string() +
               R"("], "env": ["PATH=/usr/sbin:/sbin:/usr/bin:/bin"]})");
  EXPECT_EQ(output_of("cat /proc/sys/net/ipv4/conf/net7/forwarding"), "1\n");
  EXPECT_TRUE(contains(read_file(seen), "net7")) << read_file(seen);
}

TEST_F(NetDevices, MoveIntoAUserNamespaceOfTheContainer) {
  devices(R"({"veth0": {"name": "net7"}})")
      .set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  EXPECT_TRUE(contains(output_of("ip -o addr show dev net7"), "inet 10.11.11.2/24"));
}

TEST_F(NetDevices, MoveIntoANamespaceThatIsJoinedAndStayThere) {
  bundle_.set_namespace("network", network_->blue_path());
  devices(R"({"veth0": {"name": "net7"}})");
  EXPECT_TRUE(contains(output_of("ip -o addr show dev net7"), "inet 10.11.11.2/24"));
  EXPECT_TRUE(succeeded(network_->ip_in_blue({"link", "show", "dev", "net7"})));
  EXPECT_FALSE(succeeded(network_->ip_in_red({"link", "show", "dev", "veth0"})));
}

TEST_F(NetDevices, ThatAreMissingAreAnError) {
  devices(R"({"nodevice0": {}})");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container), "nodevice0"));
}

TEST_F(NetDevices, CannotHaveANameThatIsTaken) {
  bundle_.set_namespace("network", network_->blue_path());
  devices(R"({"veth0": {"name": "veth1"}})");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container), "veth1"));
  expect_back_in_red();
}

TEST_F(NetDevices, NeedANetworkNamespace) {
  devices(R"({"veth0": {}})").remove_namespace("network");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container)));
  expect_back_in_red();
}

TEST_F(NetDevices, DoNotMoveToTheRuntimesOwnNamespace) {
  bundle_.set_namespace("network", network_->red_path());
  devices(R"({"veth0": {"name": "net7"}})");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container)));
  expect_back_in_red();
}

TEST_F(NetDevices, AreBackWhenTheCreationFails) {
  devices(R"({"veth0": {"name": "net7"}})").args({"/no/such/program"});
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container), "no such file or directory"));
  expect_back_in_red();
}

TEST_F(NetDevices, AreBackFromANamespaceThatIsJoinedWhenTheCreationFails) {
  bundle_.set_namespace("network", network_->blue_path()).args({"/no/such/program"});
  devices(R"({"veth0": {"name": "net7"}})");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container)));
  expect_back_in_red();
}

TEST_F(NetDevices, AreBackWhenALaterOneFails) {
  ip({"link", "add", "second", "type", "veth", "peer", "name", "third"});
  bundle_.set_namespace("network", network_->blue_path());
  devices(R"({"veth0": {"name": "net7"}, "second": {"name": "veth1"}})");
  Container container(bundle_);
  EXPECT_TRUE(failed(run_in_red(container)));
  expect_back_in_red();
  // It was down.
  EXPECT_EQ(network_->ip_in_red({"-o", "link", "show", "dev", "second", "up"}).out, "");
  EXPECT_TRUE(succeeded(network_->ip_in_red({"link", "show", "dev", "second"})));
}

using RootlessNetDevices = OrdinaryUserTest;

TEST_F(RootlessNetDevices, AreRefused) {
  bundle_.set("/linux/netDevices", R"({"lo": {"name": "net7"}})").args({"/bin/true"});
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

using MyrtNetDevices = NetDevicesTest;

TEST_F(MyrtNetDevices, SayWhatIsMissing) {
  devices("\n{\"nodevice0\":\n {\"name\": \"net7\"}}");
  Container container(bundle_);
  const Outcome outcome = run_in_red(container);
  EXPECT_TRUE(failed(outcome,
                     "/linux/netDevices/nodevice0: look up network device nodevice0: No "
                     "such device"));
  EXPECT_TRUE(contains(outcome.err, "config.json:")) << outcome.err;
}

TEST_F(MyrtNetDevices, SayWhichNameIsTaken) {
  bundle_.set_namespace("network", network_->blue_path());
  devices(R"({"veth0": {"name": "veth1"}})");
  Container container(bundle_);
  expect_message(
      run_in_red(container),
      "run " + container.id() + ": network device veth0: \"veth1\" in the container: File exists");
}

TEST_F(MyrtNetDevices, SayThatTheNamespaceIsTheHosts) {
  bundle_.set_namespace("network", network_->red_path());
  devices(R"({"veth0": {}})");
  Container container(bundle_);
  expect_message(run_in_red(container),
                 "run " + container.id() +
                     ": config.json: /linux/netDevices: want another network namespace than the "
                     "host's");
}

}  // namespace
}  // namespace myrt::test
