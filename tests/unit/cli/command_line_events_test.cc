#include <gtest/gtest.h>

#include "cli/command_line.h"

namespace myrt::cli {
namespace {

CommandLine parse(std::vector<const char*> words) {
  words.insert(words.begin(), "myrt");
  return parse_command_line(static_cast<int>(words.size()), words.data(), "");
}

TEST(EventsCommandLine, HasDefaults) {
  const CommandLine line = parse({"events", "c1"});
  const auto& events = std::get<EventsCommand>(line.command);

  EXPECT_EQ(line.name, "events");
  EXPECT_EQ(events.id, "c1");
  EXPECT_EQ(events.interval, "5s");
  EXPECT_FALSE(events.once);
}

TEST(EventsCommandLine, TakesOptionsOnBothSidesOfTheId) {
  const CommandLine line = parse({"events", "--stats", "c1", "--interval", "1m30s"});
  const auto& events = std::get<EventsCommand>(line.command);

  EXPECT_EQ(events.interval, "1m30s");
  EXPECT_TRUE(events.once);
}

TEST(EventsCommandLine, NeedsAnIdAndTheOptionsValue) {
  EXPECT_NE(parse({"events"}).error, "");
  EXPECT_EQ(parse({"events", "c1", "--interval"}).error, "flag needs an argument: --interval");
}

}  // namespace
}  // namespace myrt::cli
