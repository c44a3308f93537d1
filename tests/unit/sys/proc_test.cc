#include "sys/proc.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

TEST(ParseMountinfo, ReadsTheExampleOfTheManPage) {
  // proc(5), "/proc/[pid]/mountinfo".
  const auto entries = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].id, 36);
  EXPECT_EQ(entries[0].parent, 35);
  EXPECT_EQ(entries[0].root, "/mnt1");
  EXPECT_EQ(entries[0].point, "/mnt2");
  EXPECT_EQ(entries[0].options, "rw,noatime");
  EXPECT_EQ(entries[0].optional_fields, "master:1");
  EXPECT_EQ(entries[0].type, "ext3");
  EXPECT_EQ(entries[0].source, "/dev/root");
  EXPECT_EQ(entries[0].super_options, "rw,errors=continue");
}

TEST(ParseMountinfo, ReadsSeveralOptionalFields) {
  const auto entries =
      parse_mountinfo("1 2 0:3 / /a rw shared:1 master:2 propagate_from:7 - tmpfs tmpfs rw\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].optional_fields, "shared:1 master:2 propagate_from:7");
}

TEST(ParseMountinfo, ReadsALineWithoutOptionalFields) {
  const auto entries = parse_mountinfo("1 2 0:3 / /a rw - tmpfs tmpfs rw\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].options, "rw");
  EXPECT_EQ(entries[0].optional_fields, "");
}

TEST(ParseMountinfo, UndoesTheOctalEscapes) {
  const auto entries =
      parse_mountinfo(R"(1 2 0:3 /r\040oot /a\011b\012c\134d\043e rw - tmpfs s\040rc rw)");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].root, "/r oot");
  EXPECT_EQ(entries[0].point, "/a\tb\nc\\d#e");
  EXPECT_EQ(entries[0].source, "s rc");
}

TEST(ParseMountinfo, KeepsWhatIsNoEscape) {
  const auto entries = parse_mountinfo(R"(1 2 0:3 / /a\9\04\777\ rw - tmpfs tmpfs rw)");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].point, R"(/a\9\04\777\)");
}

TEST(ParseMountinfo, IsNotMisledByASeparatorInAName) {
  // A directory named " - ": the kernel escapes its spaces.
  const auto entries = parse_mountinfo(R"(1 2 0:3 / /\040-\040 rw - tmpfs - rw)");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].point, "/ - ");
  EXPECT_EQ(entries[0].source, "-");
}

TEST(ParseMountinfo, ReadsAnEmptySource) {
  const auto entries = parse_mountinfo("1 2 0:3 / /a rw - tmpfs  rw,size=4k\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].source, "");
  EXPECT_EQ(entries[0].super_options, "rw,size=4k");
}

TEST(ParseMountinfo, SkipsMalformedLinesAlone) {
  const auto entries = parse_mountinfo(
      "\n"
      "nonsense\n"
      "1 2 0:3 / /a rw\n"                         // no separator
      "x 2 0:3 / /a rw - tmpfs tmpfs rw\n"        // no id
      "1 -2 0:3 / /a rw - tmpfs tmpfs rw\n"       // no parent
      "99999999999 2 0:3 / /a rw - tmpfs t rw\n"  // out of range
      "1 2 0:3 / - tmpfs tmpfs rw\n"              // fields missing
      " - \n"
      "7 8 0:3 / /good rw - tmpfs tmpfs rw\n");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].point, "/good");
}

TEST(ParseMountinfo, SurvivesAnyCutAndAnyChangedByte) {
  const std::string line =
      R"(36 35 98:0 /mnt\0401 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue)";
  std::minstd_rand random(1);  // the same bytes on every run
  for (std::size_t length = 0; length <= line.size(); ++length) {
    EXPECT_LE(parse_mountinfo(line.substr(0, length)).size(), 1U);
    std::string changed = line;
    for (int change = 0; change < 4; ++change) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    EXPECT_LE(parse_mountinfo(changed).size(), 4U);
  }
}

TEST(OwnMountinfo, HasTheRoot) {
  const auto entries = own_mountinfo();
  ASSERT_TRUE(entries.has_value());
  bool found = false;
  for (const MountEntry& entry : *entries) {
    found = found || entry.point == "/";
  }
  EXPECT_TRUE(found);
}

// Field 22 is 8317, field 31 is 30, field 33 is 32, fields 48 and 51 are 1000 and 2000, field 52
// is 9.
constexpr std::string_view kTail =
    " S 1 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8317 22 23 24 25 26 27 28 29 30 31 32 33 34 "
    "35 36 37 17 0 0 0 0 0 0 0 0 1000 0 0 2000 9\n";

TEST(ParseProcessStat, ReadsTheFieldsThatAreUsed) {
  const auto stat = parse_process_stat("10 (cat)" + std::string(kTail));
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->comm, "cat");
  EXPECT_EQ(stat->start_time, 8317U);
  EXPECT_EQ(stat->exit_code, 9);
  EXPECT_EQ(stat->pending_signals, 30U);
  EXPECT_EQ(stat->ignored_signals, 32U);
  EXPECT_EQ(stat->arguments_start, 1000U);
  EXPECT_EQ(stat->environment_end, 2000U);
}

TEST(ProcessStat, TellsWhichSignalsWait) {
  ::sigset_t usr1;
  ::sigemptyset(&usr1);
  ::sigaddset(&usr1, SIGUSR1);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &usr1, nullptr), 0);
  ASSERT_EQ(::raise(SIGUSR1), 0);
  const auto stat = process_stat(::getpid());
  int number = 0;
  EXPECT_EQ(::sigwait(&usr1, &number), 0);
  ASSERT_EQ(::pthread_sigmask(SIG_UNBLOCK, &usr1, nullptr), 0);

  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->pending_signals, 1U << (SIGUSR1 - 1U));
}

TEST(ParseProcessStat, TakesANameThatLooksLikeTheFieldsBehindIt) {
  const auto stat = parse_process_stat("10 (a) Z 1 (b) R)" + std::string(kTail));
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->comm, "a) Z 1 (b) R");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->start_time, 8317U);
}

TEST(ParseProcessStat, TakesAnEmptyName) {
  const auto stat = parse_process_stat("10 ()" + std::string(kTail));
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->comm, "");
}

TEST(ParseProcessStat, TakesALineWithoutAnExitCode) {
  const auto stat =
      parse_process_stat("10 (cat) Z 1 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8317");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'Z');
  EXPECT_EQ(stat->start_time, 8317U);
  EXPECT_EQ(stat->exit_code, 0);
}

TEST(ParseProcessStat, RefusesWhatIsNoSuchLine) {
  for (const char* text :
       {"", "(", ")", "10 cat S 1", "10 )cat( S 1", "10 (cat)", "10 (cat) ", "10 (cat) S 1 2 3",
        "10 (cat) S 1 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 -5 1",
        "10 (cat)  1 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8317 1",
        "10 (cat) SS 1 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8317 1"}) {
    EXPECT_FALSE(parse_process_stat(text).has_value()) << text;
  }
}

TEST(ParseProcessStat, QuotesWhatItGot) {
  const auto stat = parse_process_stat("garbage\x1b[2J\n");
  ASSERT_FALSE(stat.has_value());
  EXPECT_EQ(stat.error().text(), R"(want "pid (name) state ...", got "garbage\x1b[2J")");
}

TEST(ProcessStat, TellsANamedProcessAndItsZombieApart) {
  const auto cloned = clone_process({});
  ASSERT_TRUE(cloned.has_value());
  if (cloned->pid == 0) {
    ::prctl(PR_SET_NAME, "a) Z (b", 0UL, 0UL, 0UL);
    const auto own = process_stat(::getpid());
    child_exit(own.has_value() && own->comm == "a) Z (b" && own->state == 'R' ? 7 : 1);
  }
  ASSERT_TRUE(wait_pidfd(cloned->pidfd.get(), 10'000).value_or(false));
  const auto zombie = process_stat(cloned->pid);
  const auto status = wait_for(cloned->pid);
  ASSERT_TRUE(zombie.has_value());
  EXPECT_EQ(zombie->state, 'Z');
  EXPECT_GT(zombie->start_time, 0U);
  EXPECT_EQ(zombie->exit_code, 7 << 8);  // wait(2): the exit code is the second byte
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 7);
}

TEST(ProcessStat, IsEsrchForAProcessThatIsGone) {
  const auto cloned = clone_process({});
  ASSERT_TRUE(cloned.has_value());
  if (cloned->pid == 0) {
    child_exit(0);
  }
  ASSERT_TRUE(wait_for(cloned->pid).has_value());
  const auto stat = process_stat(cloned->pid);
  ASSERT_FALSE(stat.has_value());
  EXPECT_EQ(stat.error().code(), ESRCH);
  EXPECT_EQ(stat.error().text(),
            "open /proc/" + std::to_string(cloned->pid) + "/stat: No such process");
}

}  // namespace
}  // namespace myrt::sys
