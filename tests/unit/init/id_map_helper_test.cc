#include "init/id_map_helper.h"

#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

using testing::ElementsAre;

TEST(HelperArguments, AreThePidAndTheMap) {
  EXPECT_THAT(helper_arguments(IdKind::kUid, 77, "0 1000 1\n1 100000 65536\n"),
              ElementsAre("newuidmap", "77", "0", "1000", "1", "1", "100000", "65536"));
  EXPECT_THAT(helper_arguments(IdKind::kGid, 77, "0 1000 1\n"),
              ElementsAre("newgidmap", "77", "0", "1000", "1"));
}

TEST(WriteMapByHelper, SaysWhenThereIsNone) {
  ASSERT_EQ(::setenv("PATH", "/nowhere", 1), 0);
  const Result<void> written = write_map_by_helper(IdKind::kGid, 77, "0 1000 1\n");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(
      written.error().text(),
      "/linux/gidMappings: more than the user's own id takes newgidmap, which is not in $PATH");
}

}  // namespace
}  // namespace myrt::init
