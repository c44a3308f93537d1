// What puts a cgroup file back to what it said before it was written. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace myrt::cgroup {

/// The text that undoes a write of `written` to `file`, which read as `old` before it: many files
/// show more than one value, or show it in other words than they take. Nothing for a file whose
/// form is not known, and for what cannot be taken back.
std::optional<std::string> undo_text(std::string_view file, std::string_view written,
                                     std::string_view old);

}  // namespace myrt::cgroup
