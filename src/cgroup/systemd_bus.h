// Speaking with systemd's service manager over D-Bus (org.freedesktop.systemd1(5)): through a
// program of its own, which the runtime carries in itself and executes from memory
// (src/systemd_bus). It is a child of the runtime, in the runtime's cgroup and namespaces, and ends
// with the connection.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>

#include "sys/process.h"
#include "sys/unique_fd.h"

namespace myrt::cgroup {

/// A socket at which a service manager can be asked.
struct BusAddress {
  std::string address;  // as D-Bus writes it: "unix:path=/run/dbus/system_bus_socket"
  bool peer = false;    // the manager itself is at the other end, not a bus daemon
  friend bool operator==(const BusAddress&, const BusAddress&) = default;
};

/// A method of the manager. `arguments` are in the textual form of busctl(1), as `signature` wants
/// them.
struct BusCall {
  std::string_view interface;
  std::string_view member;
  std::string_view signature;
  std::vector<std::string> arguments;
  std::string_view path = "/org/freedesktop/systemd1";
};

class SystemdBus {
 public:
  /// Connects to the first of `addresses` that answers. Errors: the program cannot be executed,
  /// there is no libsystemd, nobody answers; ETIMEDOUT: one was reached but did not answer in 20 s.
  static Result<SystemdBus> connect(std::span<const BusAddress> addresses);

  SystemdBus(const SystemdBus&) = delete;
  SystemdBus& operator=(const SystemdBus&) = delete;
  SystemdBus(SystemdBus&& other) noexcept;
  SystemdBus& operator=(SystemdBus&&) = delete;
  /// Ends the program and waits for its end.
  ~SystemdBus();

  /// The one that answered.
  [[nodiscard]] const BusAddress& address() const { return address_; }

  /// Calls a method and returns what it returns, as text. An error is systemd's own sentence, or
  /// that there was no answer within 30 s; its code is ENOENT for a unit that does not exist, and
  /// EEXIST for one that does.
  Result<std::vector<std::string>> call(const BusCall& call);
  /// Calls a method that makes a job, and waits at most 30 s for its end. An error when the job's
  /// result is not "done".
  Result<void> job(const BusCall& call);

 private:
  SystemdBus(sys::Cloned program, sys::UniqueFd socket)
      : program_(std::move(program)), socket_(std::move(socket)) {}
  Result<std::vector<std::string>> ask(std::span<const std::string> request, int milliseconds);

  sys::Cloned program_;
  sys::UniqueFd socket_;
  BusAddress address_;
};

}  // namespace myrt::cgroup
