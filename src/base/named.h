// A word of config.json and what it stands for.
#pragma once

#include <string_view>

namespace myrt::base {

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

}  // namespace myrt::base
