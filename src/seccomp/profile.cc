#include "seccomp/profile.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "base/text.h"

namespace myrt::seccomp {
namespace {

struct FlagName {
  std::string_view name;
  std::uint32_t bit = 0;
};

constexpr std::array<FlagName, 4> kFlags = {{
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
}};
static_assert(std::ranges::is_sorted(kFlags, {}, &FlagName::name));

Result<std::uint32_t> listed_flags(std::span<const std::string> names, std::uint32_t available) {
  std::uint32_t flags = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::uint32_t flag = flag_bit(names[i]);
    if ((available & flag) == 0) {
      return std::unexpected(Error(base::concat(
          {"/linux/seccomp/flags/", std::to_string(i), ": this kernel has no ", names[i]})));
    }
    flags |= flag;
  }
  return flags;
}

}  // namespace

std::uint32_t flag_bit(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kFlags, name, {}, &FlagName::name);
  return found != kFlags.end() && found->name == name ? found->bit : 0U;
}

bool uses(const Seccomp& seccomp, SeccompAction action) {
  return seccomp.default_action == action ||
         std::ranges::find(seccomp.syscalls, action, &SeccompRule::action) !=
             seccomp.syscalls.end();
}

Result<std::uint32_t> filter_flags(const Seccomp& seccomp, const KernelSupport& kernel) {
  std::uint32_t flags = kernel.flags & SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  if (seccomp.flags.has_value()) {
    flags = MYRT_TRY(listed_flags(*seccomp.flags, kernel.flags));
  }
  if (!uses(seccomp, SeccompAction::kNotify)) {
    // It says how a listener's agent may interrupt; the kernel refuses it where there is no
    // listener.
    return flags & ~static_cast<std::uint32_t>(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  }
  flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
  if ((flags & SECCOMP_FILTER_FLAG_TSYNC) != 0) {
    // Both answer by the result of the call; the kernel takes them together when TSYNC reports by
    // errno instead.
    flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  }
  return flags;
}

}  // namespace myrt::seccomp
