#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseHooks, ReadsEveryKindInOrder) {
  const auto parsed = parse_section(parse_hooks, R"({
      "prestart": [{"path": "/a"}, {"path": "/b", "args": ["b", "x"], "env": ["A=1"], "timeout": 5}],
      "createRuntime": [{"path": "/c"}], "createContainer": [{"path": "/d"}],
      "startContainer": [{"path": "/e"}], "poststart": [{"path": "/f"}], "poststop": [{"path": "/g"}]})");
  const auto hook = [](const char* path) {
    return Hook{.path = path, .args = {}, .env = std::nullopt, .timeout_seconds = std::nullopt};
  };
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value, (Hooks{.prestart = {hook("/a"),
                                              {.path = "/b",
                                               .args = {"b", "x"},
                                               .env = std::vector<std::string>{"A=1"},
                                               .timeout_seconds = 5}},
                                 .create_runtime = {hook("/c")},
                                 .create_container = {hook("/d")},
                                 .start_container = {hook("/e")},
                                 .poststart = {hook("/f")},
                                 .poststop = {hook("/g")}}));
}

TEST(ParseHooks, TellsAnEmptyEnvironmentFromNone) {
  const auto parsed = parse_section(
      parse_hooks, R"({"poststop": [{"path": "/a", "env": []}, {"path": "/a", "env": null}]})");
  EXPECT_EQ(parsed.value.poststop[0].env, std::vector<std::string>{});
  EXPECT_EQ(parsed.value.poststop[1].env, std::nullopt);
}

TEST(ParseHooks, RefusesWrongHooks) {
  EXPECT_THAT(parse_section(parse_hooks, R"({
      "prestart": [{"path": "a"}, {}, {"path": ""}, {"path": 5}],
      "poststart": {"path": "/a"},
      "poststop": [{"path": "/a", "timeout": 0}, {"path": "/a", "timeout": -1},
                   {"path": "/a", "timeout": 1.5}, {"path": "/a", "args": "x", "env": ["A", 5]}, "/a"]})")
                  .faults,
              ElementsAre("/prestart/0/path: want an absolute path, got \"a\"",
                          "/prestart/1/path: want an absolute path, got nothing",
                          "/prestart/2/path: want an absolute path, got \"\"",
                          "/prestart/3/path: want an absolute path, got 5",
                          "/poststart: want an array of objects, got an object",
                          "/poststop/0/timeout: want an integer from 1 to 2147483647, got 0",
                          "/poststop/1/timeout: want an integer from 1 to 2147483647, got -1",
                          "/poststop/2/timeout: want an integer from 1 to 2147483647, got 1.5",
                          "/poststop/3/args: want an array of strings, got a string",
                          "/poststop/3/env/0: want NAME=value, got \"A\"",
                          "/poststop/3/env/1: want NAME=value, got 5",
                          "/poststop/4: want an object, got a string"));
}

}  // namespace
}  // namespace myrt::config
