// What a directory holds.
#pragma once

#include <string>
#include <vector>

#include <myrt/result.h>

namespace myrt::sys {

/// The names in a directory of the host without "." and "..", in no order. `path` is below
/// `directory`, which may be AT_FDCWD and may have been read from before; "." is `directory`
/// itself. Names that come or go meanwhile may be among them or not.
Result<std::vector<std::string>> names_in(int directory, const std::string& path);

/// Those of them that are directories, on a file system whose readdir(3) tells types, as those of
/// the kernel's own do: elsewhere some may be missing.
Result<std::vector<std::string>> directories_in(int directory, const std::string& path);

}  // namespace myrt::sys
