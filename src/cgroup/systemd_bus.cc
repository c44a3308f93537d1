#include "cgroup/systemd_bus.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "cgroup/systemd_program.h"
#include "sys/memfd.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace myrt::cgroup {

namespace {

constexpr const char* kProgramName = "myrt-systemd";
constexpr std::size_t kMaxPacketBytes = 65536;  // src/systemd_bus/packet.h

/// Texts as one packet: each ends with a zero byte.
std::string packed(std::span<const std::string> texts) {
  std::string packet;
  for (const std::string& text : texts) {
    packet += text;
    packet += '\0';
  }
  return packet;
}

std::vector<std::string> unpacked(std::string_view packet) {
  std::vector<std::string> texts;
  while (!packet.empty()) {
    const std::size_t end = packet.find('\0');
    texts.emplace_back(packet.substr(0, end));
    packet.remove_prefix(end == std::string_view::npos ? packet.size() : end + 1);
  }
  return texts;
}

/// What callers have to tell apart.
int code_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, int>, 2> kCodes = {
      {{"org.freedesktop.systemd1.NoSuchUnit", ENOENT},
       {"org.freedesktop.systemd1.UnitExists", EEXIST}}};
  for (const auto& [known, code] : kCodes) {
    if (name == known) {
      return code;
    }
  }
  return name == "libsystemd" ? ELIBACC : 0;
}

/// Runs in the clone: becomes the program, with the socket as its standard input. The others go:
/// its output is the caller's, and what the container is to inherit is not for it.
[[noreturn]] void execute(int program, int socket) {
  const std::array<const char*, 2> argv = {kProgramName, nullptr};
  std::array<char*, 1> envp = {nullptr};
  if (::dup2(socket, STDIN_FILENO) == STDIN_FILENO && sys::close_range(3, ~0U, true).has_value()) {
    // execve(2) does not write to the words.
    ::execveat(program, "", const_cast<char* const*>(argv.data()), envp.data(), AT_EMPTY_PATH);
  }
  const std::array<std::string, 3> answer = {"error", "execute", errno_text(errno)};
  std::ignore = sys::send_packet(STDIN_FILENO, packed(answer));
  sys::child_exit(1);
}

Result<std::pair<pid_t, sys::UniqueFd>> start() {
  const sys::UniqueFd program = MYRT_TRY(
      in("the program that speaks with it", sys::sealed_program(kProgramName, systemd_program())));
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  const sys::Cloned cloned = MYRT_TRY(sys::clone_process({}));
  if (cloned.pid == 0) {
    execute(program.get(), theirs.get());
  }
  return std::pair(cloned.pid, std::move(ours));
}

}  // namespace

SystemdBus::SystemdBus(SystemdBus&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      socket_(std::move(other.socket_)),
      address_(std::move(other.address_)) {}

SystemdBus::~SystemdBus() {
  if (pid_ > 0) {
    socket_.reset();
    // It may be in the middle of a call that nobody waits for any more.
    ::kill(pid_, SIGKILL);
    std::ignore = sys::wait_for(pid_);
  }
}

Result<std::vector<std::string>> SystemdBus::ask(std::span<const std::string> request) {
  const std::string packet = packed(request);
  if (packet.size() > kMaxPacketBytes) {
    return std::unexpected(
        Error::from_code(EMSGSIZE, {"request of ", std::to_string(packet.size()), " bytes"}));
  }
  // Without a reader it may have said why before it ended.
  std::ignore = sys::send_packet(socket_.get(), packet);
  const sys::Packet received = MYRT_TRY(sys::receive_packet(socket_.get(), kMaxPacketBytes));
  std::vector<std::string> texts = unpacked(received.data);
  if (texts.empty()) {
    return std::unexpected(Error("the program that speaks with it has ended"));
  }
  if (texts.front() == "ok") {
    texts.erase(texts.begin());
    return texts;
  }
  texts.resize(3);
  if (texts[1] == "execute") {
    return std::unexpected(
        Error::sentence(ENOEXEC, "execute the program that speaks with it: " + texts[2]));
  }
  return std::unexpected(Error::sentence(code_of(texts[1]), texts[2]));
}

Result<SystemdBus> SystemdBus::connect(std::span<const BusAddress> addresses) {
  auto [pid, socket] = MYRT_TRY(in("systemd", start()));
  SystemdBus bus(pid, std::move(socket));
  std::string tried;
  for (const BusAddress& address : addresses) {
    const std::array<std::string, 3> request = {"connect", address.peer ? "peer" : "bus",
                                                address.address};
    const Result<std::vector<std::string>> answer = bus.ask(request);
    if (answer.has_value()) {
      bus.address_ = address;
      return bus;
    }
    if (answer.error().code() != 0) {
      return std::unexpected(Error(base::concat({"systemd: ", answer.error().text()})));
    }
    tried += base::concat(
        {tried.empty() ? "" : "; ", "connect to ", address.address, ": ", answer.error().text()});
  }
  return std::unexpected(Error("systemd: " + tried));
}

Result<std::vector<std::string>> SystemdBus::call(const BusCall& call) {
  std::vector<std::string> request = {"call", std::string(call.path), std::string(call.interface),
                                      std::string(call.member), std::string(call.signature)};
  request.insert(request.end(), call.arguments.begin(), call.arguments.end());
  return ask(request);
}

Result<void> SystemdBus::job(const BusCall& call) {
  std::vector<std::string> request = {"job", std::string(call.path), std::string(call.interface),
                                      std::string(call.member), std::string(call.signature)};
  request.insert(request.end(), call.arguments.begin(), call.arguments.end());
  const std::vector<std::string> result = MYRT_TRY(ask(request));
  if (result.empty() || result.front() != "done") {
    return std::unexpected(Error(
        base::concat({"the job ended with ", base::quote(result.empty() ? "" : result.front())})));
  }
  return {};
}

}  // namespace myrt::cgroup
