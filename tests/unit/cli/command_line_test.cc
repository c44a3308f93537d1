#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::cli {
namespace {

using ::testing::StartsWith;

using Words = std::vector<std::string>;

/// The line that these words make, without the program's name.
CommandLine parse(const Words& words) {
  std::vector<const char*> argv = {"myrt"};
  for (const std::string& word : words) {
    argv.push_back(word.c_str());
  }
  return parse_command_line(static_cast<int>(argv.size()), argv.data(), "myrt version 1.2.3");
}

/// The command that these words make; a failure when they make another or none.
template <typename Data>
Data command(const Words& words) {
  const CommandLine line = parse(words);
  EXPECT_EQ(line.error, "");
  const Data* data = std::get_if<Data>(&line.command);
  if (data == nullptr) {
    ADD_FAILURE() << "not this command";
    return {};
  }
  return *data;
}

Globals globals(Words words) {
  words.emplace_back("list");
  const CommandLine line = parse(words);
  EXPECT_EQ(line.error, "");
  EXPECT_EQ(line.name, "list");
  return line.globals;
}

std::string error(const Words& words) {
  CommandLine line = parse(words);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(line.command));
  EXPECT_EQ(line.output, "");
  return line.error;
}

TEST(GlobalOptions, HaveDefaults) {
  const Globals parsed = globals({});

  EXPECT_EQ(parsed.root, "");
  EXPECT_EQ(parsed.log, "");
  EXPECT_FALSE(parsed.log_json);
  EXPECT_FALSE(parsed.debug);
  EXPECT_FALSE(parsed.systemd_cgroup);
  EXPECT_EQ(parsed.cgroup_manager, "cgroupfs");
  EXPECT_EQ(parsed.rootless, "auto");
  EXPECT_EQ(parsed.allow_annotations, Words{});
}

TEST(GlobalOptions, TakeValuesInBothForms) {
  for (const Words& words :
       {Words{"--root", "/r", "--log", "/l", "--log-format", "json", "--cgroup-manager", "disabled",
              "--rootless", "true", "--allow-annotations", "overlay"},
        Words{"--root=/r", "--log=/l", "--log-format=json", "--cgroup-manager=disabled",
              "--rootless=true", "--allow-annotations=overlay"}}) {
    const Globals parsed = globals(words);

    EXPECT_EQ(parsed.root, "/r");
    EXPECT_EQ(parsed.log, "/l");
    EXPECT_TRUE(parsed.log_json);
    EXPECT_EQ(parsed.cgroup_manager, "disabled");
    EXPECT_EQ(parsed.rootless, "true");
    EXPECT_EQ(parsed.allow_annotations, Words{"overlay"});
  }
}

TEST(GlobalOptions, TakeFlags) {
  const Globals parsed = globals({"--debug", "--systemd-cgroup", "--log-format=text"});

  EXPECT_TRUE(parsed.debug);
  EXPECT_TRUE(parsed.systemd_cgroup);
  EXPECT_FALSE(parsed.log_json);
}

TEST(GlobalOptions, TakeAnEmptyValue) {
  EXPECT_EQ(globals({"--log="}).log, "");
  EXPECT_EQ(globals({"--root", ""}).root, "");
}

TEST(GlobalOptions, RefuseOtherWords) {
  EXPECT_EQ(error({"--log-format", "xml", "list"}), "--log-format: xml not in {text,json}");
  EXPECT_EQ(error({"--cgroup-manager=x", "list"}),
            "--cgroup-manager: x not in {cgroupfs,systemd,disabled}");
  EXPECT_EQ(error({"--rootless=maybe", "list"}), "--rootless: maybe not in {true,false,auto}");
  EXPECT_EQ(error({"--allow-annotations=seccomp", "list"}),
            "--allow-annotations: seccomp not in {overlay}");
}

// podman asks what the runtime can do by options without values, and looks for these words.
TEST(GlobalOptions, SayThatAValueIsMissing) {
  EXPECT_EQ(error({"--root"}), "flag needs an argument: --root");
  EXPECT_EQ(error({"--log-format"}), "flag needs an argument: --log-format");
}

TEST(CreateCommandLine, HasDefaults) {
  const auto parsed = command<CreateCommand>({"create", "c1"});

  EXPECT_EQ(parsed.id, "c1");
  EXPECT_EQ(parsed.options.bundle, ".");
  EXPECT_EQ(parsed.options.config, "");
  EXPECT_EQ(parsed.options.console_socket, "");
  EXPECT_EQ(parsed.options.pidfd_socket, "");
  EXPECT_EQ(parsed.options.pid_file, "");
  EXPECT_FALSE(parsed.options.no_pivot);
  EXPECT_FALSE(parsed.options.no_new_keyring);
  EXPECT_EQ(parsed.options.preserve_fds, 0);
  EXPECT_EQ(parsed.overlay, std::nullopt);
}

TEST(CreateCommandLine, TakesOptionsInBothForms) {
  for (const Words& words :
       {Words{"create", "--bundle", "/b", "--config", "/c", "--console-socket", "/s",
              "--pidfd-socket", "/p", "--pid-file", "/f", "--preserve-fds", "2", "--overlay",
              "a:b,upper=u,work=w", "c1"},
        Words{"create", "--bundle=/b", "--config=/c", "--console-socket=/s", "--pidfd-socket=/p",
              "--pid-file=/f", "--preserve-fds=2", "--overlay=a:b,upper=u,work=w", "c1"}}) {
    const auto parsed = command<CreateCommand>(words);

    EXPECT_EQ(parsed.id, "c1");
    EXPECT_EQ(parsed.options.bundle, "/b");
    EXPECT_EQ(parsed.options.config, "/c");
    EXPECT_EQ(parsed.options.console_socket, "/s");
    EXPECT_EQ(parsed.options.pidfd_socket, "/p");
    EXPECT_EQ(parsed.options.pid_file, "/f");
    EXPECT_EQ(parsed.options.preserve_fds, 2);
    EXPECT_EQ(parsed.overlay, "a:b,upper=u,work=w");
  }
}

TEST(CreateCommandLine, TakesShortOptionsAndFlags) {
  const auto parsed = command<CreateCommand>(
      {"create", "-b", "/b", "-f", "/c", "--no-pivot", "--no-new-keyring", "--detach", "c1"});

  EXPECT_EQ(parsed.options.bundle, "/b");
  EXPECT_EQ(parsed.options.config, "/c");
  EXPECT_TRUE(parsed.options.no_pivot);
  EXPECT_TRUE(parsed.options.no_new_keyring);
}

TEST(CreateCommandLine, TakesOptionsAfterTheId) {
  const auto parsed = command<CreateCommand>({"create", "c1", "--bundle", "/b"});

  EXPECT_EQ(parsed.id, "c1");
  EXPECT_EQ(parsed.options.bundle, "/b");
}

TEST(CreateCommandLine, RefusesWhatIsNoNumberOfDescriptors) {
  // CLI11 2.1 (Debian 12) ends with "0 to 1048576", 2.4 (Debian 13) with "[0 - 1048576]".
  EXPECT_THAT(error({"create", "--preserve-fds=-1", "c1"}),
              StartsWith("--preserve-fds: Value -1 not in range "));
  EXPECT_THAT(error({"create", "--preserve-fds=x", "c1"}),
              StartsWith("--preserve-fds: Value x not in range "));
}

TEST(RunCommandLine, TakesItsOwnOptionsAndThoseOfCreate) {
  const auto parsed = command<RunCommand>(
      {"run", "--detach", "--keep", "--no-subreaper", "--bundle=/b", "--pid-file", "/f", "c1"});

  EXPECT_EQ(parsed.create.id, "c1");
  EXPECT_EQ(parsed.create.options.bundle, "/b");
  EXPECT_EQ(parsed.create.options.pid_file, "/f");
  EXPECT_TRUE(parsed.options.detach);
  EXPECT_TRUE(parsed.options.keep);
  EXPECT_TRUE(parsed.options.no_subreaper);
}

TEST(RunCommandLine, HasDefaults) {
  const auto parsed = command<RunCommand>({"run", "c1"});

  EXPECT_FALSE(parsed.options.detach);
  EXPECT_FALSE(parsed.options.keep);
  EXPECT_FALSE(parsed.options.no_subreaper);
}

TEST(RunCommandLine, TakesShortOptionsAndContainerdsOneDash) {
  const auto parsed = command<RunCommand>({"run", "-d", "-no-subreaper", "-b", "/b", "c1"});

  EXPECT_TRUE(parsed.options.detach);
  EXPECT_TRUE(parsed.options.no_subreaper);
  EXPECT_EQ(parsed.create.options.bundle, "/b");
}

TEST(StartCommandLine, TakesAnId) { EXPECT_EQ(command<StartCommand>({"start", "c1"}).id, "c1"); }

TEST(StateCommandLine, TakesAnId) { EXPECT_EQ(command<StateCommand>({"state", "c1"}).id, "c1"); }

TEST(KillCommandLine, TakesAnIdAndASignal) {
  const auto parsed = command<KillCommand>({"kill", "c1", "KILL"});

  EXPECT_EQ(parsed.id, "c1");
  EXPECT_EQ(parsed.signal, "KILL");
  EXPECT_FALSE(parsed.all);
}

TEST(KillCommandLine, MeansTermWithoutASignal) {
  EXPECT_EQ(command<KillCommand>({"kill", "c1"}).signal, "TERM");
}

TEST(KillCommandLine, TakesAllAnywhere) {
  for (const Words& words :
       {Words{"kill", "--all", "c1", "9"}, Words{"kill", "-a", "c1", "9"},
        Words{"kill", "c1", "--all", "9"}, Words{"kill", "c1", "9", "--all"}}) {
    const auto parsed = command<KillCommand>(words);

    EXPECT_EQ(parsed.id, "c1");
    EXPECT_EQ(parsed.signal, "9");
    EXPECT_TRUE(parsed.all);
  }
}

TEST(DeleteCommandLine, TakesForceAndRegex) {
  const auto plain = command<DeleteCommand>({"delete", "c1"});
  const auto all = command<DeleteCommand>({"delete", "--force", "--regex", "^c"});
  const auto brief = command<DeleteCommand>({"delete", "-f", "-r", "^c"});

  EXPECT_EQ(plain.id, "c1");
  EXPECT_FALSE(plain.force);
  EXPECT_FALSE(plain.regex);
  EXPECT_EQ(all.id, "^c");
  EXPECT_TRUE(all.force);
  EXPECT_TRUE(all.regex);
  EXPECT_TRUE(brief.force);
  EXPECT_TRUE(brief.regex);
}

TEST(ListCommandLine, TakesAFormatAndQuiet) {
  EXPECT_FALSE(command<ListCommand>({"list"}).json);
  EXPECT_FALSE(command<ListCommand>({"list"}).quiet);
  EXPECT_FALSE(command<ListCommand>({"list", "--format", "table"}).json);
  for (const Words& words : {Words{"list", "--format", "json"}, Words{"list", "--format=json"},
                             Words{"list", "-f", "json"}}) {
    EXPECT_TRUE(command<ListCommand>(words).json);
  }
  EXPECT_TRUE(command<ListCommand>({"list", "--quiet"}).quiet);
  EXPECT_TRUE(command<ListCommand>({"list", "-q"}).quiet);
  EXPECT_EQ(error({"list", "--format=xml"}), "--format: xml not in {table,json}");
}

TEST(SpecCommandLine, TakesAPlaceAndRootless) {
  const auto plain = command<SpecCommand>({"spec"});
  const auto all =
      command<SpecCommand>({"spec", "--bundle=/b", "--config", "x.json", "--rootless"});

  EXPECT_EQ(plain.bundle, "");
  EXPECT_EQ(plain.file, "config.json");
  EXPECT_FALSE(plain.rootless);
  EXPECT_EQ(all.bundle, "/b");
  EXPECT_EQ(all.file, "x.json");
  EXPECT_TRUE(all.rootless);
}

TEST(CommandLineText, NamesTheCommandBesideGlobalOptions) {
  const CommandLine line = parse({"--root", "/r", "--debug", "delete", "--force", "c1"});

  EXPECT_EQ(line.name, "delete");
  EXPECT_EQ(line.globals.root, "/r");
  EXPECT_TRUE(line.globals.debug);
  EXPECT_EQ(line.error, "");
  EXPECT_EQ(line.output, "");
}

TEST(CommandLineText, NeedsACommand) {
  EXPECT_EQ(error({}), "A subcommand is required");
  EXPECT_EQ(error({"--debug"}), "A subcommand is required");
}

TEST(PsCommandLine, TakesWhatFollowsTheIdForPs) {
  const auto ps = command<PsCommand>({"ps", "--format", "table", "c1", "-e", "-o", "pid,args"});

  EXPECT_EQ(ps.id, "c1");
  EXPECT_FALSE(ps.json);
  EXPECT_EQ(ps.arguments, (Words{"-e", "-o", "pid,args"}));
  EXPECT_TRUE(command<PsCommand>({"ps", "-f", "json", "c1"}).json);
  EXPECT_TRUE(command<PsCommand>({"ps", "--format=json", "c1"}).json);
  EXPECT_EQ(error({"ps", "--format", "xml", "c1"}), "--format: xml not in {table,json}");
}

TEST(UpdateCommandLine, TakesAFileOrStdinForTheLimits) {
  for (const Words& words :
       {Words{"update", "--resources", "-", "c1"}, Words{"update", "--resources=-", "c1"},
        Words{"update", "-r", "-", "c1"}}) {
    const auto update = command<UpdateCommand>(words);

    EXPECT_EQ(update.id, "c1");
    EXPECT_EQ(update.resources, "-");
    EXPECT_TRUE(update.limits.empty());
  }
  EXPECT_EQ(command<UpdateCommand>({"update", "--resources", "/r.json", "c1"}).resources,
            "/r.json");
  EXPECT_EQ(command<UpdateCommand>({"update", "c1"}).resources, std::nullopt);
}

TEST(UpdateCommandLine, TakesLimitsAsTheyAreTyped) {
  const auto update = command<UpdateCommand>({"update", "--memory", "64M", "--memory-swap", "-1",
                                              "c1", "--cpu-quota=-1", "--kernel-memory", "1"});

  EXPECT_EQ(update.id, "c1");
  EXPECT_EQ(
      update.limits,
      (std::map<std::string, std::string>{
          {"cpu-quota", "-1"}, {"kernel-memory", "1"}, {"memory", "64M"}, {"memory-swap", "-1"}}));
}

TEST(UpdateCommandLine, DoesNotShowWhatIsAcceptedForTheSakeOfOldCallers) {
  const std::string help = parse({"update", "--help"}).output;

  EXPECT_NE(help.find("--memory-swap"), std::string::npos);
  EXPECT_EQ(help.find("--kernel-memory"), std::string::npos);
}

TEST(CommandLineText, NeedsAnId) {
  for (const char* name :
       {"create", "run", "start", "state", "kill", "delete", "pause", "resume", "update", "ps"}) {
    EXPECT_EQ(error({name}), "ID is required") << name;
  }
}

TEST(CommandLineText, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(error({"checkpoint", "c1"}), "unknown command \"checkpoint\"");
  EXPECT_EQ(error({"--fast"}), "unexpected argument: --fast");
  EXPECT_EQ(error({"--fast", "list"}), "unexpected argument: --fast");
  EXPECT_EQ(error({"start", "--fast"}), "unexpected argument: --fast");
  EXPECT_EQ(error({"start", "--fast", "c1"}), "unexpected argument: --fast");
  EXPECT_EQ(error({"start", "c1", "c2", "c3"}), "unexpected arguments: c2 c3");
}

TEST(CommandLineText, TakesGlobalOptionsBeforeTheCommandAlone) {
  EXPECT_EQ(error({"list", "--root", "/r"}), "unexpected arguments: --root /r");
}

TEST(CommandLineText, TakesAnIdThatLooksLikeAnOptionAfterTwoDashes) {
  EXPECT_EQ(command<StartCommand>({"start", "--", "-c"}).id, "-c");
}

TEST(CommandLineText, HoldsTheVersion) {
  for (const char* option : {"--version", "-v"}) {
    const CommandLine line = parse({option});

    EXPECT_EQ(line.output, "myrt version 1.2.3\n");
    EXPECT_EQ(line.error, "");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(line.command));
  }
}

TEST(CommandLineText, HoldsTheHelpOfTheProgram) {
  for (const char* option : {"--help", "-h"}) {
    const CommandLine line = parse({option});

    EXPECT_TRUE(line.output.starts_with("OCI container runtime\nUsage: myrt ")) << line.output;
    for (const char* name :
         {"create", "run", "start", "state", "kill", "delete", "list", "spec", "--root"}) {
      EXPECT_NE(line.output.find(std::string("\n  ") + name), std::string::npos) << name;
    }
    EXPECT_EQ(line.error, "");
  }
}

// podman and CRI-O take the success of it for support.
TEST(CommandLineText, HasNoHelpForCommandsThatAreNotThere) {
  EXPECT_EQ(error({"checkpoint", "--help"}), "unknown command \"checkpoint\"");
  EXPECT_EQ(error({"--help", "checkpoint"}), "unknown command \"checkpoint\"");
  EXPECT_EQ(error({"restore", "-h"}), "unknown command \"restore\"");
}

TEST(CommandLineText, HoldsTheHelpOfACommand) {
  const CommandLine line = parse({"kill", "--help"});

  EXPECT_TRUE(line.output.starts_with("Send a signal to a container\nUsage: myrt kill "))
      << line.output;
  EXPECT_NE(line.output.find("-a,--all"), std::string::npos);
  EXPECT_EQ(line.error, "");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(line.command));
}

}  // namespace
}  // namespace myrt::cli
