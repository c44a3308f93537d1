// Runs docs/tutorial.md: every command of its ```console blocks, in one shell, from top to bottom,
// and compares what each prints with what the page says.
//
// In the page: `$ ` begins a command, `> ` continues it, and the other lines are its output. There,
// `...` in a line stands for any text, and as a line of its own for any number of lines. `tutorial`
// in names is replaced by a name that only this run has.

#include <unistd.h>

#include <filesystem>
#include <span>
#include <string_view>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

struct Step {
  std::size_t line = 0;  // in the page, from 1
  std::string command;
  std::vector<std::string> output;
};

std::vector<Step> steps_of(const std::string& page) {
  std::vector<Step> steps;
  bool in_block = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(page)) {
    ++number;
    if (line.starts_with("```")) {
      in_block = line == "```console";
    } else if (in_block && line.starts_with("$ ")) {
      steps.push_back({.line = number, .command = line.substr(2), .output = {}});
    } else if (in_block && line.starts_with("> ")) {
      steps.back().command += "\n" + line.substr(2);
    } else if (in_block) {
      steps.back().output.push_back(line);
    }
  }
  return steps;
}

// `...` in the pattern is any text, also none.
bool line_matches(std::string_view pattern, std::string_view line) {
  const std::size_t dots = pattern.find("...");
  if (dots == std::string_view::npos) {
    return pattern == line;
  }
  if (!line.starts_with(pattern.substr(0, dots))) {
    return false;
  }
  for (std::size_t skipped = dots; skipped <= line.size(); ++skipped) {
    if (line_matches(pattern.substr(dots + 3), line.substr(skipped))) {
      return true;
    }
  }
  return false;
}

// `...` as a whole line is any number of lines, also none.
bool lines_match(std::span<const std::string> patterns, std::span<const std::string> lines) {
  if (patterns.empty()) {
    return lines.empty();
  }
  if (patterns.front() == "...") {
    return lines_match(patterns.subspan(1), lines) ||
           (!lines.empty() && lines_match(patterns, lines.subspan(1)));
  }
  return !lines.empty() && line_matches(patterns.front(), lines.front()) &&
         lines_match(patterns.subspan(1), lines.subspan(1));
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

class MyrtTutorial : public RuntimeTest {
 protected:
  // The shell finds the runtime as `myrt`, with its state in the workspace.
  Command shell(const std::string& script) const {
    fs::create_directories(workspace() / "bin");
    write_file(workspace() / "bin/myrt",
               "#!/bin/sh\nexec " + test_run().runtime_path + " --root " +
                   (workspace() / "state").string() + " \"$@\"\n",
               0755);
    write_file(workspace() / "script", script);
    Command command = {.argv = {"/bin/sh", workspace() / "script"}};
    command.env = {"PATH=" + (workspace() / "bin").string() + ":/usr/sbin:/usr/bin:/sbin:/bin",
                   "LC_ALL=C"};
    command.cwd = workspace();
    command.timeout = milliseconds(60'000);
    return command;
  }

  static std::string replaced(std::string text) {
    static const std::string kWord = "tutorial";
    const std::string name = unique_name();
    for (std::size_t at = text.find(kWord); at != std::string::npos;
         at = text.find(kWord, at + name.size())) {
      text.replace(at, kWord.size(), name);
    }
    return text;
  }
};

std::string marker(std::size_t step) { return "@@ step " + std::to_string(step) + "\n"; }

TEST_F(MyrtTutorial, IsTrue) {
  const std::string page = replaced(read_file(MYRT_TUTORIAL));
  if (page.empty()) {
    GTEST_SKIP() << "needs the sources: " << MYRT_TUTORIAL;
  }
  const std::vector<Step> steps = steps_of(page);
  ASSERT_GT(steps.size(), 50U);
  // The names below /run/netns are the page's own.
  const bool made = fs::create_directories("/run/netns");
  Outcome outcome;
  {
    const HostMount names("/run/netns", 0);
    std::string script = "exec 2>&1\n";
    for (std::size_t index = 0; index < steps.size(); ++index) {
      script += "printf '%s' '" + marker(index) + "'\n" + steps[index].command + "\n";
    }
    outcome = test::run(shell(script + "printf '%s' '" + marker(steps.size()) + "'\n"));
  }
  if (made) {
    ::rmdir("/run/netns");
  }
  EXPECT_TRUE(succeeded(outcome));
  for (std::size_t index = 0; index < steps.size(); ++index) {
    const std::size_t begin = outcome.out.find(marker(index)) + marker(index).size();
    const std::size_t end = outcome.out.find(marker(index + 1));
    ASSERT_NE(end, std::string::npos) << "the shell ended within: " << steps[index].command;
    const std::string printed = outcome.out.substr(begin, end - begin);
    EXPECT_TRUE(lines_match(steps[index].output, lines_of(printed)))
        << "docs/tutorial.md:" << steps[index].line << ": " << steps[index].command
        << "\nthe page says:\n"
        << joined(steps[index].output) << "it prints:\n"
        << printed;
  }
}

}  // namespace
}  // namespace myrt::test
