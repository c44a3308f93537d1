// The namespaces of others that a container joins, opened by the runtime before the clone.
#pragma once

#include <vector>

#include <myrt/result.h>

#include "container/inputs.h"
#include "plan/plan.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// One descriptor for each of the plan's joins, in its order. Errors: a path that is missing; a
/// namespace that is the runtime's own, when config.json would change what belongs to it.
Result<std::vector<sys::UniqueFd>> open_joins(const Inputs& inputs);

/// Of those, another descriptor of the network namespace that devices are moved to. Not open: it is
/// not joined, or there are no devices.
Result<sys::UniqueFd> joined_network(const plan::NamespacePlan& plan,
                                     const std::vector<sys::UniqueFd>& joins);

}  // namespace myrt::container
