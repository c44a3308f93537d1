// Copying between the caller's stdio and the master of a pseudo-terminal, without blocking on
// either.
#pragma once

#include <poll.h>

#include <array>
#include <string>

#include <myrt/result.h>

namespace myrt::container {

/// One direction. The descriptors are borrowed; `to` is written as far as it takes, the rest is
/// kept.
class Relay {
 public:
  Relay(int from, int to) : from_(from), to_(to) {}

  /// What to wait for: input while there is room, and output while something is kept. -1 entries
  /// are passed over.
  [[nodiscard]] std::array<struct ::pollfd, 2> interest() const;
  /// Acts on what poll(2) has filled in.
  void act(const std::array<struct ::pollfd, 2>& ready);
  /// Copies what can be read now, and writes it all, waiting for the reader if need be.
  void drain();

 private:
  void read_some();
  void write_some();

  int from_;
  int to_;
  bool ended_ = false;
  std::string kept_;
};

}  // namespace myrt::container
