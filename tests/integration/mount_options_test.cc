// mounts[].options: each word and what the kernel's mount table says then (config.md "Linux mount
// options").

#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MountOptionsTest : public RuntimeTest {
 protected:
  // The container's mount table.
  std::vector<MountEntry> mounts() {
    bundle_.args({"/bin/cat", "/proc/self/mountinfo"});
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return parse_mountinfo(outcome.out);
  }

  // The last mount at this point of the table.
  static MountEntry at(const std::vector<MountEntry>& table, const std::string& point) {
    const std::optional<MountEntry> mount = mount_at(table, point);
    EXPECT_TRUE(mount.has_value()) << "nothing is mounted on " << point;
    return mount.value_or(MountEntry{});
  }

  MountEntry mount_on_mnt() { return at(mounts(), "/mnt"); }

  fs::path source() {
    fs::create_directories(workspace() / "source");
    return workspace() / "source";
  }
};

struct Case {
  std::vector<std::string> options;
  const char* seen;  // in the mount table

  friend std::ostream& operator<<(std::ostream& stream, const Case& one) {
    for (const std::string& option : one.options) {
      stream << option << ' ';
    }
    return stream;
  }
};

// GoogleTest's names: letters, digits and underscores.
std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const std::string& option : info.param.options) {
    name += (name.empty() ? "" : "_") + option;
  }
  std::replace(name.begin(), name.end(), '=', '_');
  return name.empty() ? "none" : name;
}

class TmpfsOptions : public MountOptionsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(TmpfsOptions, GiveTheMountItsFlags) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", GetParam().options);
  EXPECT_EQ(mount_on_mnt().options, GetParam().seen);
}

// Later words win; without a word about it the kernel's default is relatime (mount(2)).
INSTANTIATE_TEST_SUITE_P(
    All, TmpfsOptions,
    ::testing::Values(
        Case{{}, "rw,relatime"}, Case{{"defaults"}, "rw,relatime"}, Case{{"ro"}, "ro,relatime"},
        Case{{"ro", "rw"}, "rw,relatime"}, Case{{"nosuid"}, "rw,nosuid,relatime"},
        Case{{"nosuid", "suid"}, "rw,relatime"}, Case{{"nodev"}, "rw,nodev,relatime"},
        Case{{"nodev", "dev"}, "rw,relatime"}, Case{{"noexec"}, "rw,noexec,relatime"},
        Case{{"noexec", "exec"}, "rw,relatime"}, Case{{"noatime"}, "rw,noatime"},
        Case{{"noatime", "atime"}, "rw,relatime"}, Case{{"nodiratime"}, "rw,nodiratime,relatime"},
        Case{{"nodiratime", "diratime"}, "rw,relatime"}, Case{{"strictatime"}, "rw"},
        Case{{"relatime"}, "rw,relatime"}, Case{{"nosymfollow"}, "rw,relatime,nosymfollow"},
        Case{{"nosuid", "nodev", "noexec", "ro"}, "ro,nosuid,nodev,noexec,relatime"}),
    case_name);

class BindOptions : public MountOptionsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(BindOptions, GiveTheMountItsFlags) {
  bundle_.mount("/mnt", "bind", source(), GetParam().options);
  EXPECT_EQ(mount_on_mnt().options, GetParam().seen);
}

INSTANTIATE_TEST_SUITE_P(
    All, BindOptions,
    ::testing::Values(
        Case{{"bind"}, "rw,relatime"}, Case{{"rbind"}, "rw,relatime"},
        Case{{"bind", "ro"}, "ro,relatime"}, Case{{"rbind", "ro"}, "ro,relatime"},
        Case{{"ro", "bind"}, "ro,relatime"}, Case{{"bind", "nosuid"}, "rw,nosuid,relatime"},
        Case{{"bind", "nodev"}, "rw,nodev,relatime"},
        Case{{"bind", "noexec"}, "rw,noexec,relatime"}, Case{{"bind", "noatime"}, "rw,noatime"},
        Case{{"rbind", "ro", "nosuid", "nodev", "noexec"}, "ro,nosuid,nodev,noexec,relatime"}),
    case_name);

class SuperOptions : public MountOptionsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(SuperOptions, ReachTheFileSystem) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", GetParam().options);
  EXPECT_EQ(mount_on_mnt().super_options, GetParam().seen);
}

INSTANTIATE_TEST_SUITE_P(
    All, SuperOptions,
    ::testing::Values(Case{{"sync"}, "rw,sync"}, Case{{"dirsync"}, "rw,dirsync"},
                      Case{{"lazytime"}, "rw,lazytime"}, Case{{"lazytime", "nolazytime"}, "rw"},
                      Case{{"sync", "async"}, "rw"}, Case{{"silent", "loud"}, "rw"},
                      Case{{"iversion"}, "rw"}, Case{{"iversion", "noiversion"}, "rw"},
                      Case{{"mand", "nomand"}, "rw"}, Case{{"size=64k"}, "rw,size=64k"}),
    case_name);

class Remount : public MountOptionsTest {};

TEST_F(Remount, ChangesTheFlagsOfAnEarlierMount) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"nosuid"})
      .mount("/mnt", "tmpfs", "tmpfs", {"remount", "ro", "noexec"});
  const std::vector<MountEntry> table = mounts();
  const MountEntry mount = at(table, "/mnt");
  EXPECT_TRUE(mount.options.starts_with("ro,")) << mount.options;
  EXPECT_TRUE(contains(mount.options, "noexec")) << mount.options;
  EXPECT_EQ(std::ranges::count(table, "/mnt", &MountEntry::point), 1);
}

class BindOf : public MountOptionsTest {};

TEST_F(BindOf, ANosuidSourceStaysNosuidWhenMadeReadOnly) {
  const HostMount host(source(), MS_NOSUID | MS_NODEV | MS_NOEXEC);
  bundle_.mount("/mnt", "bind", source(), {"bind", "ro"});
  EXPECT_EQ(mount_on_mnt().options, "ro,nosuid,nodev,noexec,relatime");
}

TEST_F(BindOf, ANosuidSourceKeepsItsFlagsWithoutOptions) {
  const HostMount host(source(), MS_NOSUID | MS_NODEV | MS_NOEXEC);
  bundle_.mount("/mnt", "bind", source(), {"rbind"});
  EXPECT_EQ(mount_on_mnt().options, "rw,nosuid,nodev,noexec,relatime");
}

TEST_F(BindOf, AReadOnlySourceCanBeMadeWritableByRoot) {
  const HostMount host(source(), MS_RDONLY);
  bundle_.mount("/mnt", "bind", source(), {"bind", "rw"});
  // The mount is; the file system below is read-only in itself.
  EXPECT_TRUE(mount_on_mnt().options.starts_with("rw,"));
}

TEST_F(BindOf, UnknownOptionsAreRefused) {
  bundle_.mount("/mnt", "bind", source(), {"bind", "no-such-option"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "no-such-option"));
}

TEST_F(BindOf, ATreeIsReadOnlyAtItsTopOnly) {
  const HostMount below(source() / "below", 0);
  bundle_.mount("/mnt", "bind", source(), {"rbind", "ro"});
  const std::vector<MountEntry> table = mounts();
  EXPECT_EQ(at(table, "/mnt").options, "ro,relatime");
  EXPECT_EQ(at(table, "/mnt/below").options, "rw,relatime");
}

class RecursiveOptions : public MountOptionsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(RecursiveOptions, ReachTheMountsBelow) {
  const HostMount below(source() / "below", 0);
  std::vector<std::string> options = {"rbind"};
  options.insert(options.end(), GetParam().options.begin(), GetParam().options.end());
  bundle_.mount("/mnt", "bind", source(), options);
  const std::vector<MountEntry> table = mounts();
  EXPECT_EQ(at(table, "/mnt").options, GetParam().seen);
  EXPECT_EQ(at(table, "/mnt/below").options, GetParam().seen);
}

INSTANTIATE_TEST_SUITE_P(
    All, RecursiveOptions,
    ::testing::Values(Case{{"rro"}, "ro,relatime"}, Case{{"rnosuid"}, "rw,nosuid,relatime"},
                      Case{{"rnodev"}, "rw,nodev,relatime"},
                      Case{{"rnoexec"}, "rw,noexec,relatime"}, Case{{"rnoatime"}, "rw,noatime"},
                      Case{{"rstrictatime"}, "rw"}, Case{{"rnodiratime"}, "rw,nodiratime,relatime"},
                      Case{{"rnosymfollow"}, "rw,relatime,nosymfollow"},
                      Case{{"rro", "rrw"}, "rw,relatime"},
                      Case{{"rro", "rnosuid", "rnoatime"}, "ro,nosuid,noatime"}),
    case_name);

class Propagation : public MountOptionsTest {
 protected:
  std::string of_bind(const std::vector<std::string>& words) {
    std::vector<std::string> options = {"rbind"};
    options.insert(options.end(), words.begin(), words.end());
    bundle_.mount("/mnt", "bind", source(), options);
    return mount_on_mnt().propagation;
  }
};

// The tests' own mounts are shared, see support/main.cc.
TEST_F(Propagation, PrivateHasNoPeers) {
  const HostMount host(source(), 0);
  EXPECT_EQ(of_bind({"rprivate"}), "");
  EXPECT_EQ(of_bind({"private"}), "");
}

TEST_F(Propagation, SlaveHasAMaster) {
  const HostMount host(source(), 0);
  EXPECT_TRUE(of_bind({"rslave"}).starts_with("master:"));
  EXPECT_TRUE(of_bind({"slave"}).starts_with("master:"));
}

TEST_F(Propagation, SharedIsAPeer) {
  const HostMount host(source(), 0);
  EXPECT_TRUE(of_bind({"rshared"}).starts_with("shared:"));
  EXPECT_TRUE(of_bind({"shared"}).starts_with("shared:"));
}

TEST_F(Propagation, UnbindableIsSaid) {
  EXPECT_EQ(of_bind({"unbindable"}), "unbindable");
  EXPECT_EQ(of_bind({"runbindable"}), "unbindable");
}

TEST_F(Propagation, WordsAreForAnyType) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"nosuid", "rshared"});
  EXPECT_TRUE(mount_on_mnt().propagation.starts_with("shared:"));
}

TEST_F(Propagation, OfTheRootIsSlaveWhenNotGiven) {
  EXPECT_TRUE(at(mounts(), "/").propagation.starts_with("master:"));
}

TEST_F(Propagation, OfTheRootIsPrivateWhenAsked) {
  bundle_.set("/linux/rootfsPropagation", R"("private")");
  EXPECT_EQ(at(mounts(), "/").propagation, "");
}

// "shared": a new peer group; "slave": receives from the host; "unbindable": cannot be bind-mounted
// (config-linux.md).
TEST_F(Propagation, OfTheRootIsThatOfTheConfig) {
  for (const auto& [word, seen] :
       {std::pair{"shared", "shared:"}, {"slave", "master:"}, {"unbindable", "unbindable"}}) {
    bundle_.set("/linux/rootfsPropagation", json_quote(word));
    const std::string propagation = at(mounts(), "/").propagation;
    EXPECT_TRUE(propagation.starts_with(seen)) << word << " gives " << propagation;
  }
}

TEST_F(Propagation, OfTheRootMustBeAKnownWord) {
  bundle_.set("/linux/rootfsPropagation", R"("sideways")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "sideways"));
}

}  // namespace
}  // namespace myrt::test
