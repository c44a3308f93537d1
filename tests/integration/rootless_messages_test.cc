// What a user without privileges is told, and where the state of his containers is.

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>

#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

/// Without --root, with these variables beside a PATH.
Command with_default_root(Command command, const std::vector<std::string>& variables) {
  const auto option = std::find(command.argv.begin(), command.argv.end(), "--root");
  command.argv.erase(option, option + 2);
  command.env = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  command.env->insert(command.env->end(), variables.begin(), variables.end());
  return command;
}

using RootlessState = OrdinaryUserTest;

TEST_F(RootlessState, IsInTheRuntimeDirectoryAndSticky) {
  const fs::path directory = workspace() / "xdg";
  fs::create_directories(directory);
  give_to_user(directory);
  const std::vector<std::string> variables = {"XDG_RUNTIME_DIR=" + directory.string()};
  const Outcome outcome =
      run(with_default_root(Container(bundle_.args({"/bin/true"})).run_command(), variables));
  ASSERT_TRUE(succeeded(outcome));
  struct stat status{};
  ASSERT_EQ(::stat((directory / test_run().runtime_name).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 01700U);
  EXPECT_EQ(status.st_uid, kUser);
}

class MyrtRootlessMessages : public OrdinaryUserTest {
 protected:
  /// `run` of the bundle fails with this line, in which config.json has no place.
  void expect_run_message(const std::string& line) {
    Container container(bundle_);
    expect_message(container.run(), "run " + container.id() + ": " + line);
  }
  /// The same where the line comes after "config.json:LINE:COLUMN: ".
  void expect_fault(const std::string& text) {
    Container container(bundle_);
    const Outcome outcome = container.run();
    EXPECT_TRUE(failed(outcome));
    const std::size_t at = outcome.err.find("/");
    EXPECT_TRUE(outcome.err.starts_with("run " + container.id() + ": config.json:")) << outcome;
    EXPECT_EQ(outcome.err.substr(std::min(at, outcome.err.size())), text + "\n");
  }
};

TEST_F(MyrtRootlessMessages, SayHowToHaveAUserNamespace) {
  bundle_.remove_namespace("user").erase("/linux/uidMappings").erase("/linux/gidMappings");
  expect_fault(
      "/linux/namespaces: without CAP_SYS_ADMIN the container needs a user namespace: `myrt "
      "spec --rootless` writes a config.json that has one");
}

TEST_F(MyrtRootlessMessages, SayThatGroupsCannotBeSet) {
  bundle_.set("/process/user/additionalGids", "[0]");
  expect_fault(
      "/process/user/additionalGids: cannot be set, setgroups(2) is denied in the "
      "container's user namespace (user_namespaces(7))");
}

TEST_F(MyrtRootlessMessages, SayThatTheHelperIsMissing) {
  map_subordinate_ids();
  Container container(bundle_);
  Command command = container.run_command();
  command.env = {"PATH=/nowhere"};
  expect_message(run(command), "run " + container.id() +
                                   ": /linux/uidMappings: more than the user's own id takes "
                                   "newuidmap, which is not in $PATH");
}

TEST_F(MyrtRootlessMessages, AreTheHelpersOwn) {
  if (!has_id_map_helpers()) {
    GTEST_SKIP() << "needs newuidmap and newgidmap";
  }
  map_subordinate_ids();
  const SubordinateIds ids(workspace());
  bundle_.set("/linux/uidMappings/1", R"({"containerID": 1, "hostID": 5, "size": 10})");
  expect_run_message("/linux/uidMappings: newuidmap: uid range [1-11) -> [5-15) not allowed");
}

TEST_F(MyrtRootlessMessages, SayWhichGroupOfAMountIsNotMapped) {
  bundle_.set("/mounts/2/options", R"(["newinstance", "gid=5"])");
  expect_fault("/mounts/2/options: gid=5: no entry of /linux/gidMappings covers 5");
}

TEST_F(MyrtRootlessMessages, SayThatFlagsAreLocked) {
  const HostMount locked(workspace() / "locked", MS_NOEXEC);
  const std::string source = workspace() / "locked";
  bundle_.mount("/bound", "bind", source, {"rbind", "exec"});
  expect_run_message("mount " + source +
                     " on /bound: in a user namespace the source's ro, nosuid, nodev, noexec and "
                     "atime are locked: mount_setattr (clear 0x8): Operation not permitted");
}

TEST_F(MyrtRootlessMessages, SayThatMountsBelowABindCannotBeLeftBehind) {
  const HostMount outer(workspace() / "outer", 0);
  const HostMount inner(workspace() / "outer/inner", 0);
  const std::string source = workspace() / "outer";
  bundle_.mount("/bound", "bind", source, {"bind"});
  expect_run_message("mount " + source +
                     " on /bound: without the mounts below the source, which a user namespace "
                     "cannot leave behind: rbind takes them along: open_tree " +
                     source + ": Invalid argument");
}

TEST_F(MyrtRootlessMessages, SayWhatAMessageQueueNeeds) {
  bundle_.remove_namespace("ipc");
  expect_run_message(
      "mount mqueue on /dev/mqueue: in a user namespace only with an ipc namespace of "
      "its own: fsconfig create: Operation not permitted");
}

TEST_F(MyrtRootlessMessages, SayThatIdMappedMountsTakeRights) {
  bundle_.set("/mounts", R"([{"destination": "/a", "type": "tmpfs"},
                             {"destination": "/b", "source": "/tmp", "options": ["bind", "idmap"]}])");
  expect_fault(
      "/mounts/1: an id-mapped mount takes CAP_SYS_ADMIN over the file system of its source "
      "(mount_setattr(2))");
}

using MyrtRootless = OrdinaryUserTest;

TEST_F(MyrtRootless, WaitsForStartAsASealedCopy) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const fs::path link = "/proc/" + std::to_string(container.pid()) + "/exe";
  EXPECT_TRUE(fs::read_symlink(link).string().starts_with("/memfd:myrt"));
}

TEST_F(MyrtRootless, OverlayNeedsNoDirectoryThatItsRootCanSearch) {
  if (!has_filesystem("overlay")) {
    GTEST_SKIP() << "needs overlay in the kernel";
  }
  const fs::path closed = workspace() / "closed";
  for (const char* name : {"upper", "work"}) {
    fs::create_directories(closed / name);
  }
  give_to_user(closed);
  ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
  bundle_.shell("echo new > /tmp/file; rm /etc/group; ls /etc");
  const Outcome outcome =
      Container(bundle_).run({"--overlay", "rootfs,upper=" + (closed / "upper").string() +
                                               ",work=" + (closed / "work").string()});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "passwd\n");
  EXPECT_EQ(read_file(closed / "upper/tmp/file"), "new\n");
  EXPECT_EQ(read_file(bundle_.rootfs() / "tmp/file"), "");
}

TEST_F(MyrtRootlessMessages, SayThatExecNeedsTheStart) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const Outcome outcome = container.call({"exec", container.id(), "/bin/true"});
  EXPECT_EQ(outcome.exit_code, 255);
  EXPECT_EQ(outcome.err, "exec " + container.id() +
                             ": cannot exec in a container that was not started, as a user without "
                             "privileges\n");
}

TEST_F(MyrtRootlessMessages, SayThatTheStateHasNoPlace) {
  Container container(bundle_.args({"/bin/true"}));
  // Whether root has made it decides how it is refused.
  EXPECT_TRUE(failed(run(with_default_root(container.run_command(), {})),
                     "run " + container.id() +
                         ": state root (a user's is in $XDG_RUNTIME_DIR, or where --root says): "));
}

}  // namespace
}  // namespace myrt::test
