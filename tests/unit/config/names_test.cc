#include "config/names.h"

#include <sys/mount.h>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace myrt::config {
namespace {

TEST(Names, HasEveryCapabilityOnce) {
  // 0 to CAP_CHECKPOINT_RESTORE (40), linux/capability.h
  std::vector<bool> seen(41, false);
  for (const Named<int>& capability : capabilities()) {
    ASSERT_LT(static_cast<std::size_t>(capability.value), seen.size()) << capability.name;
    EXPECT_FALSE(seen[static_cast<std::size_t>(capability.value)]) << capability.name;
    seen[static_cast<std::size_t>(capability.value)] = true;
  }
  EXPECT_EQ(capabilities().size(), 41U);
}

TEST(Names, HasEveryResourceLimitOnce) {
  std::vector<bool> seen(RLIM_NLIMITS, false);
  for (const Named<int>& limit : rlimits()) {
    EXPECT_FALSE(seen[static_cast<std::size_t>(limit.value)]) << limit.name;
    seen[static_cast<std::size_t>(limit.value)] = true;
  }
  EXPECT_EQ(rlimits().size(), 16U);
}

TEST(Names, FindsWordsByTheirExactName) {
  EXPECT_EQ(find_name(capabilities(), "CAP_AUDIT_CONTROL")->value, 30);
  EXPECT_EQ(find_name(capabilities(), "CAP_WAKE_ALARM")->value, 35);
  EXPECT_EQ(find_name(rlimits(), "RLIMIT_NOFILE")->value, 7);
  EXPECT_EQ(find_name(namespaces(), "network")->value, NamespaceKind::kNetwork);
  EXPECT_EQ(find_name(propagations(), "rslave")->value, 0x80000UL | 0x4000UL);
  EXPECT_EQ(find_name(seccomp_actions(), "SCMP_ACT_KILL")->value, SeccompAction::kKillThread);
  EXPECT_EQ(find_name(seccomp_operators(), "SCMP_CMP_MASKED_EQ")->value,
            SeccompOperator::kMaskedEqual);
  EXPECT_NE(find_name(seccomp_architectures(), "SCMP_ARCH_X86_64"), nullptr);
  EXPECT_NE(find_name(seccomp_flags(), "SECCOMP_FILTER_FLAG_SPEC_ALLOW"), nullptr);
}

TEST(Names, FindsNothingElse) {
  for (const std::string_view name :
       {"", "CAP_", "CAP_KIL", "CAP_KILLL", "cap_kill", "KILL", "Z"}) {
    EXPECT_EQ(find_name(capabilities(), name), nullptr) << name;
  }
}

TEST(Names, HasTheSizesOfTheSpecification) {
  // config-linux.md 1.3.0: "Namespaces", "Seccomp".
  EXPECT_EQ(namespaces().size(), 8U);
  EXPECT_EQ(propagations().size(), 8U);
  EXPECT_EQ(seccomp_actions().size(), 9U);
  EXPECT_EQ(seccomp_operators().size(), 7U);
  EXPECT_EQ(seccomp_architectures().size(), 23U);
  EXPECT_EQ(seccomp_flags().size(), 4U);
  // config-linux.md 1.3.0: "Memory Policy", "Personality"; config.md: "Linux Process", where
  // SCHED_ISO is one more.
  EXPECT_EQ(memory_policy_modes().size(), 7U);
  EXPECT_EQ(memory_policy_flags().size(), 3U);
  EXPECT_EQ(personalities().size(), 2U);
  EXPECT_EQ(scheduler_policies().size(), 6U);
  EXPECT_EQ(scheduler_flags().size(), 7U);
  EXPECT_EQ(io_priority_classes().size(), 3U);
}

TEST(Names, ListsATableInItsOrder) {
  EXPECT_EQ(name_list(seccomp_operators()),
            "SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_LE, SCMP_CMP_LT, SCMP_CMP_MASKED_EQ, "
            "SCMP_CMP_NE");
}

}  // namespace
}  // namespace myrt::config
