#include "cgroup/freezer.h"

#include <unistd.h>

#include <cerrno>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "cgroup/manager.h"
#include "cgroup/tree.h"
#include "cgroup/wait.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

constexpr const char* kFileV1 = "freezer.state";
constexpr const char* kFileV2 = "cgroup.freeze";

/// The container's directory whose files freeze it.
struct Freezer {
  std::string path;
  OpenCgroup cgroup;
};

bool has_file(const std::string& directory, const char* file) {
  return ::access(base::concat({directory, "/", file}).c_str(), F_OK) == 0;
}

/// ENOENT: none of the directories can freeze.
Result<Freezer> find_freezer(std::span<const std::string> directories) {
  for (std::string& path : split_record(directories).own) {
    if (!has_file(path, kFileV1) && !has_file(path, kFileV2)) {
      continue;
    }
    Result<OpenCgroup> cgroup = open_cgroup(path);
    if (cgroup.has_value()) {
      return Freezer{.path = std::move(path), .cgroup = *std::move(cgroup)};
    }
    if (!is_gone(cgroup.error())) {
      return std::unexpected(std::move(cgroup).error());
    }
  }
  return std::unexpected(Error(ENOENT, "freezer cgroup of the container"));
}

Result<bool> is_frozen_now(const Freezer& freezer) {
  const int fd = freezer.cgroup.fd.get();
  if (!freezer.cgroup.v2) {
    // Written each time: a process that was born while its parent froze may have been missed.
    MYRT_TRY(sys::write_value(fd, kFileV1, "FROZEN"));
    const std::string state = MYRT_TRY(sys::read_value(fd, kFileV1));
    return state.starts_with("FROZEN");
  }
  const std::string events = MYRT_TRY(sys::read_value(fd, "cgroup.events"));
  return events.find("frozen 1\n") != std::string::npos;
}

Result<void> thaw_one(int cgroup, bool v2) {
  Result<void> thawed = sys::write_value(cgroup, v2 ? kFileV2 : kFileV1, v2 ? "0" : "THAWED");
  if (!thawed.has_value() && is_gone(thawed.error())) {
    return {};
  }
  return thawed;
}

}  // namespace

Result<void> freeze_within(std::chrono::milliseconds limit,
                           std::span<const std::string> directories) {
  const Freezer freezer = MYRT_TRY(find_freezer(directories));
  const std::string step = "freeze " + freezer.path;
  if (freezer.cgroup.v2) {
    MYRT_TRY(in(step, sys::write_value(freezer.cgroup.fd.get(), kFileV2, "1")));
  }
  Result<bool> frozen = wait_until(limit, [&] { return is_frozen_now(freezer); });
  if (frozen.has_value() && *frozen) {
    return {};
  }
  // Half frozen is neither; the failure to freeze is what to report.
  std::ignore = thaw_one(freezer.cgroup.fd.get(), freezer.cgroup.v2);
  if (!frozen.has_value()) {
    return std::unexpected(in(step, std::move(frozen)).error());
  }
  return std::unexpected(
      Error::from_code(EBUSY, {step, ": not frozen after ", std::to_string(limit.count()), " ms"}));
}

Result<void> freeze(std::span<const std::string> directories) {
  return freeze_within(kPatience, directories);
}

Result<void> resume(std::span<const std::string> directories) {
  const Freezer freezer = MYRT_TRY(find_freezer(directories));
  const int fd = freezer.cgroup.fd.get();
  MYRT_TRY(in("thaw " + freezer.path, thaw_one(fd, freezer.cgroup.v2)));
  if (freezer.cgroup.v2) {
    return {};
  }
  const Result<std::string> above = sys::read_value(fd, "freezer.parent_freezing");
  if (above.has_value() && above->starts_with("1")) {
    return std::unexpected(
        Error::from_code(EBUSY, {"thaw ", freezer.path, ": a cgroup above it is frozen as well"}));
  }
  return {};
}

Result<void> thaw(std::span<const std::string> directories) {
  const Freezer freezer = MYRT_TRY(find_freezer(directories));
  // Also what the container has frozen below: a frozen process does not act on SIGKILL in v1.
  const Visitor visitor{.enter = [&](int cgroup) { return thaw_one(cgroup, freezer.cgroup.v2); },
                        .leave = {}};
  return in("thaw " + freezer.path, walk(freezer.cgroup.fd.get(), visitor));
}

Result<bool> is_frozen(std::span<const std::string> directories) {
  Result<Freezer> freezer = find_freezer(directories);
  if (!freezer.has_value()) {
    if (freezer.error().code() == ENOENT) {
      return false;
    }
    return std::unexpected(std::move(freezer).error());
  }
  const bool v2 = freezer->cgroup.v2;
  const std::string state = MYRT_TRY(
      in(freezer->path, sys::read_value(freezer->cgroup.fd.get(), v2 ? kFileV2 : kFileV1)));
  return v2 ? state.starts_with("1") : !state.starts_with("THAWED");
}

}  // namespace myrt::cgroup
