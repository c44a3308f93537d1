// One packet of the conversation with the runtime: texts, each ended by a zero byte.
//
// From the runtime:
//
//   connect KIND ADDRESS    KIND is `bus`, a bus daemon, or `peer`, systemd itself
//   call PATH INTERFACE MEMBER SIGNATURE ARGUMENT...
//   job PATH INTERFACE MEMBER SIGNATURE ARGUMENT...
//
// The answer of this program:
//
//   ok TEXT...              what a call returned, or the job's result
//   error NAME TEXT         NAME is D-Bus's, empty for one of our own
//
// Arguments and results are in the textual form of busctl(1): an array is its length and then its
// elements, a variant its signature and then its value.
#pragma once

#include <stdlib.h>
#include <string.h>

#include <cstddef>

namespace myrt::systemd_bus {

inline constexpr std::size_t kMaxPacketBytes = 65536;

/// The texts of a request, one after the other.
class Request {
 public:
  char* buffer() { return bytes_; }
  static constexpr std::size_t capacity() { return kMaxPacketBytes; }

  /// Starts again with the first of `size` bytes.
  void reset(std::size_t size) {
    position_ = bytes_;
    end_ = bytes_ + size;
    *end_ = '\0';
  }
  [[nodiscard]] bool at_end() const { return position_ >= end_; }
  /// The next text; an empty one at the end.
  const char* next() {
    const char* text = at_end() ? "" : position_;
    position_ += at_end() ? 0 : strlen(text) + 1;
    return text;
  }

 private:
  char bytes_[kMaxPacketBytes + 1] = {};
  const char* position_ = nullptr;
  char* end_ = nullptr;
};

/// The texts of an answer.
class Reply {
 public:
  [[nodiscard]] const char* bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Whether something did not fit.
  [[nodiscard]] bool is_cut() const { return cut_; }

  void clear() {
    size_ = 0;
    cut_ = false;
  }
  void add(const char* text) { insert(size_, text); }
  /// `text` at `offset`, which is where another text begins, or the end.
  void insert(std::size_t offset, const char* text) {
    const std::size_t length = strlen(text) + 1;
    if (length > kMaxPacketBytes - size_) {
      cut_ = true;
      return;
    }
    memmove(bytes_ + offset + length, bytes_ + offset, size_ - offset);
    memcpy(bytes_ + offset, text, length);
    size_ += length;
  }

 private:
  char bytes_[kMaxPacketBytes] = {};
  std::size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace myrt::systemd_bus
