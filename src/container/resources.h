// The limits of a container as they are now: those that it was created with, and what `update` has
// changed since.
#pragma once

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "container/store.h"

namespace myrt::container {

/// The limits in force; of one that was updated, without device rules.
Result<Resources> current_resources(const Entry& entry);
/// Replaces them as a whole. The caller holds the container's lock.
Result<void> save_resources(const Entry& entry, const Resources& resources);

// An update as data. Pure. In `changes`, 0 and absence mean "leave as it is".

/// `changes` with what they need to be applied: config.json knows a CPU quota with its period and a
/// swap limit that counts memory alone, and an idle group forgets its shares.
Resources completed(Resources changes, const Resources& known);

/// What holds when `changes` (completed) have been made to `known`. On cgroup v2 (`pure_v2`) a new
/// memory limit moves the limit of memory and swap together, since the kernel counts swap alone.
Resources merged(Resources known, const Resources& changes, bool pure_v2);

}  // namespace myrt::container
