#include "container/json_text.h"

#include <gtest/gtest.h>

#include <myrt/state.h>

namespace myrt::container {
namespace {

State running() {
  return {.id = "c1",
          .status = Status::kRunning,
          .pid = 42,
          .bundle = "/b",
          .rootfs = "/b/rootfs",
          .created = "2025-01-02T03:04:05.000000006Z",
          .owner = "root",
          .annotations = {{"z", "1"}, {"a", "2"}}};
}

Record record() {
  Record record;
  record.id = "c1";
  record.bundle = "/b";
  record.process.pid = 42;
  return record;
}

TEST(StatusWord, IsTheSpecifications) {
  EXPECT_EQ(status_word(Status::kCreating), "creating");
  EXPECT_EQ(status_word(Status::kCreated), "created");
  EXPECT_EQ(status_word(Status::kRunning), "running");
  EXPECT_EQ(status_word(Status::kPaused), "paused");
  EXPECT_EQ(status_word(Status::kStopped), "stopped");
}

TEST(StateJson, IsIndentedAndEndsWithANewline) {
  EXPECT_EQ(state_json(running()), R"({
  "ociVersion": "1.3.0",
  "id": "c1",
  "pid": 42,
  "status": "running",
  "bundle": "/b",
  "rootfs": "/b/rootfs",
  "created": "2025-01-02T03:04:05.000000006Z",
  "annotations": {
    "z": "1",
    "a": "2"
  },
  "owner": "root"
}
)");
}

TEST(StateJson, HasAnEmptyObjectForNoAnnotations) {
  State state = running();
  state.annotations.clear();

  EXPECT_NE(state_json(state).find("\"annotations\": {},\n"), std::string::npos);
}

TEST(StateJson, TellsWhatRanOutOfMemory) {
  State state = running();
  state.out_of_memory = {.killed = 2, .limit = 1048576, .limit_file = "memory.max"};
  EXPECT_TRUE(state_json(state).ends_with(R"(  "owner": "root",
  "outOfMemory": {
    "killed": 2,
    "memoryLimit": 1048576
  }
}
)"));

  state.out_of_memory->limit.reset();
  EXPECT_TRUE(state_json(state).ends_with(R"(  "outOfMemory": {
    "killed": 2
  }
}
)"));
}

TEST(StateJson, ReplacesWhatIsNotUtf8) {
  State state = running();
  state.bundle =
      "/\xff"
      "b\"\n";

  EXPECT_NE(state_json(state).find("\"bundle\": \"/\xEF\xBF\xBD"
                                   "b\\\"\\n\",\n"),
            std::string::npos);
}

TEST(StatesJson, IsOneArrayOnOneLine) {
  State stopped = running();
  stopped.id = "c2";
  stopped.status = Status::kStopped;
  stopped.pid = 0;
  stopped.annotations.clear();

  EXPECT_EQ(states_json({running(), stopped}),
            R"([{"ociVersion":"1.3.0","id":"c1","pid":42,"status":"running","bundle":"/b",)"
            R"("rootfs":"/b/rootfs","created":"2025-01-02T03:04:05.000000006Z",)"
            R"("annotations":{"z":"1","a":"2"},"owner":"root"},)"
            R"({"ociVersion":"1.3.0","id":"c2","pid":0,"status":"stopped","bundle":"/b",)"
            R"("rootfs":"/b/rootfs","created":"2025-01-02T03:04:05.000000006Z",)"
            R"("annotations":{},"owner":"root"}])"
            "\n");
}

TEST(StatesJson, IsAnEmptyArrayForNone) { EXPECT_EQ(states_json({}), "[]\n"); }

TEST(HookState, TakesStatusAndPidLater) {
  const init::StateText text = hook_state(record());

  EXPECT_EQ(text.with("creating", 42),
            R"({"status":"creating","pid":42,"ociVersion":"1.3.0","id":"c1","bundle":"/b"})");
  EXPECT_EQ(text.with("stopped", 0),
            R"({"status":"stopped","pid":0,"ociVersion":"1.3.0","id":"c1","bundle":"/b"})");
}

TEST(HookState, HasAnnotationsWhenThereAreSome) {
  Record annotated = record();
  annotated.annotations = {{"a", "x\"y"}};

  EXPECT_EQ(hook_state(annotated).with("created", 7),
            R"({"status":"created","pid":7,"ociVersion":"1.3.0","id":"c1","bundle":"/b",)"
            R"("annotations":{"a":"x\"y"}})");
}

TEST(HookState, ReplacesWhatIsNotUtf8) {
  Record odd = record();
  odd.bundle = "/\xff";

  EXPECT_EQ(hook_state(odd).with("created", 7),
            "{\"status\":\"created\",\"pid\":7,\"ociVersion\":\"1.3.0\",\"id\":\"c1\","
            "\"bundle\":\"/\xEF\xBF\xBD\"}");
}

// config-linux.md, "The Container Process State".
TEST(SeccompProcessState, NamesTheListenerAndTheState) {
  EXPECT_EQ(seccomp_process_state(record(), Status::kRunning, 50, "meta"),
            R"({"ociVersion":"1.3.0","fds":["seccompFd"],"pid":50,"metadata":"meta",)"
            R"("state":{"ociVersion":"1.3.0","id":"c1","bundle":"/b","status":"running",)"
            R"("pid":42}})");
}

}  // namespace
}  // namespace myrt::container
