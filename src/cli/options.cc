// What the global options mean.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/paths.h"
#include "base/text.h"
#include "cli/commands.h"

namespace myrt::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

Result<Store> store_of(const Globals& globals) {
  if (globals.root.empty()) {
    Keeper keeper{.uid = ::geteuid(),
                  .user_name = environment("USER"),
                  .runtime_directory = environment("XDG_RUNTIME_DIR")};
    keeper.in_user_namespace =
        keeper.uid == 0 && !keeper.runtime_directory.empty() && MYRT_TRY(in_user_namespace());
    return default_store(keeper);
  }
  std::error_code code;
  const std::filesystem::path root = std::filesystem::absolute(globals.root, code);
  if (code) {
    return std::unexpected(Error::from_code(code.value(), {"--root ", globals.root}));
  }
  if (base::clean_absolute(root.string()) == "/") {
    return std::unexpected(Error("--root: / cannot be the state root"));
  }
  return Store{.root = base::clean_absolute(root.string())};
}

int listen_fds() {
  const std::string_view meant_for = environment("LISTEN_PID");
  if (meant_for.empty() || base::parse_integer<pid_t>(meant_for) != ::getpid()) {
    return 0;  // they were meant for a process before us
  }
  constexpr int kMaxDescriptors = 1 << 20;
  return base::parse_integer<int>(environment("LISTEN_FDS"), 0, kMaxDescriptors).value_or(0);
}

std::string listen_names() { return std::string(environment("LISTEN_FDNAMES")); }

std::string notify_socket() { return std::string(environment("NOTIFY_SOCKET")); }

BusEnvironment bus_environment() {
  return {.user_name = std::string(environment("USER")),
          .system_bus = std::string(environment("DBUS_SYSTEM_BUS_ADDRESS")),
          .session_bus = std::string(environment("DBUS_SESSION_BUS_ADDRESS")),
          .runtime_directory = std::string(environment("XDG_RUNTIME_DIR"))};
}

}  // namespace myrt::cli
