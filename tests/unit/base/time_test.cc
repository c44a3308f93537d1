#include "base/time.h"

#include <gtest/gtest.h>

namespace myrt::base {
namespace {

TEST(Rfc3339, WritesSecondsInUtc) { EXPECT_EQ(rfc3339(0, 0, 0), "1970-01-01T00:00:00Z"); }

TEST(Rfc3339, KnowsLeapDays) {
  EXPECT_EQ(rfc3339(951'782'400, 0, 0), "2000-02-29T00:00:00Z");  // date -u -d @951782400
}

TEST(Rfc3339, WritesAsManyDecimalsAsAsked) {
  EXPECT_EQ(rfc3339(1'795'342'390, 42'427'181, 9), "2026-11-22T10:13:10.042427181Z");
  EXPECT_EQ(rfc3339(1'795'342'390, 42'427'181, 3), "2026-11-22T10:13:10.042Z");
}

}  // namespace
}  // namespace myrt::base
