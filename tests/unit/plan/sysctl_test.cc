#include <gtest/gtest.h>

#include "plan/parts.h"

namespace myrt::plan {
namespace {

std::string path_of(std::string key) {
  const auto writes = sysctl_writes({{std::move(key), "1"}});
  return writes.has_value() ? writes->at(0).first : writes.error().text();
}

TEST(SysctlWrites, TurnDotsIntoDirectories) {
  EXPECT_EQ(path_of("net.ipv4.ip_forward"), "net/ipv4/ip_forward");
}

TEST(SysctlWrites, TakeSlashesAsTheyAre) {
  EXPECT_EQ(path_of("net/ipv4/conf/eno2.100/forwarding"), "net/ipv4/conf/eno2.100/forwarding");
}

TEST(SysctlWrites, TakeASlashBetweenDotsForADot) {
  EXPECT_EQ(path_of("net.ipv4.conf.eno2/100.forwarding"), "net/ipv4/conf/eno2.100/forwarding");
}

TEST(SysctlWrites, KeepOrderAndValues) {
  const auto writes = sysctl_writes({{"kernel.sem", "1 2 3 4"}, {"kernel.msgmax", "1"}});

  ASSERT_TRUE(writes.has_value());
  ASSERT_EQ(writes->size(), 2U);
  EXPECT_EQ(writes->at(0).first, "kernel/sem");
  EXPECT_EQ(writes->at(0).second, "1 2 3 4");
  EXPECT_EQ(writes->at(1).first, "kernel/msgmax");
}

TEST(SysctlWrites, RefuseWhatIsNoName) {
  EXPECT_EQ(path_of("net/../kernel/core_pattern"),
            "/linux/sysctl: \"net/../kernel/core_pattern\" is not the name of a sysctl");
  EXPECT_EQ(path_of("/net/ipv4/ip_forward"),
            "/linux/sysctl: \"/net/ipv4/ip_forward\" is not the name of a sysctl");
  // As dots separate, the slash between them is a dot: "net/../../x".
  EXPECT_EQ(path_of("net.//.//.x"), "/linux/sysctl: \"net.//.//.x\" is not the name of a sysctl");
  EXPECT_EQ(path_of("net..ipv4"), "/linux/sysctl: \"net..ipv4\" is not the name of a sysctl");
  EXPECT_EQ(path_of("net/./ipv4"), "/linux/sysctl: \"net/./ipv4\" is not the name of a sysctl");
  EXPECT_EQ(path_of(""), "/linux/sysctl: \"\" is not the name of a sysctl");
}

}  // namespace
}  // namespace myrt::plan
