// Files by descriptor and path: open, read all, write one value, replace atomically. Decides
// nothing.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// openat(2) with O_CLOEXEC added. `directory` may be AT_FDCWD. For paths of the host only; paths
/// inside a root file system go through sys/resolve.h.
Result<UniqueFd> open_at(int directory, const std::string& path, int flags, mode_t mode = 0);

/// All that can be read from `fd`, at most `limit` bytes (EFBIG beyond). `name` is for messages.
Result<std::string> read_all(int fd, std::string_view name, std::size_t limit);
/// Opens and reads a whole file, at most `limit` bytes.
Result<std::string> read_file(int directory, const std::string& path, std::size_t limit);

/// Reads a kernel file that gives all it has to the first read(2), at most a page: an attribute of
/// a cgroup, /proc/PID/stat. One call less than to the end of file.
Result<std::string> read_value(int directory, const std::string& path);

/// Writes all of `data`, again after EINTR and short writes.
Result<void> write_all(int fd, std::string_view data, std::string_view name);
/// Writes `value` with exactly one write(2), as kernel files want it (again after EINTR). O_WRONLY,
/// never creates. The error names path and value.
Result<void> write_value(int directory, const std::string& path, std::string_view value);

/// Replaces `name` in `directory` by a new file with `data`: temporary file with O_EXCL, then
/// renameat(2). A symbolic link at `name` is replaced, not followed. No fsync: see the map's
/// decision on state files.
Result<void> replace_file(int directory, const std::string& name, std::string_view data,
                          mode_t mode);

/// fstat(2).
Result<struct ::stat> status_of(int fd, std::string_view name);

/// readlinkat(2), whole.
Result<std::string> read_link(int directory, const std::string& path);

/// Duplicates with F_DUPFD_CLOEXEC.
Result<UniqueFd> duplicate(int fd);

}  // namespace myrt::sys
