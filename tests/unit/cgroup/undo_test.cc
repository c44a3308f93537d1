#include "cgroup/undo.h"

#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

TEST(UndoText, OfASingleValueIsThatValue) {
  EXPECT_EQ(undo_text("pids.max", "5", "max\n"), "max");
  EXPECT_EQ(undo_text("memory.limit_in_bytes", "1000", "9223372036854771712\n"),
            "9223372036854771712");
  EXPECT_EQ(undo_text("cpu.max", "1000 100000", "max 100000\n"), "max 100000");
}

TEST(UndoText, OfAnEmptyFileIsAnEmptyLine) { EXPECT_EQ(undo_text("cpuset.cpus", "0", "\n"), "\n"); }

TEST(UndoText, OfADeviceIsItsLine) {
  EXPECT_EQ(undo_text("io.max", "8:16 rbps=1",
                      "8:0 rbps=5 wbps=max riops=max wiops=max\n"
                      "8:16 rbps=7 wbps=max riops=max wiops=max\n"),
            "8:16 rbps=7 wbps=max riops=max wiops=max");
  EXPECT_EQ(undo_text("blkio.throttle.read_bps_device", "8:0 1", "8:0 1048576\n"), "8:0 1048576");
  EXPECT_EQ(undo_text("rdma.max", "mlx5_0 hca_handle=2", "mlx5_0 hca_handle=max hca_object=9\n"),
            "mlx5_0 hca_handle=max hca_object=9");
  EXPECT_EQ(undo_text("net_prio.ifpriomap", "eth0 5", "lo 0\neth0 1\n"), "eth0 1");
  EXPECT_EQ(undo_text("misc.max", "res_a 3", "res_a max\nres_b 4\n"), "res_a max");
  EXPECT_EQ(undo_text("io.latency", "8:0 target=9", "8:0 target=70\n"), "8:0 target=70");
}

TEST(UndoText, OfADeviceWithoutALineTakesItAway) {
  EXPECT_EQ(undo_text("io.max", "8:0 rbps=1", ""), "8:0 rbps=max wbps=max riops=max wiops=max");
  EXPECT_EQ(undo_text("io.weight", "8:0 200", "default 100\n"), "8:0 default");
  EXPECT_EQ(undo_text("io.latency", "8:0 target=1", ""), "8:0 target=max");
  EXPECT_EQ(undo_text("blkio.throttle.read_bps_device", "8:0 1", ""), "8:0 0");
}

TEST(UndoText, OfAWeightIsTheOneForAllDevices) {
  EXPECT_EQ(undo_text("io.weight", "200", "default 100\n8:0 300\n"), "default 100");
}

TEST(UndoText, OfTheOomKillerIsItsSwitch) {
  EXPECT_EQ(undo_text("memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n"),
            "0");
}

TEST(UndoText, OfControllersSwitchesBackThoseThatChanged) {
  EXPECT_EQ(undo_text("cgroup.subtree_control", "+cpu +io -pids", "cpu pids\n"), "-io +pids");
  EXPECT_EQ(undo_text("cgroup.subtree_control", "+io", "\n"), "-io");
  EXPECT_EQ(undo_text("cgroup.subtree_control", "+cpu", "cpu\n"), std::nullopt);
}

TEST(UndoText, OfAPartitionIsItsKindWithoutTheReason) {
  EXPECT_EQ(undo_text("cpuset.cpus.partition", "member", "root invalid (Cpu list is empty)\n"),
            "root");
}

TEST(UndoText, OfWhatCannotBeTakenBackIsNothing) {
  EXPECT_EQ(undo_text("cgroup.procs", "7", "12\n"), std::nullopt);
  EXPECT_EQ(undo_text("cgroup.type", "threaded", "domain\n"), std::nullopt);
  EXPECT_EQ(undo_text("cpu.pressure", "some 1 2", "some avg10=0.00\n"), std::nullopt);
}

TEST(UndoText, OfAFormThatIsNotKnownIsNothing) {
  EXPECT_EQ(undo_text("new.file", "8:0 target=1", ""), std::nullopt);
  EXPECT_EQ(undo_text("new.file", "1", "several\nlines\n"), std::nullopt);
}

}  // namespace
}  // namespace myrt::cgroup
