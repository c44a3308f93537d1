// Masked and read-only paths, and a read-only root (config-linux.md "Masked Paths", "Readonly
// Paths"; config.md "Root").

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

class MaskedPaths : public RuntimeTest {};

TEST_F(MaskedPaths, HideFilesBehindAnEmptyOne) {
  bundle_.file("secret", "secret\n").set("/linux/maskedPaths", R"(["/secret"])");
  bundle_.shell("cat /secret; wc -c < /secret; echo x >> /secret; cat /secret");
  EXPECT_EQ(Container(bundle_).run().out, "0\n");
}

TEST_F(MaskedPaths, HideDirectoriesBehindAnEmptyReadOnlyOne) {
  bundle_.file("secrets/one", "secret\n").set("/linux/maskedPaths", R"(["/secrets"])");
  bundle_.shell("ls -A /secrets; touch /secrets/new 2>&1");
  EXPECT_EQ(Container(bundle_).run().out, "touch: /secrets/new: Read-only file system\n");
}

TEST_F(MaskedPaths, MayBeMissing) {
  bundle_.set("/linux/maskedPaths", R"(["/no/such/path"])").args({"/bin/ls", "-d", "/no"});
  EXPECT_EQ(Container(bundle_).run().exit_code, 1) << "it is not made either";
}

TEST_F(MaskedPaths, MayBeListedTwice) {
  bundle_.file("secret", "secret\n").set("/linux/maskedPaths", R"(["/secret", "/secret"])");
  bundle_.shell("cat /secret; echo end");
  EXPECT_EQ(Container(bundle_).run().out, "end\n");
}

TEST_F(MaskedPaths, StayInsideTheRootThroughLinks) {
  write_file(workspace() / "outside", "outside\n");
  bundle_.symlink(workspace() / "outside", "link").set("/linux/maskedPaths", R"(["/link"])");
  bundle_.args({"/bin/cat", workspace() / "outside"});
  EXPECT_EQ(Container(bundle_).run().out, "");
  EXPECT_EQ(read_file(workspace() / "outside"), "outside\n");
}

class ReadonlyPaths : public RuntimeTest {};

TEST_F(ReadonlyPaths, CannotBeWritten) {
  bundle_.file("data/file", "old\n").set("/linux/readonlyPaths", R"(["/data"])");
  bundle_.shell("echo new > /data/file; touch /data/new; cat /data/file; ls /data");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.out, "old\nfile\n");
  EXPECT_TRUE(contains(outcome.err, "Read-only file system"));
}

TEST_F(ReadonlyPaths, MayBeFilesOrMissing) {
  bundle_.file("file", "old\n").set("/linux/readonlyPaths", R"(["/file", "/no/such/path"])");
  bundle_.shell("echo new > /file; cat /file");
  EXPECT_EQ(Container(bundle_).run().out, "old\n");
}

TEST_F(ReadonlyPaths, KeepTheFlagsOfTheirMount) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"nosuid", "nodev", "noexec", "tmpcopyup"})
      .directory("mnt/data")
      .set("/linux/readonlyPaths", R"(["/mnt/data"])")
      .args({"/bin/cat", "/proc/self/mountinfo"});
  const Outcome outcome = Container(bundle_).run();
  const std::vector<MountEntry> table = parse_mountinfo(outcome.out);
  EXPECT_EQ(mount_at(table, "/mnt/data").value_or(MountEntry{}).options,
            "ro,nosuid,nodev,noexec,relatime")
      << outcome;
}

TEST_F(ReadonlyPaths, CoverTheMountsBelow) {
  bundle_.mount("/data/mounted", "tmpfs", "tmpfs", {})
      .set("/linux/readonlyPaths", R"(["/data"])")
      .shell("touch /data/new; touch /data/mounted/new && echo written");
  const Outcome outcome = Container(bundle_).run();
  // A bind remount changes one mount only (mount(2)); what is mounted below was asked for by the
  // config.
  EXPECT_EQ(outcome.out, "written\n");
  EXPECT_TRUE(contains(outcome.err, "/data/new: Read-only file system"));
}

class Root : public RuntimeTest {};

TEST_F(Root, CanBeReadOnly) {
  bundle_.set("/root/readonly", "true")
      .mount("/tmp", "tmpfs", "tmpfs", {})
      .shell(
          "touch /new 2>&1; echo data > /tmp/file; cat /tmp/file; echo x > /dev/null && echo ok");
  EXPECT_EQ(Container(bundle_).run().out, "touch: /new: Read-only file system\ndata\nok\n");
}

TEST_F(Root, IsWritableOtherwise) {
  bundle_.shell("echo data > /new");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(read_file(bundle_.rootfs() / "new"), "data\n");
}

TEST_F(Root, MountPointsCanBeMadeInAReadOnlyOne) {
  bundle_.set("/root/readonly", "true")
      .mount("/new/place", "tmpfs", "tmpfs", {})
      .shell("touch /new/place/file && ls /new/place");
  EXPECT_EQ(Container(bundle_).run().out, "file\n");
}

TEST_F(Root, IsRequired) {
  bundle_.erase("/root");
  EXPECT_TRUE(failed(Container(bundle_).run(), "root"));
}

TEST_F(Root, KeepsTheFlagsOfItsMountWhenReadOnly) {
  bundle_.set("/root/readonly", "true").args({"/bin/cat", "/proc/self/mountinfo"});
  const std::vector<MountEntry> table = parse_mountinfo(Container(bundle_).run().out);
  EXPECT_EQ(mount_at(table, "/").value_or(MountEntry{}).options, "ro,relatime");
}

}  // namespace
}  // namespace myrt::test
