// Fills HostFacts from the running kernel.
#pragma once

#include <myrt/result.h>

#include "host/facts.h"

namespace myrt::host {

/// What holds for the calling process now: ask again after a change of credentials.
Result<HostFacts> probe();

}  // namespace myrt::host
