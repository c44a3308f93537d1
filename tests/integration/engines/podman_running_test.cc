// What podman does with a container that runs: pause, top, stats, update, healthcheck, cp.

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanRunning : public PodmanWithContainer {
 protected:
  // A file of the container's cgroup, by its names on cgroup v1 and v2.
  static std::string cgroup_value(const std::string& controller, const std::string& v1_file,
                                  const std::string& v2_file) {
    return read_value(cgroup_of(container().pid(), controller) / (cgroup_v2() ? v2_file : v1_file));
  }
};

TEST_F(PodmanRunning, IsPausedAndResumed) {
  const PodmanContainer ticking(
      store(), {"busybox", "sh", "-c", "while :; do echo >> /tmp/ticks; usleep 5000; done"});
  const auto ticks = [&ticking] {
    return read_file("/proc/" + std::to_string(ticking.pid()) + "/root/tmp/ticks").size();
  };
  EXPECT_TRUE(eventually([&ticks] { return ticks() > 0; }));
  EXPECT_TRUE(succeeded(ticking.call({"pause"})));
  EXPECT_EQ(ticking.status(), "paused 0");
  const std::size_t when_paused = ticks();
  EXPECT_EQ(ticking.exec({"true"}).exit_code, 255);
  EXPECT_EQ(ticks(), when_paused);
  EXPECT_TRUE(succeeded(ticking.call({"unpause"})));
  EXPECT_EQ(ticking.status(), "running 0");
  EXPECT_TRUE(eventually([&ticks, when_paused] { return ticks() > when_paused; }));
}

TEST_F(PodmanRunning, ShowsItsProcesses) {
  const std::string table = podman({"top", container().name(), "user", "pid", "args"}).out;
  const std::vector<std::string> lines = lines_of(table);
  ASSERT_EQ(lines.size(), 2U) << table;
  EXPECT_TRUE(lines[1].starts_with("root ")) << table;
  EXPECT_TRUE(contains(lines[1], " 1 ")) << table;
  EXPECT_TRUE(contains(lines[1], "sleep 600")) << table;
}

// With options of ps(1), podman runs that inside.
TEST_F(PodmanRunning, ShowsItsProcessesAsItsOwnPsDoes) {
  const Outcome outcome = podman({"top", container().name(), "-o", "pid,args"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "    1 sleep 600\n")) << outcome;
}

TEST_F(PodmanRunning, ShowsWhatItUses) {
  const Outcome outcome =
      podman({"stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", container().name()});
  EXPECT_EQ(outcome.out, container().name() + " 1\n") << outcome;
}

TEST_F(PodmanRunning, TakesANewMemoryLimit) {
  EXPECT_TRUE(succeeded(container().call({"update", "--memory", "100m"})));
  EXPECT_EQ(cgroup_value("memory", "memory.limit_in_bytes", "memory.max"), "104857600");
  EXPECT_TRUE(succeeded(container().call({"update", "--memory", "80m"})));
  EXPECT_EQ(cgroup_value("memory", "memory.limit_in_bytes", "memory.max"), "83886080");
}

TEST_F(PodmanRunning, TakesANewShareOfTheProcessors) {
  EXPECT_TRUE(succeeded(container().call({"update", "--cpus", "0.5"})));
  EXPECT_EQ(cgroup_value("cpu", "cpu.cfs_quota_us", "cpu.max"),
            cgroup_v2() ? "50000 100000" : "50000");
}

TEST_F(PodmanRunning, KeepsItsDevicesWhenUpdated) {
  EXPECT_TRUE(succeeded(container().call({"update", "--cpu-shares", "512"})));
  EXPECT_TRUE(succeeded(container().exec({"sh", "-c", "head -c 1 /dev/zero > /dev/null"})));
}

TEST_F(PodmanRunning, IsAskedForItsHealth) {
  // Without an interval, as that would be a timer of systemd.
  const PodmanContainer asked(store(),
                              {"--health-cmd", "test -e /tmp/well", "--health-interval", "disable",
                               "--health-retries", "1", "busybox", "sleep", "600"});
  EXPECT_EQ(asked.call({"healthcheck", "run"}).exit_code, 1);
  EXPECT_EQ(asked.inspect("{{.State.Health.Status}}"), "unhealthy");
  EXPECT_TRUE(succeeded(asked.exec({"touch", "/tmp/well"})));
  EXPECT_TRUE(succeeded(asked.call({"healthcheck", "run"})));
  EXPECT_EQ(asked.inspect("{{.State.Health.Status}}"), "healthy");
}

TEST_F(PodmanRunning, GivesAndTakesFiles) {
  write_file(workspace() / "file", "from outside\n");
  EXPECT_TRUE(succeeded(podman({"cp", workspace() / "file", container().name() + ":/tmp/copy"})));
  EXPECT_EQ(container().exec({"cat", "/tmp/copy"}).out, "from outside\n");
  EXPECT_TRUE(succeeded(podman({"cp", container().name() + ":/tmp/copy", workspace() / "back"})));
  EXPECT_EQ(read_file(workspace() / "back"), "from outside\n");
}

}  // namespace
}  // namespace myrt::test
