#include "cgroup/systemd_unit.h"

#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

std::string error_of(std::string_view path, std::string_view id = "c1") {
  const Result<UnitPlace> place = unit_place(path, id, false);
  return place.has_value() ? "no error" : place.error().text();
}

TEST(SlicePath, HasADirectoryForEachDash) {
  EXPECT_EQ(slice_path("machine.slice").value(), "/machine.slice");
  EXPECT_EQ(slice_path("a-b-c.slice").value(), "/a.slice/a-b.slice/a-b-c.slice");
}

TEST(SlicePath, OfTheRootSliceIsEmpty) { EXPECT_EQ(slice_path("-.slice").value(), ""); }

TEST(SlicePath, RefusesWhatIsNoSlice) {
  for (const char* name : {"", "a", "a.scope", ".slice", "-a.slice", "a-.slice", "a--b.slice",
                           "a/b.slice", "../a.slice", "a b.slice"}) {
    EXPECT_FALSE(slice_path(name).has_value()) << name;
  }
}

TEST(CgroupName, HidesWhatLooksLikeAFileOfTheKernels) {
  EXPECT_EQ(cgroup_name("memory.scope"), "_memory.scope");
  EXPECT_EQ(cgroup_name("cgroup.x.scope"), "_cgroup.x.scope");
  EXPECT_EQ(cgroup_name("_a.scope"), "__a.scope");
  EXPECT_EQ(cgroup_name("myrt-c1.scope"), "myrt-c1.scope");
  EXPECT_EQ(cgroup_name("freezer.scope"), "freezer.scope");
}

TEST(UnitPlace, IsAScopeInItsSlice) {
  EXPECT_EQ(unit_place("machine-pods.slice:libpod:c1", "id", false).value(),
            (UnitPlace{.name = "libpod-c1.scope",
                       .slice = "machine-pods.slice",
                       .path = "/machine.slice/machine-pods.slice/libpod-c1.scope"}));
}

TEST(UnitPlace, WithoutAPathHasTheIdInItsName) {
  EXPECT_EQ(unit_place("", "c1", false).value(),
            (UnitPlace{.name = "myrt-c1.scope",
                       .slice = "system.slice",
                       .path = "/system.slice/myrt-c1.scope"}));
}

TEST(UnitPlace, EscapesWhatAUnitsNameCannotHave) {
  EXPECT_EQ(unit_place("", "a+b", false).value().name, "myrt-a\\x2bb.scope");
}

TEST(UnitPlace, WithoutASliceIsInTheUsualOne) {
  EXPECT_EQ(unit_place(":p:c1", "id", false).value().path, "/system.slice/p-c1.scope");
  EXPECT_EQ(unit_place(":p:c1", "id", true).value().path, "/user.slice/p-c1.scope");
}

TEST(UnitPlace, WithoutAPrefixIsTheNameAlone) {
  EXPECT_EQ(unit_place("a.slice::c1", "id", false).value().name, "c1.scope");
}

TEST(UnitPlace, RefusesOtherForms) {
  EXPECT_EQ(error_of("/pods/c1"),
            "/linux/cgroupsPath: \"/pods/c1\" is not slice:prefix:name, which systemd's cgroups "
            "need");
  EXPECT_EQ(error_of("a.slice:p:b.slice"),
            "/linux/cgroupsPath: \"a.slice:p:b.slice\" names a slice, and the processes of a "
            "container need a scope");
  EXPECT_EQ(error_of("a--b.slice:p:c1"),
            "/linux/cgroupsPath: \"a--b.slice:p:c1\" cannot be: \"a--b.slice\" is not the name of "
            "a slice");
  EXPECT_EQ(error_of("a.slice:p:c 1"),
            "/linux/cgroupsPath: \"a.slice:p:c 1\" does not make the name of a unit: \"p-c "
            "1.scope\"");
  EXPECT_EQ(error_of("a.slice:p:"),
            "/linux/cgroupsPath: \"a.slice:p:\" does not make the name of a unit: \"p-.scope\"");
}

}  // namespace
}  // namespace myrt::cgroup
