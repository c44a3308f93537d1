// Lists of strings as execve(2) takes them.
#pragma once

#include <string>
#include <vector>

namespace myrt::sys {

/// Pointers to `strings` and a null pointer at the end. They live as long as the strings do, and
/// execve(2) writes through none of them.
inline std::vector<char*> c_strings(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (const std::string& string : strings) {
    list.push_back(const_cast<char*>(string.c_str()));
  }
  list.push_back(nullptr);
  return list;
}

}  // namespace myrt::sys
