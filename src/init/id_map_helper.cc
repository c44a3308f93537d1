#include "init/id_map_helper.h"

#include <cerrno>

#include "base/text.h"
#include "sys/captured.h"

namespace myrt::init {

namespace {

struct Helper {
  const char* program;
  const char* field;
};

Helper helper_of(IdKind kind) {
  return kind == IdKind::kUid ? Helper{"newuidmap", "/linux/uidMappings"}
                              : Helper{"newgidmap", "/linux/gidMappings"};
}

}  // namespace

std::vector<std::string> helper_arguments(IdKind kind, pid_t pid, std::string_view map) {
  std::vector<std::string> argv = {helper_of(kind).program, std::to_string(pid)};
  for (const std::string_view line : base::split(map, '\n')) {
    for (const std::string_view word : base::split(line, ' ')) {
      if (!word.empty()) {
        argv.emplace_back(word);
      }
    }
  }
  return argv;
}

Result<void> write_map_by_helper(IdKind kind, pid_t pid, std::string_view map) {
  constexpr std::size_t kMaxOutput = 65536;
  const Helper helper = helper_of(kind);
  const Result<sys::Captured> ran =
      sys::run_captured(helper.program, helper_arguments(kind, pid, map), kMaxOutput);
  if (!ran.has_value() && ran.error().code() == ENOENT) {
    // Without errno's text: "No such file or directory" means the container's program to engines.
    return std::unexpected(Error(base::concat({helper.field, ": more than the user's own id takes ",
                                               helper.program, ", which is not in $PATH"})));
  }
  const sys::Captured done = MYRT_TRY(in(helper.field, ran));
  if (done.status.shell_code() == 0) {
    return {};
  }
  std::string_view said = base::first_line(done.output);
  const std::string prefix = base::concat({helper.program, ": "});
  if (said.starts_with(prefix)) {
    said.remove_prefix(prefix.size());
  }
  return std::unexpected(
      Error(base::concat({helper.field, ": ", helper.program, ": ",
                          said.empty() ? "exit status " + std::to_string(done.status.shell_code())
                                       : base::escape(said, kMaxOutput)})));
}

}  // namespace myrt::init
