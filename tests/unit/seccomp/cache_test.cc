#include "seccomp/cache.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "seccomp/cache_entry.h"
#include "support/call.h"
#include "support/profiles.h"
#include "sys/file.h"

namespace myrt::seccomp {
namespace {

using test::all_support;
using test::allow_list;
using test::answer;
using test::errno_value;
using test::rule;

const Seccomp kProfile = allow_list({rule({"read", "close_range"})});

std::string key_of(const Seccomp& seccomp) {
  return cache_key(seccomp, all_support(), this_compiler());
}

/// A filter that no profile compiles to: where it comes back, it came from the cache.
Filter marked_filter() {
  Filter filter;
  filter.program = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 123}};
  return filter;
}

class Cache : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(root_.data()), nullptr);
    state_root_.reset(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    Result<sys::UniqueFd> cache = open_cache(state_root_.get());
    ASSERT_TRUE(cache.has_value()) << cache.error().text();
    cache_ = *std::move(cache);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  Filter compiled(const Seccomp& seccomp) {
    Result<Filter> filter = compile_cached(seccomp, all_support(), cache_.get());
    EXPECT_TRUE(filter.has_value()) << filter.error().text();
    return std::move(filter).value_or(Filter());
  }
  void put(const std::string& name, const std::string& entry) {
    ASSERT_TRUE(sys::replace_file(cache_.get(), name, entry, 0600).has_value());
  }
  std::string content(const std::string& name) {
    return sys::read_file(cache_.get(), name, 1U << 20U).value_or("");
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      found.push_back(entry.path().filename());
    }
    return found;
  }
  [[nodiscard]] std::string directory() const { return root_ + "/.seccomp-cache"; }

  std::string root_ = "/tmp/seccomp_cache_test.XXXXXX";
  sys::UniqueFd state_root_;
  sys::UniqueFd cache_;
};

TEST_F(Cache, KeepsWhatWasCompiled) {
  const Filter filter = compiled(kProfile);

  EXPECT_EQ(answer(filter, "read"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(names(), std::vector<std::string>{entry_name(key_of(kProfile))});
  EXPECT_EQ(compiled(kProfile), filter);
}

TEST_F(Cache, AnswersWithoutCompiling) {
  put(entry_name(key_of(kProfile)), encode_entry(key_of(kProfile), marked_filter()));
  EXPECT_EQ(compiled(kProfile), marked_filter());
}

TEST_F(Cache, RemembersSkippedCalls) {
  const Seccomp seccomp = allow_list({rule({"read", "no_such_call"})});
  EXPECT_EQ(compiled(seccomp).skipped, std::vector<std::string>{"no_such_call"});
  EXPECT_EQ(compiled(seccomp).skipped, std::vector<std::string>{"no_such_call"});
}

TEST_F(Cache, TakesTheListenerFromTheProfile) {
  Seccomp seccomp;
  seccomp.listener_path = "/run/agent";
  seccomp.listener_metadata = "metadata";
  seccomp.syscalls = {rule({"mount"}, SeccompAction::kNotify)};
  const Filter filter = compiled(seccomp);

  EXPECT_TRUE(filter.notify);
  EXPECT_EQ(filter.listener_path, "/run/agent");
  EXPECT_EQ(compiled(seccomp), filter);
}

TEST_F(Cache, KeepsProfilesApartThatDifferInAnErrnoValueAlone) {
  Seccomp seccomp = kProfile;
  EXPECT_EQ(answer(compiled(seccomp), "getpid"), errno_value(EPERM));
  seccomp.default_errno_ret = EACCES;
  EXPECT_EQ(answer(compiled(seccomp), "getpid"), errno_value(EACCES));
  EXPECT_EQ(names().size(), 2U);
}

TEST_F(Cache, ReplacesADamagedEntry) {
  const std::string name = entry_name(key_of(kProfile));
  const Filter filter = compiled(kProfile);
  const std::string entry = content(name);
  std::string damaged = entry;
  damaged[damaged.size() / 2] ^= 1;
  for (const std::string& bad :
       {damaged, entry.substr(0, 20), std::string(), std::string(4096, '\0')}) {
    put(name, bad);
    EXPECT_EQ(compiled(kProfile), filter);
    EXPECT_EQ(content(name), entry);
  }
}

TEST_F(Cache, ReplacesAnEntryOfAnotherProfileWithTheSameName) {
  const std::string name = entry_name(key_of(kProfile));
  put(name, encode_entry(key_of(Seccomp()), marked_filter()));

  EXPECT_EQ(answer(compiled(kProfile), "read"), SECCOMP_RET_ALLOW);
  EXPECT_TRUE(decode_entry(content(name), key_of(kProfile)).has_value());
}

TEST_F(Cache, DoesNotUseTheEntryOfAnotherVersionOfTheLibrary) {
  Compiler other = this_compiler();
  ++other.micro;
  const std::string name = entry_name(key_of(kProfile));
  put(name, encode_entry(cache_key(kProfile, all_support(), other), marked_filter()));

  EXPECT_EQ(answer(compiled(kProfile), "read"), SECCOMP_RET_ALLOW);
}

TEST_F(Cache, IsClosedToOtherUsers) {
  compiled(kProfile);
  struct ::stat status{};
  ASSERT_EQ(::stat(directory().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat((directory() + "/" + names().at(0)).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(Cache, IsOpenedAgain) {
  const Result<sys::UniqueFd> again = open_cache(state_root_.get());
  EXPECT_TRUE(again.has_value());
}

TEST_F(Cache, IsNotUsedWhenOthersMayWriteToIt) {
  ASSERT_EQ(::chmod(directory().c_str(), 0770), 0);
  const Result<sys::UniqueFd> again = open_cache(state_root_.get());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().text(), ".seccomp-cache is open to other users: Operation not permitted");
}

TEST_F(Cache, IsNotFoundThroughALink) {
  std::filesystem::rename(directory(), root_ + "/elsewhere");
  std::filesystem::create_symlink("elsewhere", directory());
  EXPECT_FALSE(open_cache(state_root_.get()).has_value());
}

TEST_F(Cache, ThatCannotBeWrittenCostsNothingButTime) {
  std::filesystem::remove(
      directory());  // nothing can be created in a removed directory, even by root
  EXPECT_EQ(answer(compiled(kProfile), "read"), SECCOMP_RET_ALLOW);

  cache_.reset();
  EXPECT_EQ(answer(compiled(kProfile), "read"), SECCOMP_RET_ALLOW);
}

TEST_F(Cache, DoesNotKeepFailures) {
  Seccomp seccomp;
  seccomp.architectures = {"SCMP_ARCH_NONE"};
  EXPECT_FALSE(compile_cached(seccomp, all_support(), cache_.get()).has_value());
  EXPECT_TRUE(names().empty());
}

TEST_F(Cache, ForgetsTheOldestBeyondItsSize) {
  for (int i = 0; i < 70; ++i) {
    const std::string name = "entry" + std::to_string(i);
    put(name, "x");
    const timespec times[] = {{.tv_sec = 1000 + i, .tv_nsec = 0},
                              {.tv_sec = 1000 + i, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(cache_.get(), name.c_str(), times, 0), 0);
  }
  compiled(kProfile);

  EXPECT_EQ(names().size(), 64U);
  EXPECT_EQ(content("entry6"), "");
  EXPECT_EQ(content("entry7"), "x");
  EXPECT_NE(content(entry_name(key_of(kProfile))), "");
}

TEST_F(Cache, DoesNotLookAtItsSizeOnAHit) {
  compiled(kProfile);
  for (int i = 0; i < 70; ++i) {
    put("entry" + std::to_string(i), "x");
  }
  compiled(kProfile);
  EXPECT_EQ(names().size(), 71U);
}

}  // namespace
}  // namespace myrt::seccomp
