#include "container/hand_over.h"

#include <fcntl.h>

#include <cerrno>

#include "base/text.h"
#include "seccomp/notify.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace myrt::container {

namespace {

using Kind = init::Message::Kind;

}  // namespace

Result<Terminal> receive_terminal(const plan::Plan& plan, init::Launched& launched) {
  if (!plan.process.has_value() || !plan.process->terminal) {
    return Terminal();
  }
  init::Channel::Received received = MYRT_TRY(launched.wait_for(Kind::kConsole));
  if (received.descriptors.size() != 1) {
    return std::unexpected(Error::from_code(EPROTO, {"sync socket: no terminal"}));
  }
  return Terminal{.master = std::move(received.descriptors.front()), .name = received.text};
}

Result<sys::UniqueFd> give_terminal(Terminal terminal, const std::string& console_socket) {
  if (!terminal.master.is_open() || console_socket.empty()) {
    return std::move(terminal.master);
  }
  const sys::UniqueFd socket =
      MYRT_TRY(in("--console-socket", sys::connect_stream(console_socket)));
  MYRT_TRY(in("--console-socket",
              sys::send_descriptor(socket.get(), terminal.name, terminal.master.get())));
  return sys::UniqueFd();
}

Result<void> take_listener(const std::string& state, int agent, init::Launched& launched) {
  const init::Channel::Received received = MYRT_TRY(launched.wait_for(Kind::kFiltered));
  const auto number = base::parse_integer<int>(received.text, 0);
  if (!number.has_value()) {
    return std::unexpected(
        Error::from_code(EPROTO, {"sync socket: listener \"", received.text, "\""}));
  }
  const sys::UniqueFd listener = MYRT_TRY(sys::pidfd_getfd(launched.pidfd(), *number));
  MYRT_TRY(in("seccomp.listenerPath", seccomp::send_listener(agent, state, listener.get())));
  return launched.send(Kind::kListenerTaken);
}

Result<PidFile> open_pid_file(const std::string& path) {
  if (path.empty()) {
    return PidFile();
  }
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return PidFile{.directory = MYRT_TRY(
                     in("--pid-file", sys::open_at(AT_FDCWD, directory, O_PATH | O_DIRECTORY))),
                 .name = path.substr(slash + 1)};
}

Result<void> write_pid_file(const PidFile& file, pid_t pid) {
  if (!file.directory.is_open()) {
    return {};
  }
  return in("--pid-file",
            sys::replace_file(file.directory.get(), file.name, std::to_string(pid), 0644));
}

Result<void> send_pidfd(const std::string& path, int pidfd) {
  if (path.empty()) {
    return {};
  }
  const sys::UniqueFd socket = MYRT_TRY(in("--pidfd-socket", sys::connect_stream(path)));
  return in("--pidfd-socket", sys::send_descriptor(socket.get(), "pidfd", pidfd));
}

Result<sys::UniqueFd> connect_agent(const std::optional<seccomp::Filter>& filter) {
  return filter.has_value() && filter->notify
             ? in("seccomp.listenerPath", seccomp::connect_agent(filter->listener_path))
             : Result<sys::UniqueFd>();
}

}  // namespace myrt::container
