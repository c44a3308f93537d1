// Overlay roots without an engine: `--overlay LOWER[:LOWER...][,upper=DIR,work=DIR]` of create and
// run, and the annotations that say the same when the caller allows it. No other runtime has it.

#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <ostream>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

/// The layers `tools` and `myroot` of the bundle, its mount point `rootfs`, which is empty, and
/// `upper` and `work`.
class MyrtOverlayRoot : public RuntimeTest {
 protected:
  MyrtOverlayRoot() {
    fs::rename(bundle_.rootfs(), bundle_.path() / "myroot");
    for (const char* directory : {"rootfs", "tools", "upper", "work"}) {
      fs::create_directories(bundle_.path() / directory);
    }
    write_file(bundle_.path() / "tools/tool", "of tools\n");
    write_file(bundle_.path() / "tools/both", "of tools\n");
    write_file(bundle_.path() / "myroot/base", "of myroot\n");
    write_file(bundle_.path() / "myroot/both", "of myroot\n");
  }

  Outcome run_script(const std::string& script, const std::string& overlay) {
    bundle_.shell(script);
    return Container(bundle_).run({"--overlay", overlay});
  }

  // What a script prints that must end with success.
  std::string output_of(const std::string& script, const std::string& overlay) {
    const Outcome outcome = run_script(script, overlay);
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

  // The root's entry in the container's mount table.
  MountEntry root_mount(const std::string& overlay) {
    const std::string table = output_of("cat /proc/self/mountinfo", overlay);
    return mount_at(parse_mountinfo(table), "/").value_or(MountEntry{});
  }

  // Layers with a file each, and a colon after each.
  std::string many_layers(int count) const {
    std::string overlay;
    for (int number = 0; number < count; ++number) {
      const std::string name = std::string(60, 'x') + std::to_string(number);
      fs::create_directories(in_bundle(name));
      write_file(in_bundle(name) / ("layer" + std::to_string(number)), "");
      overlay += name + ":";
    }
    return overlay;
  }

  static bool linux_at_least(int major, int minor) {
    int found_major = 0;
    int found_minor = 0;
    std::sscanf(read_file("/proc/sys/kernel/osrelease").c_str(), "%d.%d", &found_major,
                &found_minor);
    return found_major > major || (found_major == major && found_minor >= minor);
  }

  // A character device 0:0: what overlay leaves for a deleted file.
  static bool is_whiteout(const fs::path& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == 0;
  }

  fs::path in_bundle(const std::string& name) const { return bundle_.path() / name; }
};

TEST_F(MyrtOverlayRoot, MergesItsLayersWithTheLeftmostOnTop) {
  EXPECT_EQ(output_of("cat /tool /base /both", "tools:myroot"), "of tools\nof myroot\nof tools\n");
  EXPECT_EQ(output_of("cat /tool /base /both", "myroot:tools"), "of tools\nof myroot\nof myroot\n");
}

TEST_F(MyrtOverlayRoot, IsAnOverlayForTheContainerOnly) {
  EXPECT_EQ(root_mount("tools:myroot").type, "overlay");
  EXPECT_TRUE(list_directory(bundle_.rootfs()).empty());
}

TEST_F(MyrtOverlayRoot, DeletesWithAWhiteoutInTheUpperDirectory) {
  EXPECT_EQ(output_of("rm /tool && ls /tool 2>&1; true", "tools:myroot,upper=upper,work=work"),
            "ls: /tool: No such file or directory\n");
  EXPECT_TRUE(is_whiteout(in_bundle("upper/tool")));
  EXPECT_EQ(read_file(in_bundle("tools/tool")), "of tools\n");
}

TEST_F(MyrtOverlayRoot, WritesToTheUpperDirectoryOnly) {
  output_of("echo new > /new; echo changed > /base", "tools:myroot,upper=upper,work=work");
  EXPECT_EQ(read_file(in_bundle("upper/new")), "new\n");
  EXPECT_EQ(read_file(in_bundle("upper/base")), "changed\n");
  EXPECT_FALSE(fs::exists(in_bundle("tools/new")));
  EXPECT_EQ(read_file(in_bundle("myroot/base")), "of myroot\n");
}

TEST_F(MyrtOverlayRoot, KeepsTheUpperDirectoryForTheNextContainer) {
  const std::string overlay = "tools:myroot,upper=upper,work=work";
  output_of("rm /tool; echo first > /kept", overlay);
  EXPECT_EQ(output_of("cat /kept; [ -e /tool ] || echo deleted", overlay), "first\ndeleted\n");
}

TEST_F(MyrtOverlayRoot, LosesItsWritesWithoutAnUpperDirectory) {
  EXPECT_EQ(output_of("rm /tool; echo new > /new; cat /new", "tools:myroot"), "new\n");
  EXPECT_EQ(output_of("ls /new 2>/dev/null; cat /tool", "tools:myroot"), "of tools\n");
  EXPECT_TRUE(list_directory(in_bundle("upper")).empty());
  EXPECT_FALSE(fs::exists(in_bundle("tools/new")));
  EXPECT_FALSE(fs::exists(in_bundle("myroot/new")));
}

TEST_F(MyrtOverlayRoot, HasNoUpperLayerWhenReadOnly) {
  bundle_.set("/root/readonly", "true");
  const MountEntry root = root_mount("tools:myroot");
  EXPECT_TRUE(root.options.starts_with("ro")) << root.options;
  EXPECT_FALSE(contains(root.super_options, "upperdir")) << root.super_options;
  const Outcome outcome = run_script("echo x > /new", "tools:myroot");
  EXPECT_TRUE(contains(outcome.err, "can't create /new: Read-only file system")) << outcome;
}

TEST_F(MyrtOverlayRoot, MayHaveOneLayer) {
  EXPECT_EQ(output_of("cat /base; echo new > /new && cat /new", "myroot"), "of myroot\nnew\n");
}

// fsconfig(2) takes 255 bytes for one option.
TEST_F(MyrtOverlayRoot, MayHaveLayersWithLongNames) {
  EXPECT_EQ(output_of("ls -d /layer* | wc -l", many_layers(10) + "myroot"), "10\n");
}

TEST_F(MyrtOverlayRoot, MayHaveAnUpperDirectoryWithALongPath) {
  const std::string deep = std::string(100, 'u') + "/" + std::string(200, 'v');
  fs::create_directories(in_bundle(deep));
  output_of("echo new > /new", "tools:myroot,upper=" + deep + ",work=work");
  EXPECT_EQ(read_file(in_bundle(deep) / "new"), "new\n");
}

TEST_F(MyrtOverlayRoot, MayHaveManyLayersWhereTheKernelCan) {
  const Outcome outcome = run_script("ls -d /layer* | wc -l", many_layers(40) + "myroot");
  if (linux_at_least(6, 8)) {
    EXPECT_EQ(outcome.out, "40\n") << outcome;
  } else {
    EXPECT_TRUE(failed(outcome, "41 lower directories (so many need Linux 6.8)"));
  }
}

TEST_F(MyrtOverlayRoot, TakesAbsolutePathsToo) {
  const std::string overlay = in_bundle("tools").string() + ":" + in_bundle("myroot").string() +
                              ",upper=" + in_bundle("upper").string() + ",work=work";
  EXPECT_EQ(output_of("cat /tool; echo new > /new", overlay), "of tools\n");
  EXPECT_EQ(read_file(in_bundle("upper/new")), "new\n");
}

TEST_F(MyrtOverlayRoot, TakesRelativePathsFromTheBundleWhereverTheCallerIs) {
  bundle_.args({"/bin/cat", "/tool"});
  Container container(bundle_);
  Command command = container.run_command({"--overlay", "tools:myroot"});
  command.cwd = "/";
  EXPECT_EQ(container.run(command).out, "of tools\n");
}

TEST_F(MyrtOverlayRoot, TakesSeparatorsInNamesWhenEscaped) {
  fs::rename(in_bundle("tools"), in_bundle(R"(to:o,l\s)"));
  fs::rename(in_bundle("upper"), in_bundle("up,per:"));
  EXPECT_EQ(
      output_of("cat /tool; echo new > /new", R"(to\:o\,l\\s:myroot,upper=up\,per\:,work=work)"),
      "of tools\n");
  EXPECT_EQ(read_file(in_bundle("up,per:/new")), "new\n");
}

TEST_F(MyrtOverlayRoot, SharesItsLowerLayersWithOtherContainers) {
  bundle_.shell("cat /tool; rm /tool; echo ready; exec sleep 100");
  Container first(bundle_);
  Container second(bundle_);
  ASSERT_TRUE(succeeded(first.run_detached({"--overlay", "tools:myroot,upper=upper,work=work"})));
  ASSERT_TRUE(first.wait_for_output("ready"));
  ASSERT_TRUE(succeeded(second.run_detached({"--overlay", "tools:myroot"})));
  EXPECT_TRUE(second.wait_for_output("of tools\nready\n")) << second.err();
  EXPECT_EQ(output_of("cat /tool", "tools:myroot"), "of tools\n");
}

TEST_F(MyrtOverlayRoot, IsNeverInTheHostsMountTable) {
  const std::string before = read_file("/proc/self/mountinfo");
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--overlay", "tools:myroot"})));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), before);
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), before);
  ASSERT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), before);
}

TEST_F(MyrtOverlayRoot, WorksInAUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  EXPECT_EQ(output_of("cat /tool; rm /tool; echo new > /new; cat /new", "tools:myroot"),
            "of tools\nnew\n");
}

/// A faulty --overlay and the one line that says why.
struct Fault {
  const char* name;
  const char* overlay;
  const char* message;  // on stderr, from the part that is the same on every machine

  friend std::ostream& operator<<(std::ostream& stream, const Fault& fault) {
    return stream << fault.name;
  }
};

class MyrtOverlayFault : public MyrtOverlayRoot, public ::testing::WithParamInterface<Fault> {};

TEST_P(MyrtOverlayFault, IsRefused) {
  const Outcome outcome = run_script("true", GetParam().overlay);
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, GetParam().message)) << outcome;
}

INSTANTIATE_TEST_SUITE_P(
    All, MyrtOverlayFault,
    ::testing::Values(
        Fault{"upper_alone", "tools:myroot,upper=upper", "--overlay: upper and work go together"},
        Fault{"work_alone", "tools:myroot,work=work", "--overlay: upper and work go together"},
        Fault{"upper_twice", "tools,upper=upper,upper=work,work=work",
              "--overlay: upper is given twice"},
        Fault{"empty_name", "tools::myroot", "--overlay: a directory without a name"},
        Fault{"no_name", ",upper=upper,work=work", "--overlay: a directory without a name"},
        Fault{"unknown_word", "tools:myroot,lower=upper",
              "--overlay: want upper=DIR or work=DIR, got lower=upper"},
        Fault{"stray_backslash", R"(to\ols:myroot)",
              R"(--overlay: \ must stand before :, a comma or \ in to\ols)"},
        Fault{"missing_lower", "tools:missing", "bundle/missing: No such file or directory"},
        Fault{"missing_upper", "tools:myroot,upper=missing,work=work",
              "bundle/missing: No such file or directory"},
        Fault{"a_file_as_lower", "tools/tool:myroot", "bundle/tools/tool: Not a directory"}),
    [](const auto& fault) { return std::string(fault.param.name); });

/// The annotations that say the same as the flag.
class MyrtOverlayAnnotations : public MyrtOverlayRoot {
 protected:
  // A root of its own, so that a container without its overlay runs too.
  MyrtOverlayAnnotations() {
    fs::remove(bundle_.rootfs());
    fs::copy(in_bundle("myroot"), bundle_.rootfs(),
             fs::copy_options::recursive | fs::copy_options::create_hard_links);
  }

  Bundle& annotate(const std::string& name, const std::string& value) {
    return bundle_.set("/annotations/org.myrt.overlay." + name, json_quote(value));
  }

  Outcome run_allowed(const std::string& script) {
    Container container(bundle_.shell(script));
    Command command = container.run_command();
    command.argv.insert(command.argv.begin() + 1, "--allow-annotations=overlay");
    return container.run(command);
  }
};

TEST_F(MyrtOverlayAnnotations, AreHonouredWhenTheCallerAllowsIt) {
  annotate("lowerdir", "tools:myroot");
  const Outcome outcome = run_allowed("cat /tool; echo new > /new");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "of tools\n");
  EXPECT_FALSE(fs::exists(bundle_.rootfs() / "new"));
}

TEST_F(MyrtOverlayAnnotations, NameTheUpperDirectoryToo) {
  annotate("lowerdir", "tools:myroot");
  annotate("upperdir", "upper");
  annotate("workdir", "work");
  EXPECT_TRUE(succeeded(run_allowed("echo new > /new")));
  EXPECT_EQ(read_file(in_bundle("upper/new")), "new\n");
}

TEST_F(MyrtOverlayAnnotations, AreIgnoredOtherwise) {
  annotate("lowerdir", "tools:myroot").shell("ls /tool 2>/dev/null; cat /base");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "of myroot\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(MyrtOverlayAnnotations, AreIgnoredWithADebugLine) {
  annotate("lowerdir", "tools:myroot").args({"/bin/true"});
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin() + 1, "--debug");
  EXPECT_TRUE(contains(container.run(command).err,
                       "annotation org.myrt.overlay.lowerdir is ignored without "
                       "--allow-annotations=overlay"));
}

TEST_F(MyrtOverlayAnnotations, FromAnImageLabelThatAsksForTheHostsRootGetNothing) {
  write_file(workspace() / "secret", "secret of the host\n");
  const std::string secret = workspace() / "secret";
  annotate("lowerdir", "/").shell("cat " + secret + " 2>&1; cat /base");
  EXPECT_EQ(Container(bundle_).run().out,
            "cat: can't open '" + secret + "': No such file or directory\nof myroot\n");
}

TEST_F(MyrtOverlayAnnotations, GiveWayToTheFlag) {
  annotate("lowerdir", "missing");
  Container container(bundle_.args({"/bin/cat", "/tool"}));
  Command command = container.run_command({"--overlay", "tools:myroot"});
  command.argv.insert(command.argv.begin() + 1, "--allow-annotations=overlay");
  EXPECT_EQ(container.run(command).out, "of tools\n");
}

TEST_F(MyrtOverlayAnnotations, WithoutLowerLayersAreRefused) {
  annotate("upperdir", "upper");
  EXPECT_TRUE(failed(run_allowed("true"), "want lowerdir, and upperdir and workdir together"));
}

TEST_F(MyrtOverlayAnnotations, ThatNobodyKnowsAreRefused) {
  annotate("lowerdir", "tools:myroot");
  annotate("middledir", "upper");
  EXPECT_TRUE(failed(run_allowed("true"), "annotation org.myrt.overlay.middledir: unknown"));
}

}  // namespace
}  // namespace myrt::test
