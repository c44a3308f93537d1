// Typed form of config.json's `hooks` (runtime-spec 1.3.0, config.md "POSIX-platform Hooks").
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace myrt {

struct Hook {
  std::string path;               // absolute
  std::vector<std::string> args;  // argv; empty means argv[0] = path
  std::optional<std::vector<std::string>> env;
  std::optional<int> timeout_seconds;  // > 0
  friend bool operator==(const Hook&, const Hook&) = default;
};

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;
  friend bool operator==(const Hooks&, const Hooks&) = default;
};

}  // namespace myrt
