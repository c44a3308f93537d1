#include "engines/cri.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

#include "support/cgroups.h"
#include "support/engine_configs.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProcess = R"({
  "user": {"uid": 1000, "gid": 1000, "additionalGids": [1000, 2000]},
  "args": [],
  "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=pod-1"],
  "cwd": "/",
  "capabilities": {"bounding": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_CHOWN", "CAP_KILL"],
                   "permitted": ["CAP_CHOWN", "CAP_KILL"]},
  "noNewPrivileges": true,
  "oomScoreAdj": 985
})";

}  // namespace

CriTest::CriTest() {
  fs::create_directories(shared_memory_);
  ::chmod(shared_memory_.c_str(), 01777);

  sandbox_bundle_.raw_config(with_own_files(kCriPauseConfig))
      .args({"/bin/sleep", "600"})
      .set_namespace("network")
      .set("/linux/cgroupsPath", json_quote(pod_group_ + "/sandbox"))
      // The filter knows the pause program only, and a lower score takes CAP_SYS_RESOURCE.
      .erase("/linux/seccomp")
      .set("/process/oomScoreAdj", "500");
  bundle_.raw_config(with_own_files(kCriContainerConfig))
      .set("/linux/cgroupsPath", json_quote(pod_group_ + "/app"));
}

void CriTest::TearDown() {
  sandbox_.reset();
  if (!runtime_is("myrt")) {
    // The others leave the parent cgroups that they made.
    const HostCgroup removed_at_once(pod_group_.substr(0, pod_group_.find('/', 1)));
  }
  RuntimeTest::TearDown();
}

// What is bound into the containers are files of the engine, and the memory of the pod.
std::string CriTest::with_own_files(std::string_view config) const {
  constexpr std::string_view kSource = R"("source":")";
  const std::string anywhere = std::string(kSource) + "/";
  std::string text(config);
  for (std::size_t at = 0; (at = text.find(anywhere, at)) != std::string::npos;) {
    at += kSource.size();
    const std::size_t length = text.find('"', at) - at;
    const std::string name = fs::path(text.substr(at, length)).filename();
    const fs::path own = name == "shm" ? shared_memory_ : workspace() / ("bound-" + name);
    if (own != shared_memory_) {
      write_file(own, name + "\n");
    }
    text.replace(at, length, own);
  }
  return text;
}

void CriTest::start_sandbox() {
  sandbox_.emplace(sandbox_bundle_);
  create(*sandbox_);
  start(*sandbox_);
  const pid_t pid = sandbox_->pid();
  for (const std::string kind : {"ipc", "uts"}) {
    bundle_.set_namespace(kind, namespace_of(pid, kind));
  }
  bundle_.set_namespace("network", namespace_of(pid, "net"));
}

void CriTest::leave_pod() {
  for (const std::string kind : {"network", "ipc", "uts"}) {
    bundle_.set_namespace(kind);
  }
}

Command CriTest::as_shim(Command command) const {
  command.argv.insert(command.argv.begin() + 3, {"--log", log_, "--log-format", "json"});
  command.cwd = bundle_.path();
  command.env = {{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "GOMAXPROCS=4"}};
  return command;
}

Outcome CriTest::shim(const std::vector<std::string>& arguments, const std::string& input) const {
  Command command = as_shim(runtime_command(workspace(), arguments));
  Pipe pipe = make_pipe();
  command.stdin_text = input;
  command.stdout_fd = command.stderr_fd = pipe.write.get();
  Outcome outcome = run(command);
  pipe.write.reset();
  outcome.out = text_until_end(pipe.read.get());
  return outcome;
}

void CriTest::create(Container& container) const {
  const Outcome outcome = container.create(as_shim(container.create_command()));
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out + outcome.err, "");
}

void CriTest::start(Container& container) const {
  const Outcome outcome = shim({"start", container.id()});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "");
}

std::string CriTest::process(const std::vector<std::string>& args) {
  return json_set(std::string(kProcess), "/args", json_strings(args));
}

Command CriTest::exec_command(const Container& container, const std::string& process,
                              const std::vector<std::string>& options) const {
  const fs::path file = workspace() / (unique_name() + ".process");
  write_file(file, process, 0600);
  std::vector<std::string> arguments{"exec", "--process", file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(container.id());
  return as_shim(runtime_command(workspace(), arguments));
}

Command CriTest::detached_exec(const Container& container, const std::string& process,
                               const std::vector<std::string>& options) const {
  fs::remove(pid_file_);
  std::vector<std::string> all = options;
  all.insert(all.end(), {"--detach", "--pid-file", pid_file_});
  return exec_command(container, process, all);
}

pid_t CriTest::exec_pid() const {
  const std::string text = read_file(pid_file_);
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

std::string CriTest::output_in(const Container& container, const std::string& script) const {
  const Outcome outcome = run(exec_command(container, process({"/bin/sh", "-c", script})));
  EXPECT_EQ(outcome.err, "");
  return outcome.out;
}

std::string CriTest::logged_error() const {
  std::string message;
  for (const std::string& line : lines_of(read_file(log_))) {
    EXPECT_TRUE(json_valid(line)) << line;
    if (json_string(line, "/level") == "error") {
      message = json_string(line, "/msg").value_or("");
    }
  }
  return message;
}

std::string CriTest::text_until_end(int fd) {
  constexpr int kPatienceMs = 5'000;
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&poll_fd, 1, kPatienceMs) != 1) {
      ADD_FAILURE() << "somebody holds the other end";
      return text;
    }
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count <= 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string CriTest::namespace_of(pid_t pid, const std::string& kind) {
  return "/proc/" + std::to_string(pid) + "/ns/" + kind;
}

}  // namespace myrt::test
