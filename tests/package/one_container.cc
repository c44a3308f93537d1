// The life of one container, from a program that uses libmyrt: creates it, lets it run, waits for
// its end, deletes it, and prints what it sees of that.
//
// Usage: one_container STATE_ROOT BUNDLE ID
// Exit status: that of the container's program; 255 when something else went wrong.
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include <myrt/container.h>
#include <myrt/log.h>
#include <myrt/runtime.h>
#include <myrt/state.h>

namespace {

constexpr int kFailed = 255;

void print(myrt::LogLevel /*level*/, std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
}

void print_status(const myrt::State& state) {
  const std::string_view word = myrt::status_word(state.status);
  std::printf("%s is %.*s\n", state.id.c_str(), static_cast<int>(word.size()), word.data());
  std::fflush(stdout);  // the container writes to the same place
}

/// The container's process is our child: nobody else can tell how it ended.
myrt::Result<int> wait_for(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) {
    return std::unexpected(myrt::Error::from_errno({"wait for process ", std::to_string(pid)}));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kFailed;
}

myrt::Result<int> live(const myrt::Store& store, const std::string& id, const std::string& bundle) {
  MYRT_TRY(myrt::create(store, id, {.bundle = bundle}));
  const myrt::State created = MYRT_TRY(myrt::state(store, id));
  print_status(created);
  MYRT_TRY(myrt::start(store, id));
  const int status = MYRT_TRY(wait_for(created.pid));
  print_status(MYRT_TRY(myrt::state(store, id)));
  MYRT_TRY(myrt::remove(store, id, false));
  if (const auto gone = myrt::state(store, id); gone.has_value() || gone.error().code() != ENOENT) {
    return std::unexpected(myrt::Error(id + " was deleted and is still there"));
  }
  std::printf("%s is deleted\n", id.c_str());
  return status;
}

}  // namespace

int main(int argc, char** argv, char** envp) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: one_container STATE_ROOT BUNDLE ID\n");
    return kFailed;
  }
  // First of all: it executes this program again, out of the container's reach.
  if (const auto prepared = myrt::prepare_program(argv, envp, 0); !prepared.has_value()) {
    std::fprintf(stderr, "%s\n", prepared.error().text().c_str());
    return kFailed;
  }
  myrt::set_log_sink(print, myrt::LogLevel::kWarning);
  const myrt::Result<int> status = live({.root = argv[1]}, argv[3], argv[2]);
  if (!status.has_value()) {
    std::fprintf(stderr, "%s\n", status.error().text().c_str());
    return kFailed;
  }
  return *status;
}
