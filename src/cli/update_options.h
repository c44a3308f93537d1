// The options of `update` that name a limit, and what their values mean. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <myrt/result.h>
#include <myrt/update.h>

namespace myrt::cli {

struct LimitOption {
  std::string_view name;  // without its dashes
  std::string_view help;  // empty: accepted, but not shown
  // Puts the value in its place; the error says what is wanted instead.
  Result<void> (*take)(UpdateOptions& options, std::string_view text);
};
std::span<const LimitOption> limit_options();

/// The options that were typed, by name, as data.
Result<UpdateOptions> update_options(const std::map<std::string, std::string>& limits);

/// A number of bytes: "67108864", "64M", "64 MiB", "1.5g", "1tb" (powers of 1024), or "-1" for no
/// limit.
Result<std::int64_t> parse_bytes(std::string_view text);

}  // namespace myrt::cli
