// Hooks: when, where and with what they run, and what their failure does (config.md "POSIX-platform
// Hooks").

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKinds[] = {"prestart",       "createRuntime", "createContainer",
                                  "startContainer", "poststart",     "poststop"};

class Hooks : public RuntimeTest {
 protected:
  Hooks() {
    // One log file for both sides: hooks in the container see it at the same path.
    write_file(log_, "", 0666);
    bundle_.mount(log_, "bind", log_, {"bind"});
  }

  // A hook that runs a shell script; `members` are more members of its JSON object.
  Bundle& hook(const std::string& kind, const std::string& script,
               const std::string& members = "") {
    return bundle_.set("/hooks/" + kind + "/-", R"({"path": "/bin/sh", "args": ["sh", "-c", )" +
                                                    json_quote(script) + "]" +
                                                    (members.empty() ? "" : ", " + members) + "}");
  }

  Bundle& logging_hook(const std::string& kind, const std::string& word) {
    return hook(kind, "echo " + word + " >> " + log_.string());
  }

  std::string log() const { return read_file(log_); }

  const fs::path log_ = workspace() / "log";
};

TEST_F(Hooks, RunInTheOrderOfTheLifecycle) {
  for (const char* kind : kKinds) {
    logging_hook(kind, kind);
  }
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(log(), "prestart\ncreateRuntime\ncreateContainer\n");
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(log(), "prestart\ncreateRuntime\ncreateContainer\nstartContainer\npoststart\n");
  container.wait_exit();
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_EQ(log(),
            "prestart\ncreateRuntime\ncreateContainer\nstartContainer\npoststart\npoststop\n");
}

TEST_F(Hooks, OfOneKindRunInTheListedOrder) {
  for (const char* word : {"one", "two", "three"}) {
    logging_hook("createRuntime", word);
  }
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "one\ntwo\nthree\n");
}

TEST_F(Hooks, StartContainerRunsBeforeTheProgram) {
  logging_hook("startContainer", "hook");
  bundle_.shell("echo program >> " + log_.string());
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "hook\nprogram\n");
}

TEST_F(Hooks, RunUnderAProfileThatIsOlderThanClone3) {
  logging_hook("startContainer", "hook");
  bundle_
      .set("/process/noNewPrivileges", "false")  // the filter is there before the hooks then
      .set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
               {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]})");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "hook\n");
}

TEST_F(Hooks, GetTheStateOnTheirInput) {
  for (const char* kind : kKinds) {
    const std::string file = workspace() / (std::string("state-") + kind);
    write_file(file, "", 0666);
    bundle_.mount(file, "bind", file, {"bind"});
    hook(kind, "cat > " + file);
  }
  bundle_.set("/annotations", R"({"org.example.key": "value"})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run()));

  for (const auto& [kind, status] : {std::pair{"prestart", "creating"},
                                     {"createRuntime", "creating"},
                                     {"createContainer", "creating"},
                                     {"startContainer", "created"},
                                     {"poststart", "running"},
                                     {"poststop", "stopped"}}) {
    const std::string state = read_file(workspace() / (std::string("state-") + kind));
    EXPECT_EQ(json_string(state, "/status"), status) << kind;
    EXPECT_EQ(json_string(state, "/id"), container.id()) << kind;
    EXPECT_EQ(json_string(state, "/bundle"), bundle_.path().string()) << kind;
    EXPECT_EQ(json_string(state, "/annotations/org.example.key"), "value") << kind;
    EXPECT_TRUE(json_string(state, "/ociVersion").value_or("").starts_with("1.")) << kind;
  }
}

TEST_F(Hooks, GetThePidThatTheirSideSees) {
  hook("createRuntime", "cat > " + log_.string());
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(json_integer(log(), "/pid"), container.pid());
}

TEST_F(Hooks, HaveTheEnvironmentOfTheirEntryOnly) {
  hook("createRuntime", "tr '\\0' '\\n' < /proc/$$/environ > " + log_.string(),
       R"("env": ["A=1", "B=two words"])");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "A=1\nB=two words\n");
}

TEST_F(Hooks, HaveAnEmptyEnvironmentWithoutOne) {
  hook("createRuntime", "(tr '\\0' '\\n' < /proc/$$/environ; echo end) > " + log_.string());
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "end\n");
}

TEST_F(Hooks, RunInTheNamespacesOfTheirSide) {
  for (const char* kind :
       {"prestart", "createRuntime", "createContainer", "startContainer", "poststop"}) {
    hook(kind, "readlink /proc/self/ns/uts >> " + log_.string(),
         R"("env": ["PATH=/bin:/usr/bin"])");
  }
  bundle_.shell("readlink /proc/self/ns/uts");
  const Outcome outcome = Container(bundle_).run();
  const std::string host = "uts:[" + std::to_string(inode_of("/proc/self/ns/uts")) + "]\n";
  EXPECT_EQ(log(), host + host + outcome.out + outcome.out + host);
}

TEST_F(Hooks, AreLookedUpOnTheSideThatTheirKindSays) {
  const std::string line = "#!/bin/sh\necho $0 >> " + log_.string() + "\n";
  const fs::path outside = workspace() / "outside";
  write_file(outside, line, 0755);
  bundle_.file("inside", line, 0755);
  std::string wanted;
  for (const char* kind : kKinds) {
    const std::string path = std::string(kind) == "startContainer" ? "/inside" : outside.string();
    bundle_.set("/hooks/" + std::string(kind), R"([{"path": )" + json_quote(path) + "}]");
    wanted += path + "\n";
  }
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), wanted);
}

TEST_F(Hooks, OfPoststartFindTheProgramExecuted) {
  hook("poststart",
       "pid=$(sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p'); tr '\\0' ' ' < /proc/$pid/cmdline > " +
           log_.string(),
       R"("env": ["PATH=/bin:/usr/bin"])");
  bundle_.args({"/bin/sleep", "100"});
  EXPECT_TRUE(succeeded(Container(bundle_).run_detached()));
  EXPECT_EQ(log(), "/bin/sleep 100 ");
}

TEST_F(Hooks, OfPoststopFindTheCgroupGone) {
  const std::string name = "/" + unique_name();
  const std::string cgroup = cgroup_root("pids").string() + name;
  bundle_.set("/linux/cgroupsPath", json_quote(name)).args({"/bin/sleep", "100"});
  hook("poststop", "[ -e " + cgroup + " ]; echo $? > " + log_.string());
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(fs::exists(cgroup));
  ASSERT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_EQ(log(), "1\n");
}

TEST_F(Hooks, ThatFailDuringCreateFailItAndStopTheRest) {
  for (const char* kind : {"prestart", "createRuntime", "createContainer"}) {
    Bundle fresh(workspace(), std::string("bundle-") + kind);
    bundle_.raw_config(fresh.config());
    bundle_.mount(log_, "bind", log_, {"bind"});
    write_file(log_, "");
    hook(kind, "exit 3");
    logging_hook(kind, "later");
    bundle_.shell("echo program >> " + log_.string());
    EXPECT_TRUE(failed(Container(bundle_).create())) << kind;
    EXPECT_EQ(log(), "") << kind;
  }
}

TEST_F(Hooks, ThatFailAtStartKeepTheProgramFromRunning) {
  hook("startContainer", "exit 3");
  bundle_.shell("echo program >> " + log_.string());
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(failed(container.start()));
  EXPECT_NE(container.wait_exit().exit_code, 0);
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_EQ(log(), "");
}

TEST_F(Hooks, ThatFailAfterStartStopTheContainer) {
  hook("poststart", "exit 3");
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(failed(container.start()));
  EXPECT_FALSE(container.wait_exit(milliseconds(3'000)).timed_out);
}

TEST_F(Hooks, ThatFailAfterStartAreFollowedByThoseOfPoststop) {
  hook("poststart", "exit 3");
  logging_hook("poststart", "later");
  logging_hook("poststop", "poststop");
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  EXPECT_TRUE(failed(container.run_detached()));
  EXPECT_TRUE(succeeded(container.call({"delete", "--force", container.id()})));
  EXPECT_EQ(log(), "poststop\n");
}

TEST_F(Hooks, ThatFailAtDeleteAreOnlyAWarning) {
  hook("poststop", "exit 3");
  logging_hook("poststop", "later");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();
  EXPECT_TRUE(succeeded(container.remove()));
  EXPECT_EQ(log(), "later\n");
}

TEST_F(Hooks, AreKilledWhenTheirTimeIsOver) {
  hook("createRuntime", "echo $$ > " + log_.string() + "; exec sleep 30", R"("timeout": 1)");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(failed(Container(bundle_).create()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  ASSERT_NE(log(), "");
  EXPECT_FALSE(alive(std::stoi(log())));
}

TEST_F(Hooks, ThatEndInTimeAreNotWaitedForLonger) {
  hook("createRuntime", "echo ran > " + log_.string(), R"("timeout": 15)");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(log(), "ran\n");
}

// A daemon that a hook starts and that keeps the hook's output open.
TEST_F(Hooks, MayLeaveAProcessBehindThatHoldsTheirOutput) {
  hook("createRuntime", "sleep 2 & echo ran > " + log_.string());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(succeeded(Container(bundle_).create()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1'500));
  EXPECT_EQ(log(), "ran\n");
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

TEST_F(Hooks, WithATimeThatIsNoTimeAreRefused) {
  for (const char* timeout : {"0", "-1"}) {
    bundle_.set("/hooks", "{}");
    hook("createRuntime", "true", std::string(R"("timeout": )") + timeout);
    EXPECT_TRUE(failed(Container(bundle_).create(), "timeout")) << timeout;
  }
}

TEST_F(Hooks, NeedAnAbsolutePath) {
  bundle_.set("/hooks/createRuntime", R"([{"path": "sh"}])");
  EXPECT_TRUE(failed(Container(bundle_).create()));
}

TEST_F(Hooks, ThatDoNotExistFailTheCreate) {
  bundle_.set("/hooks/createRuntime", R"([{"path": "/no/such/hook"}])");
  EXPECT_TRUE(failed(Container(bundle_).create(), "/no/such/hook"));
}

TEST_F(Hooks, NeedNotReadTheirInput) {
  bundle_.set("/annotations", R"({"large": ")" + std::string(300'000, 'x') + R"("})");
  hook("createRuntime", "exec <&-; exit 0");
  logging_hook("createRuntime", "ran");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "ran\n");
}

TEST_F(Hooks, WithoutArgumentsGetTheirPathAsName) {
  const fs::path script = workspace() / "hook.sh";
  write_file(script, "#!/bin/sh\necho $# $0 > " + log_.string() + "\n", 0755);
  bundle_.set("/hooks/createRuntime", R"([{"path": )" + json_quote(script) + "}]");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(log(), "0 " + script.string() + "\n");
}

TEST_F(Hooks, MayWriteALotBeforeTheyFail) {
  hook("createRuntime", "echo the-reason >&2; head -c 300000 /dev/zero | tr '\\0' x; exit 3",
       R"("env": ["PATH=/bin:/usr/bin"])");
  EXPECT_TRUE(failed(Container(bundle_).create(), "the-reason"));
}

}  // namespace
}  // namespace myrt::test
