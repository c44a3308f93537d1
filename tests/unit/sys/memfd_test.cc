#include "sys/memfd.h"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sys/file.h"

namespace myrt::sys {
namespace {

TEST(SealedProgram, HoldsWhatWasGivenAndCannotBeChanged) {
  const Result<UniqueFd> program = sealed_program("test", "bytes");

  ASSERT_TRUE(program.has_value()) << program.error().text();
  ASSERT_EQ(::lseek(program->get(), 0, SEEK_SET), 0);
  EXPECT_EQ(read_all(program->get(), "test", 100).value(), "bytes");
  EXPECT_FALSE(write_all(program->get(), "more", "test").has_value());
  EXPECT_EQ(::ftruncate(program->get(), 1), -1);
  EXPECT_EQ(::fcntl(program->get(), F_GET_SEALS), kMemfdSeals);
}

}  // namespace
}  // namespace myrt::sys
