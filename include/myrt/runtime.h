// What a program does before it puts processes into containers.
#pragma once

#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt {

/// Closes, for good, every descriptor from 3 + `kept_descriptors` up, which the caller may have
/// leaked to us; executes the program again from a read-only mount of its file, so that no
/// container can write it (CVE-2019-5736); and makes the process not dumpable. Returns in the new
/// execution. To be called before threads, locks and descriptors exist. EBADF: one of the
/// descriptors to keep is not open.
Result<void> prepare_program(char** argv, char** envp, int kept_descriptors);

/// The features document of this build as JSON text (runtime-spec, features.md). `version` is the
/// calling program's.
std::string features_json(std::string_view version);

/// The version of libseccomp in use, "2.5.4".
std::string libseccomp_version();

}  // namespace myrt
