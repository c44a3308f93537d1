#include "config/mount_options.h"

#include <sys/mount.h>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/names.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// linux/mount.h
constexpr std::uint64_t kRdonly = 0x1;
constexpr std::uint64_t kNosuid = 0x2;
constexpr std::uint64_t kNodev = 0x4;
constexpr std::uint64_t kNoexec = 0x8;
constexpr std::uint64_t kAtimeMask = 0x70;
constexpr std::uint64_t kNoatime = 0x10;
constexpr std::uint64_t kStrictatime = 0x20;
constexpr std::uint64_t kNodiratime = 0x80;
constexpr std::uint64_t kNosymfollow = 0x200000;

Mount with(std::initializer_list<std::string_view> words) {
  Mount mount;
  for (const std::string_view word : words) {
    const MountOption* option = find_name(mount_options(), word);
    EXPECT_NE(option, nullptr) << word;
    if (option != nullptr) {
      apply(*option, mount);
    }
  }
  return mount;
}

struct AttributeCase {
  std::string_view word;
  std::uint64_t set;
  std::uint64_t clear;
};

// config.md 1.3.0, "Linux mount options".
constexpr AttributeCase kAttributes[] = {
    {"ro", kRdonly, 0},
    {"rw", 0, kRdonly},
    {"nosuid", kNosuid, 0},
    {"suid", 0, kNosuid},
    {"nodev", kNodev, 0},
    {"dev", 0, kNodev},
    {"noexec", kNoexec, 0},
    {"exec", 0, kNoexec},
    {"nodiratime", kNodiratime, 0},
    {"diratime", 0, kNodiratime},
    {"nosymfollow", kNosymfollow, 0},
    {"symfollow", 0, kNosymfollow},
    // Access times are one field: any change clears it whole (mount_setattr(2)).
    {"noatime", kNoatime, kAtimeMask},
    {"atime", 0, kAtimeMask},
    {"strictatime", kStrictatime, kAtimeMask},
    {"nostrictatime", 0, kAtimeMask},
    {"relatime", 0, kAtimeMask},
    {"norelatime", 0, kAtimeMask},
};

TEST(MountOptions, MapToAttributesOfTheMount) {
  for (const AttributeCase& c : kAttributes) {
    const Mount mount = with({c.word});
    EXPECT_EQ(mount.attributes, (MountAttributes{.set = c.set, .clear = c.clear})) << c.word;
    EXPECT_EQ(mount.recursive_attributes, MountAttributes{}) << c.word;
  }
}

TEST(MountOptions, WithRInFrontMapToAttributesOfTheTree) {
  for (const AttributeCase& c : kAttributes) {
    const Mount mount = with({"r" + std::string(c.word)});
    EXPECT_EQ(mount.recursive_attributes, (MountAttributes{.set = c.set, .clear = c.clear}))
        << c.word;
    EXPECT_EQ(mount.attributes, MountAttributes{}) << c.word;
  }
}

TEST(MountOptions, MapToPropagation) {
  struct Case {
    std::string_view word;
    unsigned long flags;
  };
  // sys/mount.h: MS_UNBINDABLE 1 << 17, MS_PRIVATE 1 << 18, MS_SLAVE 1 << 19, MS_SHARED 1 << 20,
  // MS_REC 0x4000
  const Case cases[] = {{"private", 0x40000},    {"rprivate", 0x44000},   {"shared", 0x100000},
                        {"rshared", 0x104000},   {"slave", 0x80000},      {"rslave", 0x84000},
                        {"unbindable", 0x20000}, {"runbindable", 0x24000}};
  for (const Case& c : cases) {
    EXPECT_THAT(with({c.word}).propagation, ElementsAre(c.flags)) << c.word;
    EXPECT_EQ(find_name(propagations(), c.word)->value, c.flags) << c.word;
  }
}

TEST(MountOptions, KeepPropagationInOrder) {
  EXPECT_THAT(with({"rslave", "shared"}).propagation, ElementsAre(0x84000, 0x100000));
}

TEST(MountOptions, MapToFlagsOfTheSuperblock) {
  for (const std::string_view word : {"sync", "dirsync", "lazytime", "mand", "iversion"}) {
    EXPECT_THAT(with({word}).super_flags, ElementsAre(word));
  }
}

TEST(MountOptions, TakeFlagsOfTheSuperblockBack) {
  EXPECT_THAT(with({"sync", "lazytime", "async"}).super_flags, ElementsAre("lazytime"));
  EXPECT_THAT(with({"lazytime", "nolazytime"}).super_flags, IsEmpty());
  EXPECT_THAT(with({"mand", "nomand"}).super_flags, IsEmpty());
  EXPECT_THAT(with({"iversion", "noiversion"}).super_flags, IsEmpty());
  EXPECT_THAT(with({"async", "sync", "sync"}).super_flags, ElementsAre("sync"));
}

TEST(MountOptions, MarkBindMounts) {
  EXPECT_TRUE(with({"bind"}).bind);
  EXPECT_FALSE(with({"bind"}).bind_recursive);
  EXPECT_TRUE(with({"rbind"}).bind);
  EXPECT_TRUE(with({"rbind"}).bind_recursive);
  EXPECT_TRUE(with({"rbind", "bind"}).bind_recursive);
}

TEST(MountOptions, MarkRemountAndCopyUp) {
  EXPECT_TRUE(with({"remount"}).remount);
  EXPECT_TRUE(with({"tmpcopyup"}).copy_up);
}

TEST(MountOptions, ThatAskForNothingChangeNothing) {
  EXPECT_EQ(with({"defaults", "silent", "loud"}), Mount{});
}

TEST(MountOptions, TheLaterOneWins) {
  EXPECT_EQ(with({"ro", "rw"}).attributes, (MountAttributes{.set = 0, .clear = kRdonly}));
  EXPECT_EQ(with({"rw", "ro"}).attributes, (MountAttributes{.set = kRdonly, .clear = 0}));
  EXPECT_EQ(with({"exec", "nosuid", "noexec"}).attributes,
            (MountAttributes{.set = kNosuid | kNoexec, .clear = 0}));
  EXPECT_EQ(with({"rro", "rrw"}).recursive_attributes,
            (MountAttributes{.set = 0, .clear = kRdonly}));
  EXPECT_EQ(with({"noatime", "strictatime"}).attributes,
            (MountAttributes{.set = kStrictatime, .clear = kAtimeMask}));
  EXPECT_EQ(with({"strictatime", "relatime"}).attributes,
            (MountAttributes{.set = 0, .clear = kAtimeMask}));
}

TEST(MountOptions, TakeBackOnlyTheAccessTimeTheyName) {
  EXPECT_EQ(with({"noatime", "atime"}).attributes,
            (MountAttributes{.set = 0, .clear = kAtimeMask}));
  EXPECT_EQ(with({"noatime", "nostrictatime"}).attributes,
            (MountAttributes{.set = kNoatime, .clear = kAtimeMask}));
  EXPECT_EQ(with({"strictatime", "norelatime"}).attributes,
            (MountAttributes{.set = kStrictatime, .clear = kAtimeMask}));
}

TEST(MountOptions, MarkIdMappedMounts) {
  EXPECT_EQ(with({"bind"}).id_mapped, IdMapScope::kNone);
  EXPECT_EQ(with({"idmap"}).id_mapped, IdMapScope::kMount);
  EXPECT_EQ(with({"ridmap"}).id_mapped, IdMapScope::kTree);
  EXPECT_EQ(with({"ridmap", "idmap"}).id_mapped, IdMapScope::kMount);
}

TEST(MountOptions, AreThoseOfTheSpecification) {
  // 18 attributes and their recursive forms, 8 propagations, 5 flags set and 4 taken back, and bind
  // rbind remount tmpcopyup defaults silent loud idmap ridmap.
  EXPECT_EQ(mount_options().size(), 62U);
}

}  // namespace
}  // namespace myrt::config
