// Compiled filters by content: compiling takes milliseconds, and an engine sends the same profile
// again and again. One file a filter, in a directory below the state root. Runs in the runtime,
// before the clone.
#pragma once

#include <myrt/result.h>
#include <myrt/spec_seccomp.h>

#include "seccomp/filter.h"
#include "seccomp/support.h"
#include "sys/unique_fd.h"

namespace myrt::seccomp {

/// How many filters the cache keeps; beyond, the oldest go. Engines have one profile, and a few for
/// special containers.
inline constexpr int kMaxCachedFilters = 64;

/// The cache's directory below the state root, made with mode 0700 if missing. Its name is not a
/// valid container id. Whoever can write there can put filters into containers, so an existing
/// directory must belong to the caller alone (EPERM). After an error there is no cache: -1 below.
Result<sys::UniqueFd> open_cache(int state_root);

/// The compiled form of `seccomp`, from `cache` when it was compiled before with every field, the
/// machine and the library being the same; `kernel` is what kernel_support says for this profile. A
/// cache that cannot be read or written, or none at all (-1), costs time and is no error. Errors:
/// those of compile().
Result<Filter> compile_cached(const Seccomp& seccomp, const KernelSupport& kernel, int cache);

}  // namespace myrt::seccomp
