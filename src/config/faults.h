// What is wrong, or only doubtful, in a config.json: collected while it is parsed and checked, told
// together at the end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace myrt::config {

struct Fault {
  std::string pointer;  // JSON pointer (RFC 6901) of the value, also of one that is missing
  std::string text;     // "want X, got Y"
  std::optional<std::size_t> offset;  // where in the text, when no pointer leads there
};

class Findings {
 public:
  void fault(std::string pointer, std::string text);
  /// A fault after which nothing else can be told: it takes the place of all others.
  void fatal(Fault fault);
  void warn(std::string_view pointer, std::string_view text);

  /// Whether a fault was found at `pointer`, above it or below it, so that what was parsed there
  /// says nothing.
  [[nodiscard]] bool touch(std::string_view pointer) const;

  /// The first faults; a hostile file can hold a million, so only so many are kept, and all
  /// counted.
  [[nodiscard]] const std::vector<Fault>& first_faults() const { return faults_; }
  [[nodiscard]] std::size_t fault_count() const { return fault_count_; }
  /// "/pointer: text", at most so many, too.
  std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
  std::vector<Fault> faults_;
  std::size_t fault_count_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace myrt::config
