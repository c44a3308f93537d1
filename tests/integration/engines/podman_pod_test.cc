// Pods: an infra container, whose namespaces and cgroup the others join.

#include "engines/podman.h"
#include "support/cgroups.h"

namespace myrt::test {
namespace {

/// A pod with two containers that sleep, removed at the end of its scope.
class Pod {
 public:
  Pod(const PodmanStore& store, const std::vector<std::string>& options) : store_(store) {
    std::vector<std::string> words{
        "pod",           "create",  "--name",          name_,
        "--network",     "none",    "--cgroup-parent", PodmanStore::cgroup_parent(),
        "--infra-image", "busybox", "--infra-command", "sleep 600"};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_TRUE(succeeded(store_.call(words)));
  }
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;
  ~Pod() { EXPECT_TRUE(succeeded(call({"rm", "--force", "--time", "0"}))); }

  const std::string& name() const { return name_; }
  /// `podman pod COMMAND... NAME`
  Outcome call(std::vector<std::string> command) const {
    command.insert(command.begin(), "pod");
    command.push_back(name_);
    return store_.call(command);
  }
  std::string status() const {
    const std::string out =
        store_.call({"pod", "ps", "--filter", "name=" + name_, "--format", "{{.Status}}"}).out;
    return out.substr(0, out.find('\n'));
  }

 private:
  const PodmanStore& store_;
  const std::string name_ = unique_name();
};

class PodmanPods : public Podman {
 protected:
  void TearDown() override {
    {
      // Podman makes the pods' parent itself, and leaves it.
      const HostCgroup removed_at_once(PodmanStore::cgroup_parent());
    }
    Podman::TearDown();
  }

  static std::vector<std::string> sleeper(const Pod& pod) {
    return {"--pod", pod.name(), "busybox", "sleep", "600"};
  }
};

TEST_F(PodmanPods, ShareNamespaces) {
  const Pod pod(store(), {"--share", "ipc,net,pid,uts"});
  const PodmanContainer one(store(), sleeper(pod));
  const PodmanContainer two(store(), sleeper(pod));
  for (const char* kind : {"ipc", "net", "pid", "uts"}) {
    EXPECT_EQ(one.namespace_of(kind), two.namespace_of(kind)) << kind;
    EXPECT_NE(one.namespace_of(kind), inode_of(std::string("/proc/self/ns/") + kind)) << kind;
  }
  EXPECT_NE(one.namespace_of("mnt"), two.namespace_of("mnt"));
  EXPECT_EQ(two.exec({"hostname"}).out, pod.name() + "\n");
  // A header, the infra container's, two that sleep, and this one.
  EXPECT_EQ(lines_of(two.exec({"ps"}).out).size(), 5U);
}

TEST_F(PodmanPods, ShareACgroup) {
  const Pod pod(store(), {});
  const PodmanContainer container(store(), sleeper(pod));
  const std::string id =
      store().call({"pod", "inspect", "--format", "{{.ID}}", pod.name()}).out.substr(0, 64);
  EXPECT_TRUE(contains(cgroup_of(container.pid(), "memory"),
                       PodmanStore::cgroup_parent() + "/" + id + "/libpod-"));
}

TEST_F(PodmanPods, AreStoppedAndStarted) {
  const Pod pod(store(), {});
  const PodmanContainer container(store(), sleeper(pod));
  EXPECT_EQ(pod.status(), "Running");
  EXPECT_TRUE(succeeded(pod.call({"stop", "--time", "0"})));
  EXPECT_EQ(pod.status(), "Exited");
  EXPECT_EQ(container.status(), "exited 137");
  EXPECT_TRUE(succeeded(pod.call({"start"})));
  EXPECT_EQ(pod.status(), "Running");
  EXPECT_EQ(container.status(), "running 0");
}

TEST_F(PodmanPods, ArePausedAndResumed) {
  const Pod pod(store(), {});
  const PodmanContainer container(store(), sleeper(pod));
  EXPECT_TRUE(succeeded(pod.call({"pause"})));
  EXPECT_EQ(container.status(), "paused 0");
  EXPECT_TRUE(succeeded(pod.call({"unpause"})));
  EXPECT_EQ(container.status(), "running 0");
}

TEST_F(PodmanPods, SignalAllTheirContainers) {
  const Pod pod(store(), {});
  const PodmanContainer container(store(), sleeper(pod));
  EXPECT_TRUE(succeeded(pod.call({"kill"})));
  EXPECT_TRUE(container.wait_for_status("exited 137"));
}

TEST_F(PodmanPods, GoOnWhenAContainerEnds) {
  const Pod pod(store(), {"--share", "pid"});
  const PodmanContainer container(store(), sleeper(pod));
  EXPECT_EQ(run_once({"--pod", pod.name(), "busybox", "sh", "-c", "exit 3"}).exit_code, 3);
  EXPECT_EQ(container.status(), "running 0");
}

}  // namespace
}  // namespace myrt::test
