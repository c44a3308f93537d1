#include "sys/credentials.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"

namespace myrt::sys {

namespace {

constexpr int kBits = 64;

std::uint64_t bit(int capability) { return std::uint64_t{1} << static_cast<unsigned>(capability); }

std::uint32_t low(std::uint64_t set) { return static_cast<std::uint32_t>(set); }
std::uint32_t high(std::uint64_t set) { return static_cast<std::uint32_t>(set >> 32U); }

/// Sets all three ids of one kind. Not through glibc: its wrapper would make every thread of the
/// process do the same, with bookkeeping that a clone without the library's knowledge has made
/// stale.
Result<void> set_three(long call, std::string_view name, std::uint32_t id) {
  if (::syscall(call, id, id, id) < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {name, " ", std::to_string(id)}));
  }
  return {};
}

}  // namespace

Result<void> set_groups(std::span<const std::uint32_t> groups) {
  if (::syscall(SYS_setgroups, groups.size(), groups.data()) == 0) {
    return {};
  }
  const int code = errno;
  std::string what = "setgroups";
  for (const std::uint32_t group : groups) {
    what += " " + std::to_string(group);
  }
  return std::unexpected(Error(code, groups.empty() ? what + " (none)" : what));
}

Result<void> set_gid(std::uint32_t gid) { return set_three(SYS_setresgid, "setresgid", gid); }

Result<void> set_uid(std::uint32_t uid) { return set_three(SYS_setresuid, "setresuid", uid); }

Result<void> set_keep_capabilities(bool on) {
  if (::prctl(PR_SET_KEEPCAPS, on ? 1UL : 0UL, 0UL, 0UL, 0UL) < 0) {
    return std::unexpected(Error::from_errno({"prctl PR_SET_KEEPCAPS ", on ? "1" : "0"}));
  }
  return {};
}

Result<void> limit_bounding_set(std::uint64_t keep) {
  for (int capability = 0; capability <= last_capability(); ++capability) {
    if ((keep & bit(capability)) != 0 || ::cap_drop_bound(capability) == 0) {
      continue;
    }
    // Dropping needs CAP_SETPCAP, even of a bit that is not there.
    const int code = errno;
    if (::cap_get_bound(capability) > 0) {
      return std::unexpected(
          Error::from_code(code, {"cap_drop_bound ", std::to_string(capability)}));
    }
  }
  return {};
}

Result<void> set_capabilities(std::uint64_t effective, std::uint64_t permitted,
                              std::uint64_t inheritable) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{
      {{.effective = low(effective), .permitted = low(permitted), .inheritable = low(inheritable)},
       {.effective = high(effective),
        .permitted = high(permitted),
        .inheritable = high(inheritable)}}};
  if (::capset(&header, sets.data()) < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(
        code, {"capset effective ", base::hexadecimal(effective), " permitted ",
               base::hexadecimal(permitted), " inheritable ", base::hexadecimal(inheritable)}));
  }
  return {};
}

Result<void> set_ambient(std::uint64_t ambient) {
  if (::cap_reset_ambient() < 0) {
    return std::unexpected(Error::from_errno({"cap_reset_ambient"}));
  }
  for (int capability = 0; capability < kBits; ++capability) {
    if ((ambient & bit(capability)) != 0 && ::cap_set_ambient(capability, CAP_SET) < 0) {
      const int code = errno;
      return std::unexpected(
          Error::from_code(code, {"cap_set_ambient ", std::to_string(capability)}));
    }
  }
  return {};
}

Result<std::uint64_t> permitted_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::capget(&header, sets.data()) < 0) {
    return std::unexpected(Error::from_errno({"capget"}));
  }
  return std::uint64_t{sets[1].permitted} << 32U | sets[0].permitted;
}

int last_capability() {
  // libcap has asked the kernel when the program started.
  return ::cap_max_bits() - 1;
}

}  // namespace myrt::sys
