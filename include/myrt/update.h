// `update`: other limits for a container that exists.
#pragma once

#include <string>
#include <string_view>

#include <myrt/container.h>
#include <myrt/result.h>
#include <myrt/spec_resources.h>

namespace myrt {

struct UpdateOptions {
  // What is to change: 0, "" and absence mean "leave as it is", also for `pids_limit`. Device rules
  // are never changed.
  Resources changes;
  std::string l3_cache_schema;  // one line for the container's resctrl group (intelRdt)
  std::string mem_bw_schema;
};

/// Changes the limits of a container that is created, running or paused, all of them or, after an
/// error, none. What is set is remembered: of CPU quota and period, memory and swap, one can be
/// changed alone. Errors: ENOENT no such container; ESRCH it has stopped; EBUSY a memory limit is
/// below what is in use.
Result<void> update(const Store& store, std::string_view id, const UpdateOptions& options);

/// Parses JSON text of the form of config.json's `linux.resources`. Its `devices` are not looked
/// at: engines send "deny all" in each update, which would take away what the container has. Faults
/// are told as parse_spec() does; `file` is the text's name for them.
Result<Resources> parse_resources(std::string_view text, std::string_view file);

/// The same for the text of a file, "-" for standard input; at most 16 MiB (EFBIG).
Result<Resources> read_resources(const std::string& file);

}  // namespace myrt
