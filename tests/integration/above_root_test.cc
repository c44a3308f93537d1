// Nothing lies on top of the container's root. pivot_root(".", ".") stacks the old root there, and
// a lookup of "/.." ends in what is on top: were anything left, it would be the host's root.

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class AboveRoot : public RuntimeTest {
 protected:
  AboveRoot() {
    bundle_.file("marker", "the container's\n");
    // The old root would be the first line for "/" in the table, before the container's own.
    bundle_.shell("cat /../marker; awk '$5 == \"/\"' /proc/self/mountinfo | wc -l");
  }
};

class MyrtAboveRoot : public AboveRoot {};

TEST_F(AboveRoot, IsNothing) { EXPECT_EQ(Container(bundle_).run().out, "the container's\n1\n"); }

TEST_F(AboveRoot, IsNothingWithSharedPropagation) {
  bundle_.set("/linux/rootfsPropagation", R"("shared")");
  EXPECT_EQ(Container(bundle_).run().out, "the container's\n1\n");
}

// In a suite of myrt's own, as others refuse a mount there.
TEST_F(MyrtAboveRoot, IsNothingWhenAMountCoversTheRoot) {
  fs::copy(bundle_.rootfs(), bundle_.path() / "cover", fs::copy_options::recursive);
  bundle_.set("/mounts/0", R"({"destination": "/", "source": "cover", "options": ["rbind"]})")
      .mount("/proc", "proc", "proc", {});
  EXPECT_EQ(Container(bundle_).run().out, "the container's\n1\n");
}

TEST_F(MyrtAboveRoot, IsNothingWithAnOverlayWhoseWritesAreLost) {
  fs::rename(bundle_.rootfs(), bundle_.path() / "layer");
  fs::create_directory(bundle_.rootfs());
  EXPECT_EQ(Container(bundle_).run({"--overlay", "layer"}).out, "the container's\n1\n");
}

TEST_F(MyrtAboveRoot, IsNothingWithAnOverlayWhoseWritesAreKept) {
  fs::rename(bundle_.rootfs(), bundle_.path() / "layer");
  for (const char* name : {"rootfs", "upper", "work"}) {
    fs::create_directory(bundle_.path() / name);
  }
  EXPECT_EQ(Container(bundle_).run({"--overlay", "layer,upper=upper,work=work"}).out,
            "the container's\n1\n");
}

}  // namespace
}  // namespace myrt::test
