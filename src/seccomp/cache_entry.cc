#include "seccomp/cache_entry.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include <seccomp.h>

namespace myrt::seccomp {
namespace {

// Stands first in every entry. Its number goes up with every change of the form or of what
// compile() makes of a profile: entries of another version are misses.
constexpr std::string_view kFormat = "myrt seccomp filter 1\n";

/// A hash of eight bytes a step in the manner of FNV-1a. It finds the file and notices damage; that
/// an entry belongs to a profile is decided by comparing keys, so nothing depends on collisions
/// being hard to make.
std::uint64_t hash(std::string_view bytes) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x00000100000001b3;
  std::uint64_t value = kOffset ^ bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = bytes.copy(reinterpret_cast<char*>(&word), sizeof(word));
    bytes.remove_prefix(size);
    value = (value ^ word) * kPrime;
    value ^= value >> 32U;  // the product moves differences up only
  }
  return value;
}

/// Appends values to a string, each so that its end is known.
class Writer {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void add(std::string_view text) {
    add(text.size());
    bytes_.append(text);
  }
  template <typename T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value.has_value()) {
      add(*value);
    }
  }
  template <typename T>
  void add(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) {
      add(value);
    }
  }
  // The bindings below name every field: a new one does not compile until it is part of the key.
  void add(const SeccompArgument& argument) {
    const auto& [index, value, value_two, op] = argument;
    add(index);
    add(value);
    add(value_two);
    add(op);
  }
  void add(const SeccompRule& rule) {
    const auto& [names, action, errno_ret, args] = rule;
    add(names);
    add(action);
    add(errno_ret);
    add(args);
  }
  void add(const Seccomp& seccomp) {
    const auto& [default_action, default_errno_ret, architectures, flags, listener_path,
                 listener_metadata, syscalls] = seccomp;
    add(default_action);
    add(default_errno_ret);
    add(architectures);
    add(flags);
    add(listener_path);
    add(listener_metadata);
    add(syscalls);
  }
  void add(const KernelSupport& kernel) {
    const auto& [kill_process, log, notify, flags] = kernel;
    add(kill_process);
    add(log);
    add(notify);
    add(flags);
  }
  void add(const Compiler& compiler) {
    const auto& [architecture, major, minor, micro] = compiler;
    add(architecture);
    add(major);
    add(minor);
    add(micro);
  }
  void add(const std::vector<Instruction>& program) {
    add(program.size());
    bytes_.append(reinterpret_cast<const char*>(program.data()),
                  program.size() * sizeof(Instruction));
  }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes values from the front of what a Writer made. Past the end it gives zeros and is not ok().
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  T number() {
    T value = 0;
    const std::string_view bytes = text(sizeof(value));
    if (ok_) {
      bytes.copy(reinterpret_cast<char*>(&value), sizeof(value));
    }
    return value;
  }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view text() { return text(number<std::size_t>()); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

Compiler this_compiler() {
  // Both only read constants of the library: its first real use asks the kernel a dozen questions.
  const scmp_version* version = ::seccomp_version();
  return {::seccomp_arch_native(), version->major, version->minor, version->micro};
}

std::string cache_key(const Seccomp& seccomp, const KernelSupport& kernel,
                      const Compiler& compiler) {
  Writer writer;
  writer.add(compiler);
  writer.add(kernel);
  writer.add(seccomp);
  return writer.take();
}

std::string entry_name(std::string_view key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name(16, '0');
  std::uint64_t value = hash(key);
  for (char& digit : name) {
    digit = kDigits[value >> 60U];
    value <<= 4U;
  }
  return name;
}

std::string encode_entry(std::string_view key, const Filter& filter) {
  Writer writer;
  writer.add(kFormat);
  writer.add(key);
  writer.add(filter.flags);
  writer.add(filter.program);
  writer.add(filter.skipped);
  writer.add(hash(writer.bytes()));
  return writer.take();
}

std::optional<Filter> decode_entry(std::string_view entry, std::string_view key) {
  std::uint64_t checksum = 0;
  if (entry.size() < sizeof(checksum)) {
    return std::nullopt;
  }
  const std::string_view content = entry.substr(0, entry.size() - sizeof(checksum));
  std::memcpy(&checksum, content.data() + content.size(), sizeof(checksum));
  Reader reader(content);
  if (checksum != hash(content) || reader.text() != kFormat || reader.text() != key) {
    return std::nullopt;
  }
  Filter filter;
  filter.flags = reader.number<std::uint32_t>();
  filter.notify = (filter.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
  filter.program.resize(std::min<std::size_t>(reader.number<std::size_t>(), BPF_MAXINSNS + 1));
  const std::string_view program = reader.text(filter.program.size() * sizeof(Instruction));
  if (!reader.ok() || filter.program.empty() || filter.program.size() > BPF_MAXINSNS) {
    return std::nullopt;
  }
  std::memcpy(filter.program.data(), program.data(), program.size());
  for (std::size_t left = reader.number<std::size_t>(); left > 0 && reader.ok(); --left) {
    filter.skipped.emplace_back(reader.text());
  }
  if (!reader.ok() || !reader.at_end()) {
    return std::nullopt;
  }
  return filter;
}

}  // namespace myrt::seccomp
