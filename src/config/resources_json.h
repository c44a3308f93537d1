// `linux.resources` as JSON text, the reverse of parse_resources().
#pragma once

#include <string>

#include <myrt/spec_resources.h>

namespace myrt::config {

/// All of `resources` but its device rules. parse_resources() makes the same of it again.
std::string resources_json(const Resources& resources);

}  // namespace myrt::config
