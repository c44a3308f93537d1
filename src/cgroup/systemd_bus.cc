#include "cgroup/systemd_bus.h"

#include <fcntl.h>
#include <signal.h>
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
// The program waits at most 30 s for a call and as long again for a job; while it connects,
// libsystemd has limits of its own, which the runtime does not rely on.
constexpr int kConnectMilliseconds = 20'000;
constexpr int kAnswerMilliseconds = 65'000;

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

/// The socket as standard input; nothing of the caller's, who may wait for the end of his pipes,
/// nor of what the container is to inherit.
bool leave_descriptors(int socket) {
  const sys::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  return null.is_open() && ::dup2(socket, STDIN_FILENO) >= 0 &&
         ::dup2(null.get(), STDOUT_FILENO) >= 0 && ::dup2(null.get(), STDERR_FILENO) >= 0 &&
         sys::close_range(3, ~0U, true).has_value();
}

/// Runs in the clone of `runtime`: becomes the program. It ends with the runtime, or a request
/// could still be on its way when the pid in it is somebody else's.
[[noreturn]] void execute(int program, int socket, pid_t runtime) {
  if (!sys::set_parent_death_signal(SIGKILL).has_value() || ::getppid() != runtime) {
    sys::child_exit(1);
  }
  const std::array<const char*, 2> argv = {kProgramName, nullptr};
  std::array<char*, 1> envp = {nullptr};
  if (leave_descriptors(socket)) {
    // execve(2) does not write to the words.
    ::execveat(program, "", const_cast<char* const*>(argv.data()), envp.data(), AT_EMPTY_PATH);
  }
  // Not errno's words for ENOENT, which engines take for the container's program.
  const std::array<std::string, 3> answer = {
      "error", "execute", errno == ENOENT ? "its interpreter is missing" : errno_text(errno)};
  std::ignore = sys::send_packet(STDIN_FILENO, packed(answer));
  sys::child_exit(1);
}

Result<std::pair<sys::Cloned, sys::UniqueFd>> start() {
  const sys::UniqueFd program = MYRT_TRY(
      in("the program that speaks with it", sys::sealed_program(kProgramName, systemd_program())));
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  const pid_t runtime = ::getpid();
  sys::Cloned cloned = MYRT_TRY(sys::clone_process({}));
  if (cloned.pid == 0) {
    execute(program.get(), theirs.get(), runtime);
  }
  return std::pair(std::move(cloned), std::move(ours));
}

}  // namespace

SystemdBus::SystemdBus(SystemdBus&& other) noexcept
    : program_{.pid = std::exchange(other.program_.pid, 0),
               .pidfd = std::move(other.program_.pidfd)},
      socket_(std::move(other.socket_)),
      address_(std::move(other.address_)) {}

SystemdBus::~SystemdBus() {
  if (program_.pid > 0) {
    socket_.reset();
    // It may be in the middle of a call that nobody waits for any more.
    std::ignore = sys::pidfd_send_signal(program_.pidfd.get(), SIGKILL);
    std::ignore = sys::wait_for(program_.pid);
  }
}

Result<std::vector<std::string>> SystemdBus::ask(std::span<const std::string> request,
                                                 int milliseconds) {
  const std::string packet = packed(request);
  if (packet.size() > kMaxPacketBytes) {
    return std::unexpected(
        Error::from_code(EMSGSIZE, {"request of ", std::to_string(packet.size()), " bytes"}));
  }
  // Without a reader it may have said why before it ended.
  std::ignore = sys::send_packet(socket_.get(), packet);
  const bool answered = MYRT_TRY(sys::wait_readable(socket_.get(), milliseconds));
  if (!answered) {
    return std::unexpected(Error::sentence(
        ETIMEDOUT, base::concat({"no answer in ", std::to_string(milliseconds / 1000), " s"})));
  }
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
  auto [program, socket] = MYRT_TRY(in("systemd", start()));
  SystemdBus bus(std::move(program), std::move(socket));
  std::string tried;
  for (const BusAddress& address : addresses) {
    const std::array<std::string, 3> request = {"connect", address.peer ? "peer" : "bus",
                                                address.address};
    const Result<std::vector<std::string>> answer = bus.ask(request, kConnectMilliseconds);
    if (answer.has_value()) {
      bus.address_ = address;
      return bus;
    }
    if (answer.error().code() == ETIMEDOUT) {  // the program is not free for another
      return std::unexpected(Error::sentence(
          ETIMEDOUT,
          base::concat({"systemd: connect to ", address.address, ": ", answer.error().text()})));
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
  return ask(request, kAnswerMilliseconds);
}

Result<void> SystemdBus::job(const BusCall& call) {
  std::vector<std::string> request = {"job", std::string(call.path), std::string(call.interface),
                                      std::string(call.member), std::string(call.signature)};
  request.insert(request.end(), call.arguments.begin(), call.arguments.end());
  const std::vector<std::string> result = MYRT_TRY(ask(request, kAnswerMilliseconds));
  if (result.empty() || result.front() != "done") {
    return std::unexpected(Error(
        base::concat({"the job ended with ", base::quote(result.empty() ? "" : result.front())})));
  }
  return {};
}

}  // namespace myrt::cgroup
