// `spec`.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <myrt/spec.h>

#include "cli/commands.h"

namespace myrt::cli {

Result<int> spec_command(const SpecCommand& command) {
  const std::string path =
      command.bundle.empty() ? command.file : command.bundle + "/" + command.file;
  const std::string text = default_spec(command.rootless, ::getuid(), ::getgid());
  // O_EXCL: a config.json that is there is somebody's work.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({path}));
  }
  const ssize_t count = ::write(fd, text.data(), text.size());
  const int code = errno;
  if (::close(fd) != 0 || count != static_cast<ssize_t>(text.size())) {
    return std::unexpected(Error::from_code(code, {"write ", path}));
  }
  return 0;
}

}  // namespace myrt::cli
