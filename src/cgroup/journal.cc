#include "cgroup/journal.h"

#include <fcntl.h>

#include <ranges>

#include <myrt/log.h>
#include <myrt/result.h>

#include "cgroup/undo.h"
#include "sys/file.h"

namespace myrt::cgroup {

std::optional<Undo> undo_of(const std::string& directory, const std::string& file,
                            std::string_view written) {
  std::string path = directory + "/" + file;
  const Result<std::string> old = sys::read_value(AT_FDCWD, path);
  if (!old.has_value()) {
    return std::nullopt;  // a file to be written only
  }
  std::optional<std::string> value = undo_text(file, written, *old);
  if (!value.has_value()) {
    return std::nullopt;
  }
  return Undo{.path = std::move(path), .value = *std::move(value)};
}

Journal::~Journal() {
  for (const Undo& undo : undos_ | std::views::reverse) {
    const Result<void> undone = sys::write_value(AT_FDCWD, undo.path, undo.value);
    if (!undone.has_value()) {
      log(LogLevel::kWarning, "put back after a failure: " + undone.error().text());
    }
  }
}

}  // namespace myrt::cgroup
