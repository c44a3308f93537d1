// The config of a real engine, run without the engine.
#pragma once

#include <string_view>

#include "support/bundle.h"

namespace myrt::test {

/// Takes over one of engine_configs.h, and puts in place what belongs to the engine's machine: the
/// root, the cgroup, and the sources of binds. A bound file says `bound on DESTINATION`.
void use_engine_config(Bundle& bundle, std::string_view config);

}  // namespace myrt::test
