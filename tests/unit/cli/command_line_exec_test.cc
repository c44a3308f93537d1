// `exec` and `ps`: behind the ID stands another program's command line.
#include <gtest/gtest.h>

#include "cli/command_line.h"

namespace myrt::cli {
namespace {

using Words = std::vector<std::string>;

CommandLine parse(const Words& words) {
  std::vector<const char*> argv = {"myrt"};
  for (const std::string& word : words) {
    argv.push_back(word.c_str());
  }
  return parse_command_line(static_cast<int>(argv.size()), argv.data(), "");
}

ExecCommand exec(const Words& words) {
  const CommandLine line = parse(words);
  EXPECT_EQ(line.error, "");
  EXPECT_EQ(line.name, "exec");
  const auto* command = std::get_if<ExecCommand>(&line.command);
  return command == nullptr ? ExecCommand{} : *command;
}

TEST(ExecCommandLine, LeavesTheProgramsWordsAlone) {
  const Words program = {"prog", "-t", "--cwd", "/x", "--", "--a=", "-no-subreaper", "", "exec"};
  Words words = {"exec", "-t", "c1"};
  words.insert(words.end(), program.begin(), program.end());

  const ExecCommand command = exec(words);

  EXPECT_EQ(command.id, "c1");
  EXPECT_TRUE(command.options.terminal);
  EXPECT_EQ(command.options.changes.cwd, "");
  EXPECT_EQ(command.options.changes.args, program);
}

TEST(ExecCommandLine, FindsTheIdBehindAllFormsOfOptions) {
  for (const Words& options :
       {Words{}, Words{"-u", "1"}, Words{"-u1"}, Words{"--user=1"}, Words{"--user", "1"},
        Words{"-tu", "1"}, Words{"-tu1"}, Words{"-td"}, Words{"--env", "-x=1"}, Words{"--"}}) {
    Words words = {"--root", "exec", "--debug", "exec"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"c1", "ls", "-u", "2"});

    const ExecCommand command = exec(words);

    EXPECT_EQ(command.id, "c1") << options.size();
    EXPECT_EQ(command.options.changes.args, (Words{"ls", "-u", "2"}));
  }
}

TEST(ExecCommandLine, TakesWhatEnginesSend) {
  const ExecCommand command =
      exec({"exec", "--pid-file", "/p", "--process", "/f", "--detach", "--preserve-fds", "2",
            "--tty", "--console-socket", "/s", "c1"});

  EXPECT_EQ(command.options.pid_file, "/p");
  EXPECT_EQ(command.options.process_file, "/f");
  EXPECT_TRUE(command.options.detach);
  EXPECT_EQ(command.options.preserve_fds, 2);
  EXPECT_TRUE(command.options.terminal);
  EXPECT_EQ(command.options.console_socket, "/s");
  EXPECT_EQ(command.options.changes.args, Words{});
}

TEST(ExecCommandLine, TakesListsByRepetition) {
  const ExecCommand command =
      exec({"exec", "-e", "A=1,2", "--env", "B=", "-g", "1,2", "-g", "3", "--cap", "CAP_KILL", "-c",
            "CAP_CHOWN,CAP_FOWNER", "--cgroup", "cpu,memory:a", "--cgroup=b", "c1", "ls"});

  const ExecChanges& changes = command.options.changes;
  EXPECT_EQ(changes.env, (Words{"A=1,2", "B="}));
  EXPECT_EQ(changes.additional_gids, (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(changes.capabilities, (Words{"CAP_KILL", "CAP_CHOWN", "CAP_FOWNER"}));
  EXPECT_EQ(command.options.cgroups, (Words{"cpu,memory:a", "b"}));
}

TEST(ExecCommandLine, TakesTheOtherOptions) {
  const ExecCommand command = exec({"exec", "--cwd", "/w", "--user", "1:2", "--no-new-privs",
                                    "--ignore-paused", "--pidfd-socket", "/q", "c1", "ls"});

  EXPECT_EQ(command.options.changes.cwd, "/w");
  EXPECT_EQ(command.user, "1:2");
  EXPECT_TRUE(command.options.changes.no_new_privileges);
  EXPECT_TRUE(command.options.ignore_paused);
  EXPECT_EQ(command.options.pidfd_socket, "/q");
}

TEST(ExecCommandLine, NeedsAnId) {
  EXPECT_EQ(parse({"exec"}).error, "ID is required");
  EXPECT_EQ(parse({"exec", "-t"}).error, "ID is required");
  EXPECT_EQ(parse({"exec", "--"}).error, "ID is required");
}

TEST(ExecCommandLine, RefusesOptionsThatItDoesNotKnow) {
  EXPECT_EQ(parse({"exec", "--fast", "c1", "ls"}).error, "unexpected argument: --fast");
  EXPECT_EQ(parse({"exec", "--env"}).error, "flag needs an argument: --env");
}

TEST(PsCommandLine, LeavesTheArgumentsOfPsAlone) {
  const CommandLine line = parse({"ps", "-f", "json", "c1", "-o", "pid", "--format", "x"});

  EXPECT_EQ(line.error, "");
  const auto* command = std::get_if<PsCommand>(&line.command);
  ASSERT_NE(command, nullptr);
  EXPECT_EQ(command->id, "c1");
  EXPECT_TRUE(command->json);
  EXPECT_EQ(command->arguments, (Words{"-o", "pid", "--format", "x"}));
}

}  // namespace
}  // namespace myrt::cli
