// Profile to filter: rules to BPF with libseccomp (runtime-spec config-linux.md "Seccomp";
// seccomp_rule_add(3)). Costs milliseconds: callers go through cache.h. Runs in the runtime, before
// the clone.
#pragma once

#include <myrt/result.h>
#include <myrt/spec_seccomp.h>

#include "seccomp/filter.h"
#include "seccomp/support.h"

namespace myrt::seccomp {

/// Compiles `seccomp`, checked by the parser. The native architecture is always part of it.
/// `kernel` is what kernel_support says for this profile. Errors name the JSON pointer of what
/// libseccomp or `kernel` cannot do; EEXIST: a rule contradicts an earlier one.
Result<Filter> compile(const Seccomp& seccomp, const KernelSupport& kernel);

}  // namespace myrt::seccomp
