#include "plan/net_device_name.h"

#include <array>
#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

namespace myrt::plan {
namespace {

const std::vector<std::string> kTaken = {"lo", "eth0", "eth1", "eth3", "net0a"};

TEST(NetDeviceName, IsTheOneAskedFor) {
  EXPECT_EQ(net_device_name("eth2", kTaken).value(), "eth2");
  EXPECT_EQ(net_device_name("eth0", {}).value(), "eth0");
}

TEST(NetDeviceName, ThatIsTakenIsRefused) {
  const Result<std::string> name = net_device_name("eth0", kTaken);
  ASSERT_FALSE(name.has_value());
  EXPECT_EQ(name.error().code(), EEXIST);
  EXPECT_EQ(name.error().text(), "\"eth0\" in the container: File exists");
}

TEST(NetDeviceName, OfATemplateHasTheLowestFreeNumber) {
  EXPECT_EQ(net_device_name("eth%d", kTaken).value(), "eth2");
  EXPECT_EQ(net_device_name("net%da", kTaken).value(), "net1a");
  EXPECT_EQ(net_device_name("%d", kTaken).value(), "0");
}

TEST(NetDeviceName, OfATemplateFitsTheKernel) {
  // 15 bytes: IFNAMSIZ with its zero.
  std::vector<std::string> taken;
  for (int number = 0; number < 10; ++number) {
    taken.push_back("abcdefghijklmn" + std::to_string(number));
  }
  const Result<std::string> name = net_device_name("abcdefghijklmn%d", taken);
  ASSERT_FALSE(name.has_value());
  EXPECT_EQ(name.error().code(), ENFILE);
  taken.pop_back();
  EXPECT_EQ(net_device_name("abcdefghijklmn%d", taken).value(), "abcdefghijklmn9");
}

}  // namespace
}  // namespace myrt::plan
