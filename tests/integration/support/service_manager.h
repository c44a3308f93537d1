// The side of a service manager in sd_notify(3): the socket that services tell their state to.
#pragma once

#include <string>
#include <vector>

#include "support/container.h"
#include "support/fd.h"
#include "support/process.h"

namespace myrt::test {

class ServiceManager {
 public:
  /// Makes the socket: at a path of any length, or "@NAME" in the abstract namespace.
  explicit ServiceManager(std::string address);

  /// `command` as the manager starts it: with NOTIFY_SOCKET.
  Command started(Command command) const;

  /// The lines of all datagrams that come, until `last` has come or none comes for five seconds.
  /// Descriptors that come with them are closed.
  std::vector<std::string> lines_until(const std::string& last) const;
  /// The lines that have come already.
  std::vector<std::string> lines() const;

 private:
  std::vector<std::string> receive(int patience_ms) const;

  std::string address_;
  Fd socket_;
};

}  // namespace myrt::test
