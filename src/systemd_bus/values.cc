#include "systemd_bus/values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <cstdint>
#include <string_view>

namespace myrt::systemd_bus {

namespace {

/// What D-Bus allows (specification, "Valid Signatures").
constexpr std::size_t kMaxSignature = 255;

/// How many characters the first complete type of `signature` has; 0 when it has none.
std::size_t first_type(std::string_view signature) {
  std::size_t arrays = 0;
  while (arrays < signature.size() && signature[arrays] == 'a') {
    ++arrays;
  }
  int open = 0;
  for (std::size_t i = arrays; i < signature.size(); ++i) {
    open += signature[i] == '(' || signature[i] == '{' ? 1 : 0;
    open -= signature[i] == ')' || signature[i] == '}' ? 1 : 0;
    if (open == 0) {
      return i + 1;
    }
  }
  return 0;
}

/// A value of one of the fixed types, or a string.
union Basic {
  std::uint8_t byte;
  int boolean;
  std::int16_t int16;
  std::uint16_t uint16;
  std::int32_t int32;
  std::uint32_t uint32;
  std::int64_t int64;
  std::uint64_t uint64;
  double number;
  const char* text;
};

bool is_text(char type) { return type == 's' || type == 'o' || type == 'g'; }

/// Sets the member of `value` that `type` names. False for another type.
template <typename Wide>
bool set_number(char type, Wide number, Basic& value) {
  switch (type) {
    case 'y':
      value.byte = static_cast<std::uint8_t>(number);
      return true;
    case 'b':
      value.boolean = number != 0 ? 1 : 0;
      return true;
    case 'n':
      value.int16 = static_cast<std::int16_t>(number);
      return true;
    case 'q':
      value.uint16 = static_cast<std::uint16_t>(number);
      return true;
    case 'i':
      value.int32 = static_cast<std::int32_t>(number);
      return true;
    case 'u':
      value.uint32 = static_cast<std::uint32_t>(number);
      return true;
    case 'x':
      value.int64 = static_cast<std::int64_t>(number);
      return true;
    case 't':
      value.uint64 = static_cast<std::uint64_t>(number);
      return true;
    default:
      return false;
  }
}

bool parse(char type, const char* text, Basic& value) {
  if (is_text(type)) {
    value.text = text;
    return true;
  }
  char* end = nullptr;
  errno = 0;
  bool known = false;
  if (type == 'd') {
    value.number = strtod(text, &end);
    known = true;
  } else if (*text == '-') {
    known = set_number(type, strtoll(text, &end, 10), value);
  } else {
    known = set_number(type, strtoull(text, &end, 10), value);
  }
  return known && errno == 0 && end != text && *end == '\0';
}

/// The value that `type` names, as text in `buffer`, or the string itself.
const char* print(char type, const Basic& value, char* buffer, std::size_t size) {
  if (is_text(type)) {
    return value.text;
  }
  switch (type) {
    case 'y':
      snprintf(buffer, size, "%u", static_cast<unsigned>(value.byte));
      break;
    case 'b':
      snprintf(buffer, size, "%d", value.boolean);
      break;
    case 'n':
      snprintf(buffer, size, "%d", static_cast<int>(value.int16));
      break;
    case 'q':
      snprintf(buffer, size, "%u", static_cast<unsigned>(value.uint16));
      break;
    case 'i':
      snprintf(buffer, size, "%" PRId32, value.int32);
      break;
    case 'u':
      snprintf(buffer, size, "%" PRIu32, value.uint32);
      break;
    case 'x':
      snprintf(buffer, size, "%" PRId64, value.int64);
      break;
    case 't':
      snprintf(buffer, size, "%" PRIu64, value.uint64);
      break;
    default:
      snprintf(buffer, size, "%.17g", value.number);
      break;
  }
  return buffer;
}

/// Builds the body of a message.
class Writer {
 public:
  Writer(const Library& library, Message* message, Request& arguments)
      : library_(library), message_(message), arguments_(arguments) {}

  int append(std::string_view signature) {
    while (!signature.empty()) {
      const std::size_t length = first_type(signature);
      const int result = length == 0 ? -EINVAL : append_one(signature.substr(0, length));
      if (result < 0) {
        return result;
      }
      signature.remove_prefix(length);
    }
    return 0;
  }

 private:
  int append_one(std::string_view type) {
    const std::string_view inside = {type.data() + 1, type.size() - 1};
    switch (type.front()) {
      case 'a':
        return container('a', inside, strtoul(arguments_.next(), nullptr, 10));
      case '(':
        return container('r', {inside.data(), inside.size() - 1}, 1);
      case '{':
        return container('e', {inside.data(), inside.size() - 1}, 1);
      case 'v':
        return container('v', arguments_.next(), 1);
      default:
        return basic(type.front());
    }
  }

  int container(char type, std::string_view contents, std::size_t count) {
    char text[kMaxSignature + 1] = {};
    if (contents.size() > kMaxSignature) {
      return -EINVAL;
    }
    memcpy(text, contents.data(), contents.size());
    int result = library_.message_open_container(message_, type, text);
    for (std::size_t i = 0; i < count && result >= 0; ++i) {
      result = append(contents);
    }
    return result < 0 ? result : library_.message_close_container(message_);
  }

  int basic(char type) {
    Basic value = {};
    if (arguments_.at_end() || !parse(type, arguments_.next(), value)) {
      return -EINVAL;
    }
    // Strings are given as they are, everything else by address.
    return library_.message_append_basic(
        message_, type,
        is_text(type) ? static_cast<const void*>(value.text) : static_cast<const void*>(&value));
  }

  const Library& library_;
  Message* message_;
  Request& arguments_;
};

/// Reads the body of a message.
class Reader {
 public:
  Reader(const Library& library, Message* message, Reply& reply)
      : library_(library), message_(message), reply_(reply) {}

  /// Until the end of the container that it is in. How many values there were, or a negative errno.
  int read_level() {
    for (int count = 0;; ++count) {
      char type = '\0';
      const char* contents = nullptr;
      int result = library_.message_peek_type(message_, &type, &contents);
      if (result == 0) {
        return count;
      }
      if (result > 0) {
        result = contents == nullptr ? basic(type) : container(type, contents);
      }
      if (result < 0) {
        return result;
      }
    }
  }

 private:
  int container(char type, const char* contents) {
    int result = library_.message_enter_container(message_, type, contents);
    if (result < 0) {
      return result;
    }
    if (type == 'v') {
      reply_.add(contents);
    }
    const std::size_t start = reply_.size();
    const int count = read_level();
    if (count < 0) {
      return count;
    }
    if (type == 'a') {
      char text[16];
      snprintf(text, sizeof text, "%d", count);
      reply_.insert(start, text);
    }
    return library_.message_exit_container(message_);
  }

  int basic(char type) {
    Basic value = {};
    const int result = library_.message_read_basic(message_, type, &value);
    if (result >= 0) {
      char text[40];
      reply_.add(print(type, value, text, sizeof text));
    }
    return result;
  }

  const Library& library_;
  Message* message_;
  Reply& reply_;
};

}  // namespace

int append(const Library& library, Message* message, const char* signature, Request& arguments) {
  return Writer(library, message, arguments).append(signature);
}

int read_all(const Library& library, Message* message, Reply& reply) {
  const int result = Reader(library, message, reply).read_level();
  return reply.is_cut() ? -EMSGSIZE : result;
}

}  // namespace myrt::systemd_bus
