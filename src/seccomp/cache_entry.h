// The form of one cached filter: what it was made from (the key) and the program. Pure; cache.h is
// the way in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <myrt/spec_seccomp.h>

#include "seccomp/filter.h"
#include "seccomp/support.h"

namespace myrt::seccomp {

/// What beside the profile shapes a program.
struct Compiler {
  std::uint32_t architecture = 0;  // AUDIT_ARCH_* of this machine
  std::uint32_t major = 0;         // version of libseccomp
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;
};

/// The compiler of this build.
Compiler this_compiler();

/// Every field of all three in a form that no other combination has.
std::string cache_key(const Seccomp& seccomp, const KernelSupport& kernel,
                      const Compiler& compiler);

/// The name of the file for `key`: 16 hexadecimal digits. Different keys may have the same one.
std::string entry_name(std::string_view key);

/// The content of the file that holds `filter` under `key`. The listener's path and metadata are
/// not in it: they are fields of the profile.
std::string encode_entry(std::string_view key, const Filter& filter);

/// The filter of an entry, without the listener's path and metadata; nothing when the entry is
/// damaged, in another format, or under another key.
std::optional<Filter> decode_entry(std::string_view entry, std::string_view key);

}  // namespace myrt::seccomp
