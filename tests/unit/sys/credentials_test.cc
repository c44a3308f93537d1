#include "sys/credentials.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint32_t kKeep = 0xFFFFFFFF;  // "no change" to the kernel (setresuid(2))

/// The set that the kernel shows, without the code under test.
std::uint64_t bounding_set() {
  std::uint64_t set = 0;
  for (unsigned bit = 0; bit < 64; ++bit) {
    set |= ::prctl(PR_CAPBSET_READ, bit, 0UL, 0UL, 0UL) == 1 ? std::uint64_t{1} << bit : 0;
  }
  return set;
}

TEST(LastCapability, IsTheHighestThatThePrctlKnows) {
  const int last = last_capability();
  EXPECT_GE(last, 40);  // CAP_CHECKPOINT_RESTORE, Linux 5.9
  EXPECT_LT(last, 64);
  EXPECT_NE(::prctl(PR_CAPBSET_READ, last, 0UL, 0UL, 0UL), -1);
  EXPECT_EQ(::prctl(PR_CAPBSET_READ, last + 1, 0UL, 0UL, 0UL), -1);
}

TEST(LimitBoundingSet, DropsNothingThatIsKept) {
  const std::uint64_t before = bounding_set();
  ASSERT_TRUE(limit_bounding_set(kAll).has_value());
  EXPECT_EQ(bounding_set(), before);
}

TEST(LimitBoundingSet, KeepsExactlyTheBitsAskedForOrSaysWhichItMayNotDrop) {
  const auto status = run_in_child([] {
    constexpr std::uint64_t kTwo = 1U << 5U | 1U << 10U;  // CAP_KILL, CAP_NET_BIND_SERVICE
    const std::uint64_t before = bounding_set();
    const auto done = limit_bounding_set(kTwo);
    if (done.has_value()) {
      return bounding_set() == (before & kTwo) ? 0 : 1;
    }
    return done.error().text() == "cap_drop_bound 0: Operation not permitted" ? 0 : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(LimitBoundingSet, NeedsNoPrivilegeForBitsThatAreNotThere) {
  const auto status = run_in_child([] {
    if (!limit_bounding_set(0).has_value()) {
      return 0;  // no privilege to start with
    }
    return set_capabilities(0, 0, 0).has_value() && limit_bounding_set(0).has_value() ? 0 : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetCapabilities, CanAlwaysGiveUpAll) {
  const auto status = run_in_child([] {
    return set_capabilities(0, 0, 0).has_value() && permitted_capabilities() == 0 ? 0 : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetCapabilities, SetsBitsOfBothHalves) {
  const auto held = permitted_capabilities();
  ASSERT_TRUE(held.has_value());
  static constexpr std::uint64_t kTwo = 1U << 5U | std::uint64_t{1} << 39U;  // CAP_KILL, CAP_BPF
  if ((*held & kTwo) != kTwo) {
    GTEST_SKIP() << "needs CAP_KILL and CAP_BPF";
  }
  const auto status = run_in_child([] {
    return set_capabilities(kTwo, kTwo, 0).has_value() && permitted_capabilities() == kTwo ? 0 : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetCapabilities, NamesTheSetsThatAreRefused) {
  const auto status = run_in_child([] {
    if (!set_capabilities(0, 0, 0).has_value()) {
      return 1;
    }
    const auto done = set_capabilities(0x20, 0x400020, 0);
    return !done.has_value() && done.error().text() ==
                                    "capset effective 0x20 permitted 0x400020 inheritable 0x0: "
                                    "Operation not permitted"
               ? 0
               : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetAmbient, NamesTheCapabilityThatIsNotInheritable) {
  const auto status = run_in_child([] {
    if (!set_capabilities(0, 0, 0).has_value() || !set_ambient(0).has_value()) {
      return 1;
    }
    const auto done = set_ambient(1U << 5U);
    return !done.has_value() && done.error().text() == "cap_set_ambient 5: Operation not permitted"
               ? 0
               : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetAmbient, RaisesExactlyTheBitsAskedFor) {
  static constexpr std::uint64_t kTwo = 1U << 5U | 1U << 10U;
  if ((permitted_capabilities().value_or(0) & kTwo) != kTwo) {
    GTEST_SKIP() << "needs CAP_KILL and CAP_NET_BIND_SERVICE";
  }
  const auto status = run_in_child([] {
    if (!set_capabilities(kTwo, kTwo, kTwo).has_value() || !set_ambient(kTwo).has_value() ||
        !set_ambient(1U << 10U).has_value()) {
      return 1;
    }
    return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 10UL, 0UL, 0UL) == 1 &&
                   ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 5UL, 0UL, 0UL) == 0
               ? 0
               : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetKeepCapabilities, IsReadBack) {
  const auto status = run_in_child([] {
    return set_keep_capabilities(true).has_value() && ::prctl(PR_GET_KEEPCAPS) == 1 &&
                   set_keep_capabilities(false).has_value() && ::prctl(PR_GET_KEEPCAPS) == 0
               ? 0
               : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetIds, KeepTheIdsForTheValueThatMeansNoChange) {
  const auto status = run_in_child([] {
    const uid_t uid = ::getuid();
    const gid_t gid = ::getgid();
    return set_gid(kKeep).has_value() && set_uid(kKeep).has_value() && ::getuid() == uid &&
                   ::getgid() == gid
               ? 0
               : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(SetIds, NameTheIdsThatAreRefused) {
  const auto status = run_in_child([] {
    constexpr std::array<std::uint32_t, 2> kGroups{4242, 4243};
    if (!set_capabilities(0, 0, 0).has_value()) {
      return 1;
    }
    if (set_gid(4242).error().text() != "setresgid 4242: Operation not permitted") {
      return 2;
    }
    if (set_uid(4242).error().text() != "setresuid 4242: Operation not permitted") {
      return 3;
    }
    if (set_groups(kGroups).error().text() != "setgroups 4242 4243: Operation not permitted") {
      return 4;
    }
    return set_groups({}).error().text() == "setgroups (none): Operation not permitted" ? 0 : 5;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

}  // namespace
}  // namespace myrt::sys
