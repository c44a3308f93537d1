// The one error type of myrt: what was tried, and why the kernel refused it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace myrt {

/// A failure: the chain of what was being done, outermost first, and the errno value behind it, if
/// any.
class [[nodiscard]] Error {
 public:
  /// A failure without an errno, for example a wrong value in config.json.
  explicit Error(std::string what) : what_(std::move(what)) {}
  /// A failure with errno value `code` (> 0); 0 means that there is none.
  Error(int code, std::string what) : code_(code), what_(std::move(what)) {}

  /// A failure of the system call that has just set errno. `parts` are joined to the description.
  static Error from_errno(std::initializer_list<std::string_view> parts);
  static Error from_code(int code, std::initializer_list<std::string_view> parts);

  /// A failure whose text is whole as it stands: `code` is for callers to branch on and adds
  /// nothing to it.
  static Error sentence(int code, std::string what);

  /// The errno value that callers may branch on, or 0.
  [[nodiscard]] int code() const { return code_; }
  /// The description without the errno's text.
  [[nodiscard]] const std::string& what() const { return what_; }
  /// The sentence for the user: the description, then the errno's text as strerror(3) has it.
  [[nodiscard]] std::string text() const;

  /// Adds one step in front: "step: ...".
  void add_context(std::string_view step);

 private:
  int code_ = 0;
  std::string what_;
  bool whole_ = false;
};

/// strerror(3)'s text of `code`, in the C locale.
std::string errno_text(int code);

}  // namespace myrt
