// process: program, working directory, environment, user (config.md "Process").

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/fixture.h"
#include "support/keyring.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAsUser = R"({"uid": 1000, "gid": 1000})";

class Program : public RuntimeTest {};

TEST_F(Program, IsLookedUpInThePathOfTheConfig) {
  bundle_.file("opt/one/hello", "#!/bin/sh\necho one $0 $1\n", 0755)
      .file("opt/two/hello", "#!/bin/sh\necho two\n", 0755)
      .set("/process/env", R"(["PATH=/opt/none:/opt/one:/opt/two"])")
      .args({"hello", "there"});
  EXPECT_EQ(Container(bundle_).run().out, "one /opt/one/hello there\n");
}

TEST_F(Program, InTheLookupSkipsWhatCannotBeExecuted) {
  bundle_.file("opt/one/hello", "", 0644)
      .directory("opt/two/hello")
      .file("opt/three/hello", "#!/bin/sh\necho three\n", 0755)
      .set("/process/env", R"(["PATH=/opt/one:/opt/two:/opt/three"])")
      .args({"hello"});
  EXPECT_EQ(Container(bundle_).run().out, "three\n");
}

TEST_F(Program, NotFoundInThePathFailsTheCreate) {
  bundle_.args({"no-such-program"});
  EXPECT_TRUE(failed(Container(bundle_).create(), "executable file not found in $PATH"));
}

TEST_F(Program, ThatDoesNotExistFailsTheCreate) {
  bundle_.args({"/bin/no-such-program"});
  EXPECT_TRUE(failed(Container(bundle_).create(), "no such file or directory"));
}

TEST_F(Program, WithoutExecutePermissionFailsTheCreate) {
  bundle_.file("script", "#!/bin/sh\n", 0644).args({"/script"});
  EXPECT_TRUE(failed(Container(bundle_).create(), "permission denied"));
}

TEST_F(Program, ThatIsADirectoryFailsTheCreate) {
  bundle_.args({"/etc"});
  EXPECT_TRUE(failed(Container(bundle_).create(), "/etc"));
}

TEST_F(Program, MustBeExecutableForTheContainersUser) {
  bundle_.file("only-root", "#!/bin/sh\n", 0700).args({"/only-root"});
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  bundle_.set("/process/user", kAsUser);
  EXPECT_TRUE(failed(Container(bundle_).create(), "permission denied"));
}

TEST_F(Program, MayBeRelativeToTheWorkingDirectory) {
  bundle_.file("opt/hello", "#!/bin/sh\necho hello\n", 0755)
      .set("/process/cwd", R"("/opt")")
      .args({"./hello"});
  EXPECT_EQ(Container(bundle_).run().out, "hello\n");
}

TEST_F(Program, WithAMissingInterpreterFailsWithItsCause) {
  bundle_.file("script", "#!/bin/no-such-shell\n", 0755).args({"/script"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "no such file or directory"));
}

TEST_F(Program, OfAnUnknownFormatFailsWithItsCause) {
  bundle_.file("data", "neither ELF nor script\n", 0755).args({"/data"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "exec format error"));
}

TEST_F(Program, NeedsArguments) {
  bundle_.set("/process/args", "[]");
  EXPECT_TRUE(failed(Container(bundle_).run(), "args"));
  bundle_.erase("/process/args");
  EXPECT_TRUE(failed(Container(bundle_).run(), "args"));
}

TEST_F(Program, GetsItsArgumentsUnchanged) {
  bundle_.args({"/bin/printf", "[%s]\\n", "a b", "", "'\"$x", "\xc3\xa9\n"});
  EXPECT_EQ(Container(bundle_).run().out, "[a b]\n[]\n['\"$x]\n[\xc3\xa9\n]\n");
}

class WorkingDirectory : public RuntimeTest {};

TEST_F(WorkingDirectory, IsThatOfTheConfig) {
  bundle_.set("/process/cwd", R"("/home/user")").args({"/bin/pwd"});
  EXPECT_EQ(Container(bundle_).run().out, "/home/user\n");
}

TEST_F(WorkingDirectory, IsMadeWhenMissing) {
  bundle_.set("/process/cwd", R"("/new/deep")").args({"/bin/stat", "-c", "%n %a", "/new", "."});
  EXPECT_EQ(Container(bundle_).run().out, "/new 755\n. 755\n");
}

TEST_F(WorkingDirectory, IsMadeInAReadOnlyRoot) {
  bundle_.set("/process/cwd", R"("/new/deep")")
      .set("/root/readonly", "true")
      .args({"/bin/sh", "-c", "pwd; touch file 2>/dev/null || echo read-only"});
  EXPECT_EQ(Container(bundle_).run().out, "/new/deep\nread-only\n");
}

TEST_F(WorkingDirectory, IsMadeInsideTheRootWhenALinkLeadsOut) {
  const fs::path outside = workspace() / "outside";
  fs::create_directories(outside);
  bundle_.directory(outside.relative_path())
      .symlink(outside, "link")
      .set("/process/cwd", R"("/link/made")")
      .args({"/bin/pwd"});
  EXPECT_EQ(Container(bundle_).run().out, outside.string() + "/made\n");
  EXPECT_FALSE(fs::exists(outside / "made"));
}

TEST_F(WorkingDirectory, MustBeAbsolute) {
  bundle_.set("/process/cwd", R"("tmp")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "cwd"));
}

TEST_F(WorkingDirectory, ThatIsAFileIsAnError) {
  bundle_.set("/process/cwd", R"("/etc/passwd")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "not a directory"));
}

TEST_F(WorkingDirectory, MayBeOneThatTheUserCannotEnter) {
  bundle_.directory("locked", 0700)
      .set("/process/cwd", R"("/locked")")
      .set("/process/user", kAsUser)
      .shell("id -u; ls . || echo closed");
  EXPECT_EQ(Container(bundle_).run().out, "1000\nclosed\n");
}

class Environment : public RuntimeTest {
 protected:
  std::vector<std::string> environment() {
    bundle_.args({"/bin/env"});
    Container container(bundle_);
    Command command = container.run_command();
    command.env->push_back("LEAK=yes");
    const Outcome outcome = container.run(command);
    EXPECT_TRUE(succeeded(outcome));
    return lines_of(outcome.out);
  }
};

TEST_F(Environment, IsThatOfTheConfigAndHome) {
  bundle_.set("/process/env", R"(["PATH=/bin", "EMPTY=", "X=a=b", "SPACE=a b"])");
  EXPECT_EQ(environment(),
            (std::vector<std::string>{"PATH=/bin", "EMPTY=", "X=a=b", "SPACE=a b", "HOME=/root"}));
}

TEST_F(Environment, OfTheCallerIsNotPassedOnWhenTheConfigHasNone) {
  bundle_.erase("/process/env");
  EXPECT_EQ(environment(), (std::vector<std::string>{"HOME=/root"}));
}

TEST_F(Environment, HasTheLastOfTwoValuesAtTheFirstPlace) {
  bundle_.set("/process/env", R"(["A=1", "HOME=/x", "B=2", "A=3"])");
  EXPECT_EQ(environment(), (std::vector<std::string>{"A=3", "HOME=/x", "B=2"}));
}

TEST_F(Environment, HomeComesFromTheContainersPasswd) {
  bundle_.set("/process/env", "[]").set("/process/user", kAsUser);
  EXPECT_EQ(environment(), (std::vector<std::string>{"HOME=/home/user"}));
}

TEST_F(Environment, HomeOfAnUnknownUserIsTheRootDirectory) {
  bundle_.set("/process/env", "[]").set("/process/user", R"({"uid": 4321, "gid": 4321})");
  EXPECT_EQ(environment(), (std::vector<std::string>{"HOME=/"}));
}

TEST_F(Environment, HomeIsTheRootDirectoryWithoutPasswd) {
  fs::remove(bundle_.rootfs() / "etc/passwd");
  bundle_.set("/process/env", "[]");
  EXPECT_EQ(environment(), (std::vector<std::string>{"HOME=/"}));
}

TEST_F(Environment, EntriesWithoutAnEqualsSignAreRefused) {
  bundle_.set("/process/env", R"(["PATH=/bin", "BROKEN"])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "BROKEN"));
}

TEST_F(Environment, EntriesWithoutANameAreRefused) {
  bundle_.set("/process/env", R"(["PATH=/bin", "=value"])");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

class Keyring : public RuntimeTest {
 protected:
  std::string keys(Container& container, const std::vector<std::string>& options) {
    const Outcome outcome = container.run(options);
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

  Keyring() { bundle_.set("/linux/maskedPaths", "[]").args({"cat", "/proc/keys"}); }
};

TEST_F(Keyring, IsNew) {
  join_session_keyring("callers-keyring", kPossessorOnly);
  Container container(bundle_);
  const std::string found = keys(container, {});
  EXPECT_FALSE(contains(found, "callers-keyring"));
  EXPECT_TRUE(contains(found, "_ses"));
}

TEST_F(Keyring, IsTheCallersWhenAsked) {
  join_session_keyring("callers-keyring", kPossessorOnly);
  Container container(bundle_);
  EXPECT_TRUE(contains(keys(container, {"--no-new-keyring"}), "callers-keyring"));
}

// runc and crun join a keyring named after the container, which another container can have made
// before.
class MyrtKeyring : public Keyring {};

TEST_F(MyrtKeyring, IsNotOneThatSomebodyElseNamedAfterTheContainer) {
  Container container(bundle_);
  join_session_keyring("_ses." + container.id(), kUserMaySearch);
  EXPECT_FALSE(contains(keys(container, {}), "_ses." + container.id()));
}

class User : public RuntimeTest {};

TEST_F(User, HasTheIdsOfTheConfig) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1001})")
      .shell("grep -E '^(Uid|Gid):' /proc/self/status");
  EXPECT_EQ(Container(bundle_).run().out,
            "Uid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\n");
}

TEST_F(User, HasExactlyTheAdditionalGroups) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000, "additionalGids": [5, 2000, 77]})")
      .shell("grep ^Groups: /proc/self/status");
  EXPECT_EQ(Container(bundle_).run().out, "Groups:\t5 77 2000 \n");
}

TEST_F(User, HasNoGroupsOfTheCaller) {
  bundle_.args({"/bin/grep", "^Groups:", "/proc/self/status"});
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"setpriv", "--groups", "4,27"});
  EXPECT_EQ(container.run(command).out, "Groups:\t \n");
}

TEST_F(User, HasAUmaskOf0022WhateverTheCallersIs) {
  bundle_.shell("umask");
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"sh", "-c", "umask 0077; exec \"$@\"", "sh"});
  EXPECT_EQ(container.run(command).out, "0022\n");
}

TEST_F(User, HasTheUmaskOfTheConfig) {
  bundle_.set("/process/user/umask", "23").shell("umask");  // 027
  EXPECT_EQ(Container(bundle_).run().out, "0027\n");
}

TEST_F(User, OwnsItsOutput) {
  Pipe pipe = make_pipe();
  ASSERT_EQ(::fchmod(pipe.write.get(), 0600), 0);
  bundle_.set("/process/user", kAsUser).shell("echo out > /dev/stdout; echo err > /dev/stderr");
  Container container(bundle_);
  Command command = container.create_command();
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(read_to_end(pipe.read.get()), "out\nerr\n");
}

TEST_F(User, IdsMustFitThirtyTwoBits) {
  for (const char* uid : {"4294967296", "-1", "1.5", "\"0\""}) {
    bundle_.set("/process/user", std::string(R"({"gid": 0, "uid": )") + uid + "}");
    EXPECT_TRUE(failed(Container(bundle_).run())) << uid;
  }
}

}  // namespace
}  // namespace myrt::test
