// Paths as text: cleaning, and what lies below what. Pure; symbolic links are the business of
// sys/resolve.h, which every path inside a root file system goes through when it is opened.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace myrt::base {

/// `path` as seen from "/": absolute, without "." and empty components, ".." applied lexically and
/// never above "/".
std::string clean_absolute(std::string_view path);

/// The same, but nothing when a ".." would climb above "/": whoever wrote that meant another place
/// than the one it would become.
std::optional<std::string> clean_inside_root(std::string_view path);

/// Whether `path` lies below `directory`; both absolute and clean. No path is below itself.
bool is_below(std::string_view path, std::string_view directory);

/// `path` when it is absolute, otherwise `path` below `directory`. Nothing is cleaned: on the host
/// a
/// ".." behind a symbolic link is for the kernel to follow.
std::string absolute_from(std::string_view directory, std::string_view path);

}  // namespace myrt::base
