// The plan as text, for --debug and for tests: one fact a line, in the order in which things are
// done, nothing that is left at its default. The environment's values are not shown: they hold
// passwords, and debug logs get passed round.
#pragma once

#include <string>

#include "plan/plan.h"

namespace myrt::plan {

/// Many lines, each ended by a newline. For readers, not for programs.
std::string print(const Plan& plan);

}  // namespace myrt::plan
