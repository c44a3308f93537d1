// The mounts of a container whose config lists no mount namespace. They are made among the caller's
// and end with no namespace, so they are taken back one by one: those at the container's mount
// points that were not there before it.
#pragma once

#include <optional>

#include <myrt/result.h>

#include "container/record.h"
#include "plan/plan.h"

namespace myrt::container {

/// What the record has to say of them, taken before the first one is made; none when they are made
/// in a namespace that is new or joined. ENOENT, ENOTDIR: root.path is no directory.
Result<std::optional<SharedMounts>> shared_mounts(const plan::Plan& plan);

/// Unmounts them, the last one first, with whatever has been mounted below. The paths may be
/// hostile by now: no lookup leaves the root, and a root that is no longer at its path is left
/// alone.
Result<void> unmount_shared(const SharedMounts& shared);

}  // namespace myrt::container
