// What `myrt --version` says about this build. Defined in version.cc, which the build writes from
// version.cc.in.
#pragma once

#include <string_view>

namespace myrt::cli {

/// The release, "MAJOR.MINOR.PATCH".
std::string_view version();

/// The git commit built, with `-dirty` when the tree had changes; empty when built outside a git
/// checkout.
std::string_view commit();

}  // namespace myrt::cli
