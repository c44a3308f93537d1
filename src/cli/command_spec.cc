// `spec`.
#include <fcntl.h>
#include <unistd.h>

#include <myrt/spec.h>

#include "cli/commands.h"
#include "cli/output.h"

namespace myrt::cli {

Result<int> execute(const Globals& /*globals*/, const SpecCommand& command) {
  const std::string path =
      command.bundle.empty() ? command.file : command.bundle + "/" + command.file;
  const std::string text = default_spec(command.rootless, ::getuid(), ::getgid());
  // O_EXCL: a config.json that is there is somebody's work.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({path}));
  }
  Result<void> written = write_all(fd, text, path);
  // Some file systems tell only now that there is no room (close(2)).
  if (::close(fd) != 0 && written.has_value()) {
    written = std::unexpected(Error::from_errno({"write ", path}));
  }
  MYRT_TRY(std::move(written));
  return 0;
}

}  // namespace myrt::cli
