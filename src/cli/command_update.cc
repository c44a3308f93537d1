// `update`.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <myrt/update.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/update_options.h"

namespace myrt::cli {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;

/// All of a descriptor, at most kMaxBytes.
Result<std::string> read_all(int fd, const std::string& name) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count == 0) {
      return text;
    }
    if (count < 0 && errno != EINTR) {
      return std::unexpected(Error::from_errno({"read ", name}));
    }
    text.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) {
      return std::unexpected(Error::from_code(EFBIG, {"read ", name}));
    }
  }
}

Result<Resources> read_resources(const std::string& file) {
  if (file == "-") {
    const std::string text = MYRT_TRY(read_all(STDIN_FILENO, "stdin"));
    return parse_resources(text, "stdin");
  }
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({"open ", file}));
  }
  const Result<std::string> text = read_all(fd, file);
  ::close(fd);
  return text.has_value() ? parse_resources(*text, file) : std::unexpected(text.error());
}

}  // namespace

Result<int> execute(const Globals& globals, const UpdateCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  UpdateOptions options = MYRT_TRY(update_options(command.limits));
  if (command.resources.has_value()) {
    if (!command.limits.empty()) {
      return std::unexpected(
          Error("--resources: cannot be combined with --" + command.limits.begin()->first));
    }
    options.changes = MYRT_TRY(in("--resources", read_resources(*command.resources)));
  }
  MYRT_TRY(update(store, command.id, options));
  return 0;
}

}  // namespace myrt::cli
