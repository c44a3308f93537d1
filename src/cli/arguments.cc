#include "cli/arguments.h"

namespace myrt::cli {

namespace {

/// Whether this is `--name=`.
bool is_empty_value(std::string_view argument) {
  return argument.starts_with("--") && argument.size() > 3 &&
         argument.find('=') == argument.size() - 1;
}

}  // namespace

std::vector<std::string> normalized_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  bool options = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    options = options && argument != "--";
    if (options && is_empty_value(argument)) {
      arguments.emplace_back(argument.substr(0, argument.size() - 1));
      arguments.emplace_back();
    } else {
      arguments.emplace_back(options && argument == "-no-subreaper" ? "--no-subreaper" : argument);
    }
  }
  return arguments;
}

std::string missing_value_text(std::string_view message) {
  // CLI11 2.1: "--root: 1 required TEXT missing".
  constexpr std::string_view kMiddle = ": 1 required ";
  const std::size_t middle = message.find(kMiddle);
  if (middle == std::string_view::npos || !message.ends_with(" missing")) {
    return std::string(message);
  }
  return "flag needs an argument: " + std::string(message.substr(0, middle));
}

}  // namespace myrt::cli
