#include "support/process.h"

#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <filesystem>
#include <map>
#include <ostream>
#include <thread>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {
namespace {

// glibc 2.36 declares its wrappers without extern "C" (sys/pidfd.h), so C++ cannot link them.
Fd pidfd_open(pid_t pid) { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

// Output goes to anonymous files, not pipes: nobody has to read them meanwhile, and a container
// that outlives its runtime cannot hold up the end of file.
Fd anonymous_file(const std::string& content) {
  Fd file(::memfd_create("myrt-integration", MFD_CLOEXEC));
  if (!content.empty() && ::write(file.get(), content.data(), content.size()) < 0) {
    ADD_FAILURE() << "write to memfd: " << std::strerror(errno);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

Fd output_file() {
  Fd file = anonymous_file("");
  ::fcntl(file.get(), F_SETFL, O_APPEND);
  return file;
}

std::string whole_content(const Fd& file) {
  std::string content;
  std::array<char, 4096> buffer{};
  while (file) {
    const ssize_t count =
        ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(content.size()));
    if (count <= 0) {
      break;
    }
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return content;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& text : strings) {
    result.push_back(const_cast<char*>(
        text.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execve's type
  }
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void give_up(const std::string& what) {
  ::dprintf(STDERR_FILENO, "%s: %s\n", what.c_str(), std::strerror(errno));
  ::_exit(127);
}

void enter_cgroup(const std::filesystem::path& cgroup) {
  const Fd procs(::open((cgroup / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (!procs || ::write(procs.get(), "0", 1) != 1) {
    give_up("enter " + cgroup.string());
  }
}

Fd open_namespace(pid_t pid, const char* name) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/" + name;
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// For good: the program has the rights of that user and no others.
void change_identity(const Identity& identity) {
  for (const std::filesystem::path& cgroup : identity.cgroups) {
    enter_cgroup(cgroup);
  }
  const Fd user = identity.inside > 0 ? open_namespace(identity.inside, "user") : Fd();
  const Fd mount = identity.inside > 0 ? open_namespace(identity.inside, "mnt") : Fd();
  if (::setgroups(0, nullptr) != 0 || ::setresgid(identity.gid, identity.gid, identity.gid) != 0 ||
      ::setresuid(identity.uid, identity.uid, identity.uid) != 0) {
    give_up("become user " + std::to_string(identity.uid));
  }
  if (identity.inside > 0 &&
      (::setns(user.get(), CLONE_NEWUSER) != 0 || ::setns(mount.get(), CLONE_NEWNS) != 0 ||
       ::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)) {
    give_up("join the namespaces of " + std::to_string(identity.inside));
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // the change has cleared it
}

// The child's half: `fds[i]` becomes descriptor i. They are first copied out of the way, since a
// source may be a target.
[[noreturn]] void become(const Command& command, const std::vector<int>& fds) {
  constexpr int kOutOfTheWay = 200;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<int> copies;
  for (const int fd : fds) {
    copies.push_back(::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay));
  }
  for (std::size_t target = 0; target < copies.size(); ++target) {
    ::dup2(copies[target], static_cast<int>(target));
  }
  ::close_range(static_cast<unsigned>(fds.size()), UINT_MAX, 0);
  if (!command.cwd.empty() && ::chdir(command.cwd.c_str()) != 0) {
    ::dprintf(STDERR_FILENO, "chdir %s: %s\n", command.cwd.c_str(), std::strerror(errno));
    ::_exit(127);
  }
  if (command.identity.has_value()) {
    change_identity(*command.identity);
  }
  const std::vector<char*> argv = pointers(command.argv);
  if (command.env.has_value()) {
    const std::vector<char*> env = pointers(*command.env);
    ::execvpe(argv[0], argv.data(), env.data());
  } else {
    ::execvp(argv[0], argv.data());
  }
  ::dprintf(STDERR_FILENO, "execve %s: %s\n", command.argv[0].c_str(), std::strerror(errno));
  ::_exit(127);
}

// Waits until the process has ended; false after `timeout`.
bool wait_readable(int pidfd, milliseconds timeout) {
  pollfd poll_fd{.fd = pidfd, .events = POLLIN, .revents = 0};
  return ::poll(&poll_fd, 1, static_cast<int>(timeout.count())) == 1;
}

void reap(pid_t pid, Outcome& outcome) {
  int status = 0;
  rusage usage{};
  if (::wait4(pid, &status, 0, &usage) != pid) {
    ADD_FAILURE() << "wait for pid " << pid << ": " << std::strerror(errno);
    return;
  }
  outcome.peak_memory_kib = usage.ru_maxrss;
  if (WIFEXITED(status)) {
    outcome.exit_code = WEXITSTATUS(status);
  } else {
    outcome.signal = WTERMSIG(status);
  }
}

struct StatFields {
  char state = '?';
  pid_t parent = 0;
};

// The third and fourth field of /proc/<pid>/stat (proc(5)); the second may hold any character, also
// ')'.
std::optional<StatFields> stat_fields(const std::string& pid) {
  const std::string text = read_file("/proc/" + pid + "/stat");
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 4 > text.size()) {
    return std::nullopt;
  }
  StatFields fields{.state = text[end_of_name + 2], .parent = 0};
  std::from_chars(text.data() + end_of_name + 4, text.data() + text.size(), fields.parent);
  return fields;
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
  if (outcome.timed_out) {
    stream << "killed by the test after its time was over";
  } else if (outcome.signal != 0) {
    stream << "died of signal " << outcome.signal;
  } else {
    stream << "exit status " << outcome.exit_code;
  }
  return stream << "\n--- stdout:\n" << outcome.out << "--- stderr:\n" << outcome.err << "---";
}

Outcome run(const Command& command) { return Process(command).wait(command.timeout); }

Process::Process(const Command& command) : out_(output_file()), err_(output_file()) {
  const Fd input = command.stdin_fd >= 0 ? Fd() : anonymous_file(command.stdin_text);
  std::vector<int> fds = {input ? input.get() : command.stdin_fd,
                          command.stdout_fd >= 0 ? command.stdout_fd : out_.get(),
                          command.stderr_fd >= 0 ? command.stderr_fd : err_.get()};
  fds.insert(fds.end(), command.extra_fds.begin(), command.extra_fds.end());
  pid_ = ::fork();
  if (pid_ == 0) {
    become(command, fds);
  }
  if (pid_ < 0) {
    ADD_FAILURE() << "fork: " << std::strerror(errno);
    outcome_ = Outcome{};
    return;
  }
  pidfd_ = pidfd_open(pid_);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      outcome_(std::move(other.outcome_)) {}

Process::~Process() {
  if (pid_ > 0 && !outcome_.has_value()) {
    signal(SIGKILL);
    wait();
  }
}

void Process::signal(int number) const {
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

Outcome Process::wait(milliseconds timeout) {
  if (!outcome_.has_value()) {
    Outcome outcome;
    if (!wait_readable(pidfd_.get(), timeout)) {
      outcome.timed_out = true;
      signal(SIGKILL);
    }
    reap(pid_, outcome);
    outcome_ = outcome;
  }
  outcome_->out = out();
  outcome_->err = err();
  return *outcome_;
}

std::string Process::out() const { return whole_content(out_); }

std::string Process::err() const { return whole_content(err_); }

Outcome wait_child(pid_t pid, milliseconds timeout) {
  Outcome outcome;
  const Fd pidfd = pidfd_open(pid);
  if (!pidfd) {
    ADD_FAILURE() << "no process with pid " << pid << ": " << std::strerror(errno);
    return outcome;
  }
  if (!wait_readable(pidfd.get(), timeout)) {
    outcome.timed_out = true;
    return outcome;
  }
  reap(pid, outcome);
  return outcome;
}

void reap_all() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

std::vector<pid_t> descendants() {
  std::map<pid_t, StatFields> all;
  for (const std::string& name : list_directory("/proc")) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) {
      continue;
    }
    if (const std::optional<StatFields> fields = stat_fields(name); fields.has_value()) {
      all.emplace(pid, *fields);
    }
  }
  const auto is_ours = [&all](pid_t pid) {
    while (pid != ::getpid()) {
      const auto entry = all.find(pid);
      if (entry == all.end()) {
        return false;
      }
      pid = entry->second.parent;
    }
    return true;
  };
  std::vector<pid_t> result;
  for (const auto& [pid, fields] : all) {
    if (fields.state != 'Z' && is_ours(fields.parent)) {
      result.push_back(pid);
    }
  }
  return result;
}

bool eventually(const std::function<bool()>& condition, milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

bool alive(pid_t pid) {
  const std::optional<StatFields> fields = stat_fields(std::to_string(pid));
  return fields.has_value() && fields->state != 'Z' && fields->state != 'X';
}

}  // namespace myrt::test
