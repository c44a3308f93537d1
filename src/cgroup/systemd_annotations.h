// The annotations `org.systemd.property.NAME` of config.json: further properties of the container's
// scope, with values in GVariant's text form. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// A value in GVariant's text form: booleans, numbers and strings, with or without a type in front
/// (`uint64 5`, `@t 5`), and arrays and tuples of them. A number without a type is an int32. Errors
/// say what was wanted.
Result<UnitProperty> parse_variant(std::string_view text);

/// The properties that the annotations ask for. A time, `NAMESec` in seconds, becomes `NAMEUSec` in
/// microseconds. Errors name the annotation: a value of no known form, a property that the runtime
/// sets itself, or one that acts on something else than the container's own scope, as annotations
/// may come with an image.
Result<std::vector<UnitProperty>> annotated_properties(
    std::span<const std::pair<std::string, std::string>> annotations);

}  // namespace myrt::cgroup
