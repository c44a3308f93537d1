// A `process` object that stands alone, as engines give it to `exec --process` (config.md
// "Process").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_process.h>

namespace myrt::config {

/// The object, and which of its fields are there: what `exec` leaves out is the container's.
struct ProcessFile {
  Process process;
  bool has_capabilities = false;
  bool has_rlimits = false;
  bool has_no_new_privileges = false;
  std::vector<std::string> warnings;  // as Spec::warnings
};

/// All faults in one message, as parse_spec tells them. `file` is its name for messages.
Result<ProcessFile> parse_process_file(std::string_view text, std::string_view file);

}  // namespace myrt::config
