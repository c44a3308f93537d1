#include <cerrno>

#include <gtest/gtest.h>

#include <myrt/error.h>
#include <myrt/result.h>

namespace myrt {
namespace {

Result<int> fail_with(int code) { return std::unexpected(Error(code, "open /x")); }

Result<int> one_more(Result<int> result) { return MYRT_TRY(std::move(result)) + 1; }

TEST(ErrorText, EndsWithTheTextOfTheErrnoValue) {
  EXPECT_EQ(Error(ENOENT, "open /x").text(), "open /x: No such file or directory");
}

TEST(ErrorText, WithoutErrnoIsTheDescription) {
  const Error error("config.json: want an object, got null");
  EXPECT_EQ(error.text(), "config.json: want an object, got null");
  EXPECT_EQ(error.code(), 0);
}

TEST(ErrorText, GrowsOneStepInFront) {
  Error error(EACCES, "open /x");
  error.add_context("read config");
  error.add_context("create c1");
  EXPECT_EQ(error.text(), "create c1: read config: open /x: Permission denied");
  EXPECT_EQ(error.what(), "create c1: read config: open /x");
  EXPECT_EQ(error.code(), EACCES);
}

TEST(ErrorFromErrno, TakesTheErrnoValueOfTheFailedCall) {
  errno = EINVAL;
  const Error error = Error::from_errno({"mount ", "tmpfs", " on /mnt"});
  EXPECT_EQ(error.code(), EINVAL);
  EXPECT_EQ(error.text(), "mount tmpfs on /mnt: Invalid argument");
}

TEST(ErrorFromCode, TakesTheGivenValue) {
  EXPECT_EQ(Error::from_code(EPERM, {"setns ", "net"}).text(),
            "setns net: Operation not permitted");
}

TEST(ErrnoText, NamesTheNumberOfAnUnknownValue) {
  EXPECT_EQ(errno_text(4095), "Unknown error 4095");
}

TEST(In, AddsContextToAFailureAlone) {
  EXPECT_EQ(in("create c1", fail_with(ENOENT)).error().what(), "create c1: open /x");
  EXPECT_EQ(in("create c1", Result<int>(7)), 7);
}

TEST(Try, UnwrapsAValueOrReturnsTheError) {
  EXPECT_EQ(one_more(7), 8);
  EXPECT_EQ(one_more(fail_with(ENOENT)).error().code(), ENOENT);
}

}  // namespace
}  // namespace myrt
