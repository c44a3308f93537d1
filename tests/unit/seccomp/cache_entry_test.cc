#include "seccomp/cache_entry.h"

#include <linux/filter.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

constexpr Compiler kCompiler = {.architecture = 0xc000003e, .major = 2, .minor = 5, .micro = 4};

/// A profile in which every field has a value of its own.
Seccomp full_profile() {
  Seccomp seccomp = test::allow_list({{.names = {"read", "write"},
                                       .action = SeccompAction::kErrno,
                                       .errno_ret = 5,
                                       .args = {{.index = 1, .value = 2, .value_two = 3}}}});
  seccomp.default_errno_ret = 1;
  seccomp.architectures = {"SCMP_ARCH_X86"};
  seccomp.flags = {"SECCOMP_FILTER_FLAG_LOG"};
  seccomp.listener_path = "/run/agent";
  seccomp.listener_metadata = "metadata";
  return seccomp;
}

Filter some_filter() {
  Filter filter;
  filter.program = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 4},
                    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  filter.flags = SECCOMP_FILTER_FLAG_LOG;
  filter.skipped = {"no_such_call", ""};
  return filter;
}

std::string key_of(const Seccomp& seccomp) {
  return cache_key(seccomp, test::all_support(), kCompiler);
}

TEST(CacheKey, IsTheSameForEqualProfiles) {
  EXPECT_EQ(key_of(full_profile()), key_of(full_profile()));
}

TEST(CacheKey, CoversEveryFieldOfTheProfile) {
  const std::vector<std::function<void(Seccomp&)>> changes = {
      [](Seccomp& s) { s.default_action = SeccompAction::kTrap; },
      [](Seccomp& s) { s.default_errno_ret = 2; },
      [](Seccomp& s) { s.default_errno_ret.reset(); },
      [](Seccomp& s) { s.architectures = {"SCMP_ARCH_X32"}; },
      [](Seccomp& s) { s.architectures.clear(); },
      [](Seccomp& s) { s.flags = {"SECCOMP_FILTER_FLAG_TSYNC"}; },
      [](Seccomp& s) { s.flags->clear(); },
      [](Seccomp& s) { s.flags.reset(); },
      [](Seccomp& s) { s.listener_path = "/run/other"; },
      [](Seccomp& s) { s.listener_metadata = "other"; },
      [](Seccomp& s) { s.syscalls.clear(); },
      [](Seccomp& s) { s.syscalls[0].names = {"read", "writev"}; },
      [](Seccomp& s) { s.syscalls[0].action = SeccompAction::kTrace; },
      [](Seccomp& s) { s.syscalls[0].errno_ret = 6; },
      [](Seccomp& s) { s.syscalls[0].errno_ret.reset(); },
      [](Seccomp& s) { s.syscalls[0].args.clear(); },
      [](Seccomp& s) { s.syscalls[0].args[0].index = 0; },
      [](Seccomp& s) { s.syscalls[0].args[0].value = 9; },
      [](Seccomp& s) { s.syscalls[0].args[0].value_two = 9; },
      [](Seccomp& s) { s.syscalls[0].args[0].op = SeccompOperator::kLess; },
  };
  std::set<std::string> keys = {key_of(full_profile())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Seccomp changed = full_profile();
    changes[i](changed);
    EXPECT_TRUE(keys.insert(key_of(changed)).second) << "change " << i;
  }
}

TEST(CacheKey, CoversTheKernel) {
  std::set<std::string> keys = {cache_key(Seccomp(), {}, kCompiler)};
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {.kill_process = true}, kCompiler)).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {.log = true}, kCompiler)).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {.notify = true}, kCompiler)).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {.flags = 4}, kCompiler)).second);
}

TEST(CacheKey, CoversTheMachineAndTheVersionOfTheLibrary) {
  std::set<std::string> keys = {cache_key(Seccomp(), {}, kCompiler)};
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {}, {0x40000003, 2, 5, 4})).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {}, {0xc000003e, 3, 5, 4})).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {}, {0xc000003e, 2, 6, 4})).second);
  EXPECT_TRUE(keys.insert(cache_key(Seccomp(), {}, {0xc000003e, 2, 5, 5})).second);
}

TEST(CacheKey, TellsWhereOneStringEndsAndTheNextBegins) {
  EXPECT_NE(key_of(test::allow_list({test::rule({"ab", "c"})})),
            key_of(test::allow_list({test::rule({"a", "bc"})})));
  EXPECT_NE(key_of(test::allow_list({test::rule({"a", "b"})})),
            key_of(test::allow_list({test::rule({"a"}), test::rule({"b"})})));
}

TEST(EntryName, IsSixteenHexadecimalDigits) {
  const std::string name = entry_name("some key");
  EXPECT_EQ(name.size(), 16U);
  EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(name, entry_name("some kez"));
  EXPECT_NE(entry_name(std::string(8, '\0')), entry_name(std::string(9, '\0')));
}

TEST(CacheEntry, GivesBackWhatWasPutIn) {
  EXPECT_EQ(decode_entry(encode_entry("key", some_filter()), "key"), some_filter());
}

TEST(CacheEntry, KnowsANotifyingFilterByItsFlags) {
  Filter filter = some_filter();
  filter.flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
  filter.notify = true;
  EXPECT_EQ(decode_entry(encode_entry("key", filter), "key"), filter);
}

TEST(CacheEntry, BelongsToItsWholeKey) {
  const std::string entry = encode_entry("key", some_filter());
  EXPECT_FALSE(decode_entry(entry, "kez").has_value());
  EXPECT_FALSE(decode_entry(entry, "ke").has_value());
  EXPECT_FALSE(decode_entry(entry, "key2").has_value());
}

TEST(CacheEntry, ThatWasCutIsNothing) {
  const std::string entry = encode_entry("key", some_filter());
  for (std::size_t size = 0; size < entry.size(); ++size) {
    EXPECT_FALSE(decode_entry(entry.substr(0, size), "key").has_value()) << size;
  }
  EXPECT_FALSE(decode_entry(entry + '\0', "key").has_value());
}

TEST(CacheEntry, WithOneChangedBitIsNothing) {
  const std::string entry = encode_entry("key", some_filter());
  for (std::size_t bit = 0; bit < entry.size() * 8; ++bit) {
    std::string damaged = entry;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_entry(damaged, "key").has_value()) << bit;
  }
}

TEST(CacheEntry, MustHoldAProgramThatTheKernelCouldTake) {
  Filter filter = some_filter();
  filter.program.clear();
  EXPECT_FALSE(decode_entry(encode_entry("key", filter), "key").has_value());
  filter.program.assign(BPF_MAXINSNS + 1, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  EXPECT_FALSE(decode_entry(encode_entry("key", filter), "key").has_value());
}

}  // namespace
}  // namespace myrt::seccomp
