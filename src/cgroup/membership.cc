#include "cgroup/membership.h"

#include <fcntl.h>

#include <algorithm>

#include "base/paths.h"
#include "base/text.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

/// "ID:CONTROLLER[,CONTROLLER...]:PATH"; v2 is "0::PATH".
std::optional<Membership> parse_line(std::string_view line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos) {
    return std::nullopt;
  }
  Membership membership;
  membership.path = line.substr(second + 1);
  for (const std::string_view name : base::split(line.substr(first + 1, second - first - 1), ',')) {
    if (!name.empty()) {
      membership.controllers.emplace_back(name);
    }
  }
  return membership;
}

/// Both lists name what one superblock has, not always in the same order.
bool is_of(const Hierarchy& hierarchy, const Membership& membership) {
  return hierarchy.unified
             ? membership.controllers.empty()
             : std::ranges::is_permutation(hierarchy.controllers, membership.controllers);
}

}  // namespace

std::vector<Membership> parse_memberships(std::string_view text) {
  std::vector<Membership> memberships;
  for (const std::string_view line : base::split(text, '\n')) {
    if (std::optional<Membership> membership = parse_line(line)) {
      memberships.push_back(*std::move(membership));
    }
  }
  return memberships;
}

Result<std::vector<Membership>> own_memberships() {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 16U;
  return parse_memberships(MYRT_TRY(sys::read_file(AT_FDCWD, "/proc/self/cgroup", kMaxBytes)));
}

std::optional<std::string> path_in(const Hierarchy& hierarchy,
                                   std::span<const Membership> memberships) {
  const auto found = std::ranges::find_if(
      memberships, [&](const Membership& membership) { return is_of(hierarchy, membership); });
  if (found == memberships.end() || found->path.starts_with("/..")) {
    return std::nullopt;  // above the root of the reader's cgroup namespace
  }
  if (hierarchy.root == "/") {
    return base::clean_absolute(found->path);
  }
  if (found->path == hierarchy.root) {
    return "/";
  }
  return base::is_below(found->path, hierarchy.root)
             ? std::optional(base::clean_absolute(found->path.substr(hierarchy.root.size())))
             : std::nullopt;
}

}  // namespace myrt::cgroup
