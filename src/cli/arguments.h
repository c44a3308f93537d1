// What engines send and CLI11 refuses, and the words that engines look for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace myrt::cli {

/// The arguments that follow the program's name. `-no-subreaper` with one dash, as containerd sends
/// it, gets its second one, and `--name=` becomes two: CLI11 would take the next argument for the
/// value. Nothing else is touched, and nothing after "--".
std::vector<std::string> normalized_arguments(int argc, const char* const* argv);

/// The text for an option whose value is missing: "flag needs an argument: --name". Other texts
/// pass through.
std::string missing_value_text(std::string_view message);

}  // namespace myrt::cli
