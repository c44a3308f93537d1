#include "container/process_table.h"

#include <vector>

#include <gtest/gtest.h>

namespace myrt::container {
namespace {

const std::vector<pid_t> kPids = {12, 345};

TEST(RowsOf, KeepTheHeaderAndTheProcessesAskedFor) {
  EXPECT_EQ(rows_of("UID          PID    PPID CMD\n"
                    "root           1       0 /sbin/init 12\n"
                    "root          12       1 sleep 100\n"
                    "user         345      12 sh -c 12\n"
                    "root         123       1 other\n",
                    kPids)
                .value(),
            "UID          PID    PPID CMD\n"
            "root          12       1 sleep 100\n"
            "user         345      12 sh -c 12\n");
}

TEST(RowsOf, OfNobodyAreTheHeaderAlone) {
  EXPECT_EQ(rows_of("  PID CMD\n    1 init\n", {}).value(), "  PID CMD\n");
}

TEST(RowsOf, TakeTheFirstOfTwoColumnsOfThatName) {
  EXPECT_EQ(rows_of("PPID PID PID\n   1  12  99\n   1  99  12\n", kPids).value(),
            "PPID PID PID\n   1  12  99\n");
}

TEST(RowsOf, NeedAColumnOfPids) {
  EXPECT_EQ(rows_of("COMMAND\ninit\n", kPids).error().text(),
            "want a column PID in the output of ps, got \"COMMAND\"");
  EXPECT_EQ(rows_of("", kPids).error().text(), "want a column PID in the output of ps, got \"\"");
}

TEST(RowsOf, NeedNumbersInThatColumn) {
  EXPECT_EQ(rows_of("CMD PID\nsleep 100 12\nsh -c 1\n", kPids).error().text(),
            "want a number in the column PID of ps, got \"-c\" in \"sh -c 1\": columns with blanks "
            "in them have to come after it");
  EXPECT_FALSE(rows_of("CMD PID\nsleep\n", kPids).has_value());
}

}  // namespace
}  // namespace myrt::container
