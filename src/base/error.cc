#include <cerrno>
#include <cstring>

#include <myrt/error.h>

#include "base/text.h"

namespace myrt {

Error Error::from_errno(std::initializer_list<std::string_view> parts) {
  const int code = errno;  // before anything that could change it
  return from_code(code, parts);
}

Error Error::from_code(int code, std::initializer_list<std::string_view> parts) {
  return {code, base::concat(parts)};
}

Error Error::sentence(int code, std::string what) {
  Error error(code, std::move(what));
  error.whole_ = true;
  return error;
}

std::string Error::text() const {
  return code_ == 0 || whole_ ? what_ : base::concat({what_, ": ", errno_text(code_)});
}

void Error::add_context(std::string_view step) { what_ = base::concat({step, ": ", what_}); }

std::string errno_text(int code) {
  // Not strerror(3): it translates, and engines match these words to choose the exit code.
  const char* text = ::strerrordesc_np(code);
  return text != nullptr ? text : "Unknown error " + std::to_string(code);
}

}  // namespace myrt
