// state, list, kill and delete on containers that are records alone: a process of ours, no cgroups.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include <myrt/container.h>

#include "../sys/support.h"
#include "container/process_id.h"
#include "container/record.h"
#include "container/store.h"
#include "sys/process.h"

namespace myrt::container {
namespace {

/// A child that lives until it is killed.
class Process {
 public:
  Process() {
    Result<sys::Cloned> cloned = sys::clone_process({});
    if (!cloned.has_value()) {
      ADD_FAILURE() << cloned.error().text();
      return;
    }
    if (cloned->pid == 0) {
      ::signal(SIGTERM, SIG_DFL);
      ::pause();
      sys::child_exit(0);
    }
    id_ = identify(cloned->pid).value_or(ProcessId{});
    pidfd_ = std::move(cloned->pidfd);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (id_.pid > 0) {
      static_cast<void>(end());
    }
  }
  [[nodiscard]] const ProcessId& id() const { return id_; }
  /// How it ended; it is killed if it has not.
  int end() {
    static_cast<void>(sys::pidfd_send_signal(pidfd_.get(), SIGKILL));
    const Result<sys::ExitStatus> status = sys::wait_for(id_.pid);
    id_.pid = 0;
    return status.has_value() ? status->signal : -1;
  }

 private:
  ProcessId id_;
  sys::UniqueFd pidfd_;
};

class LifeTest : public testing::Test {
 protected:
  /// Makes a container of which nothing is there but what `record` says.
  void make(Record record) {
    const Result<sys::UniqueFd> root = open_root(store, true);
    ASSERT_TRUE(root.has_value()) << root.error().text();
    const Result<Entry> entry = make_entry(root->get(), record.id);
    ASSERT_TRUE(entry.has_value()) << entry.error().text();
    ASSERT_TRUE(write_record(entry->directory.get(), record).has_value());
  }
  Record created(std::string_view id, const ProcessId& process) {
    Record record;
    record.id = id;
    record.phase = Phase::kCreated;
    record.process = process;
    record.bundle = directory.path();
    record.rootfs = directory / "rootfs";
    record.created = "2025-01-02T03:04:05.000000006Z";
    record.annotations = {{"a", "1"}};
    return record;
  }
  [[nodiscard]] bool exists(std::string_view id) const {
    return std::filesystem::exists(store.root + "/" + std::string(id));
  }

  sys::TemporaryDirectory directory;
  Store store{.root = directory / "state"};
};

TEST_F(LifeTest, StateTellsWhatTheRecordAndTheKernelSay) {
  const Process process;
  make(created("c1", process.id()));

  const Result<State> known = state(store, "c1");

  ASSERT_TRUE(known.has_value()) << known.error().text();
  EXPECT_EQ(known->id, "c1");
  EXPECT_EQ(known->status, Status::kRunning);
  EXPECT_EQ(known->pid, process.id().pid);
  EXPECT_EQ(known->bundle, directory.path());
  EXPECT_EQ(known->rootfs, directory / "rootfs");
  EXPECT_EQ(known->created, "2025-01-02T03:04:05.000000006Z");
  EXPECT_EQ(known->annotations, (std::vector<std::pair<std::string, std::string>>{{"a", "1"}}));
}

TEST_F(LifeTest, StateOfAStoppedContainerHasNoPid) {
  Process process;
  make(created("c1", process.id()));
  process.end();

  const Result<State> known = state(store, "c1");

  ASSERT_TRUE(known.has_value()) << known.error().text();
  EXPECT_EQ(known->status, Status::kStopped);
  EXPECT_EQ(known->pid, 0);
}

TEST_F(LifeTest, StateOfAnUnknownContainerIsAnError) {
  EXPECT_EQ(state(store, "c1").error().text(), "container does not exist");
}

TEST_F(LifeTest, ListOfNoStoreIsEmpty) {
  const Result<std::vector<State>> listed = list(store);

  ASSERT_TRUE(listed.has_value()) << listed.error().text();
  EXPECT_TRUE(listed->empty());
}

TEST_F(LifeTest, ListHidesNobodyForADamagedEntry) {
  make(created("c1", {}));
  make(created("c3", {}));
  std::filesystem::create_directory(store.root + "/c2");
  sys::write_text(store.root + "/c2/state.json", "{");
  sys::write_text(store.root + "/file", "");

  const Result<std::vector<State>> listed = list(store);

  ASSERT_TRUE(listed.has_value()) << listed.error().text();
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ((*listed)[0].id, "c1");
  EXPECT_EQ((*listed)[0].owner, "root");
  EXPECT_EQ((*listed)[1].id, "c2");
  EXPECT_EQ((*listed)[1].status, Status::kStopped);
  EXPECT_EQ((*listed)[1].pid, 0);
  EXPECT_EQ((*listed)[2].id, "c3");
}

TEST_F(LifeTest, KillSendsTheSignalToTheProcess) {
  Process process;
  make(created("c1", process.id()));

  const Result<void> killed = kill(store, "c1", SIGTERM, false);

  ASSERT_TRUE(killed.has_value()) << killed.error().text();
  EXPECT_EQ(process.end(), SIGTERM);
}

TEST_F(LifeTest, KillAllWithoutCgroupsMeansTheProcess) {
  Process process;
  make(created("c1", process.id()));

  const Result<void> killed = kill(store, "c1", SIGTERM, true);

  ASSERT_TRUE(killed.has_value()) << killed.error().text();
  EXPECT_EQ(process.end(), SIGTERM);
}

TEST_F(LifeTest, KillHitsNobodyWhoHasThePidNow) {
  Process process;
  ProcessId earlier = process.id();
  --earlier.start_time;
  make(created("c1", earlier));

  const Result<void> killed = kill(store, "c1", SIGTERM, false);

  ASSERT_FALSE(killed.has_value());
  EXPECT_EQ(killed.error().code(), ESRCH);
  EXPECT_EQ(killed.error().text(), "container not running");
  EXPECT_EQ(process.end(), SIGKILL);
}

TEST_F(LifeTest, PauseNeedsACgroup) {
  const Process process;
  make(created("c1", process.id()));

  EXPECT_EQ(
      pause(store, "c1").error().text(),
      "cannot pause a container without cgroups: they were disabled when it was created, or its "
      "creator may make none");
}

TEST_F(LifeTest, PauseNeedsAProcess) {
  make(created("c1", {}));

  const Result<void> paused = pause(store, "c1");

  ASSERT_FALSE(paused.has_value());
  EXPECT_EQ(paused.error().code(), ESRCH);
  EXPECT_EQ(paused.error().text(), "container not running");
}

TEST_F(LifeTest, ResumeIsForPausedContainersAlone) {
  const Process process;
  make(created("c1", process.id()));
  make(created("c2", {}));

  EXPECT_EQ(resume(store, "c1").error().text(), "container not paused");
  EXPECT_EQ(resume(store, "c2").error().text(), "container not paused");
}

TEST_F(LifeTest, ResumeDoesNotWaitForOtherCommands) {
  const Process process;
  make(created("c1", process.id()));
  const Result<Entry> busy = open_entry(store, "c1");
  ASSERT_TRUE(lock(*busy, -1).has_value());

  EXPECT_EQ(resume(store, "c1").error().text(), "container not paused");
}

// Whatever a record says: otherwise a signal for all of them would be one for the whole host.
TEST_F(LifeTest, ProcessesWithoutCgroupsAreNeverThoseOfTheCallersPidNamespace) {
  const Process process;
  make(created("c1", process.id()));

  EXPECT_EQ(processes(store, "c1").value(), std::vector<pid_t>{process.id().pid});
}

TEST_F(LifeTest, ProcessesWithoutCgroupsAndPidNamespaceAreTheOneThatIsKnown) {
  const Process process;
  Record record = created("c1", process.id());
  record.own_pid_namespace = false;
  make(record);

  EXPECT_EQ(processes(store, "c1").value(), std::vector<pid_t>{process.id().pid});
}

TEST_F(LifeTest, ProcessesOfAStoppedContainerAreNone) {
  make(created("c1", {}));

  EXPECT_EQ(processes(store, "c1").value(), std::vector<pid_t>{});
}

TEST_F(LifeTest, DeleteRefusesARunningContainer) {
  const Process process;
  make(created("c1", process.id()));

  const Result<void> removed = remove(store, "c1", false);

  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().text(), "cannot delete container c1 that is not stopped: running");
  EXPECT_TRUE(exists("c1"));
}

TEST_F(LifeTest, DeleteTakesAStoppedContainerAway) {
  make(created("c1", {}));

  const Result<void> removed = remove(store, "c1", false);

  ASSERT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_FALSE(exists("c1"));
}

TEST_F(LifeTest, DeleteByForceKillsFirst) {
  Process process;
  make(created("c1", process.id()));

  const Result<void> removed = remove(store, "c1", true);

  ASSERT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_FALSE(exists("c1"));
  EXPECT_EQ(process.end(), SIGKILL);
}

TEST_F(LifeTest, DeleteByForceKillsTheRuntimeThatIsCreating) {
  Process creator;
  Process process;
  Record record = created("c1", process.id());
  record.phase = Phase::kCreating;
  record.creator = creator.id();
  make(record);
  EXPECT_EQ(remove(store, "c1", false).error().text(),
            "cannot delete container c1 that is not stopped: creating");

  const Result<void> removed = remove(store, "c1", true);

  ASSERT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_FALSE(exists("c1"));
  EXPECT_FALSE(is_alive(creator.id()));
  EXPECT_FALSE(is_alive(process.id()));
}

TEST_F(LifeTest, DeleteTakesADamagedContainerAwayByForceAlone) {
  make(created("c1", {}));
  sys::write_text(store.root + "/c1/state.json", "{");

  EXPECT_FALSE(remove(store, "c1", false).has_value());
  EXPECT_TRUE(exists("c1"));
  EXPECT_TRUE(remove(store, "c1", true).has_value());
  EXPECT_FALSE(exists("c1"));
}

TEST_F(LifeTest, DeleteDoesNotMindAnUnknownContainerByForce) {
  EXPECT_EQ(remove(store, "c1", false).error().text(), "container does not exist");
  EXPECT_TRUE(remove(store, "c1", true).has_value());
}

TEST_F(LifeTest, DeleteRunsEveryPoststopHook) {
  Record record = created("c1", {});
  record.has_poststop = true;
  make(record);
  const std::string log = directory / "log";
  sys::write_text(
      store.root + "/c1/config.json",
      R"({"ociVersion":"1.3.0","root":{"path":"rootfs"},"linux":{},"hooks":{"poststop":[)"
      R"({"path":"/bin/false"},)"
      R"({"path":"/bin/sh","args":["sh","-c","cat > )" +
          log + R"("]}]}})");

  const Result<void> removed = remove(store, "c1", false);

  ASSERT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_FALSE(exists("c1"));
  EXPECT_EQ(sys::text_of(log),
            R"({"status":"stopped","pid":0,"ociVersion":"1.3.0","id":"c1","bundle":")" +
                directory.path() + R"(","annotations":{"a":"1"}})");
}

}  // namespace
}  // namespace myrt::container
