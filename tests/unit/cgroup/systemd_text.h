// Properties of units as lines, to compare: "NAME SIGNATURE VALUE...".
#pragma once

#include <string>
#include <vector>

#include "cgroup/plan.h"

namespace myrt::cgroup {

inline std::string text(const UnitProperty& property) {
  std::string line = property.name + " " + property.signature;
  for (const std::string& value : property.values) {
    line += " " + value;
  }
  return line;
}

inline std::vector<std::string> text(const std::vector<UnitProperty>& properties) {
  std::vector<std::string> lines;
  for (const UnitProperty& property : properties) {
    lines.push_back(text(property));
  }
  return lines;
}

}  // namespace myrt::cgroup
