// Writes in a form that a test can spell out.
#pragma once

#include <string>
#include <vector>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// "file: value" for each.
inline std::vector<std::string> text(const std::vector<FileWrite>& writes) {
  std::vector<std::string> lines;
  for (const FileWrite& write : writes) {
    lines.push_back(write.file + ": " + write.value);
  }
  return lines;
}

}  // namespace myrt::cgroup
