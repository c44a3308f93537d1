#include "container/resctrl.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <utility>

#include <myrt/log.h>

#include "base/text.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

using Kind = plan::ResctrlStep::Kind;

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

std::string absolute(const std::string& mount_point, std::string_view path) {
  return base::concat({mount_point, "/", path});
}

Result<bool> exists(const std::string& path) {
  struct ::stat status = {};
  if (::stat(path.c_str(), &status) == 0) {
    return true;
  }
  return errno == ENOENT ? Result<bool>(false)
                         : std::unexpected(Error::from_errno({"look up ", path}));
}

/// The errno value says little of a refused value; the kernel's sentence says what is wrong.
Error explained(Error error, const std::string& mount_point) {
  const Result<std::string> told =
      sys::read_value(AT_FDCWD, absolute(mount_point, "info/last_cmd_status"));
  const std::string_view sentence = told.has_value() ? base::first_line(*told) : "";
  if (sentence.empty() || sentence == "ok") {
    return error;
  }
  return {error.code(),
          base::concat({error.what(), " (", base::escape(sentence, base::kQuotedBytes), ")"})};
}

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0) {
    return std::unexpected(Error::from_errno({"make directory ", path}));
  }
  return {};
}

Result<void> remove_directory(const std::string& path) {
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) {
    return std::unexpected(Error::from_errno({"remove directory ", path}));
  }
  return {};
}

/// Whether others use the group. The tasks of its monitoring groups are among its own.
bool is_in_use(const std::string& directory) {
  const Result<std::string> tasks = sys::read_file(AT_FDCWD, directory + "/tasks", kMaxBytes);
  return tasks.has_value() && has_living_task(*tasks);
}

}  // namespace

bool has_living_task(std::string_view tasks) {
  return std::ranges::any_of(base::split(tasks, '\n'), [](std::string_view line) {
    const std::optional<pid_t> task = base::parse_integer<pid_t>(line, 1);
    if (!task.has_value()) {
      return false;
    }
    const Result<sys::ProcessStat> stat = sys::process_stat(*task);
    return stat.has_value() && stat->state != 'Z' && stat->state != 'X';
  });
}

std::optional<std::string> resctrl_mount_point(std::span<const sys::MountEntry> mounts) {
  // The last one: it may lie on top of another.
  for (const sys::MountEntry& mount : mounts | std::views::reverse) {
    if (mount.type == "resctrl" && mount.root == "/") {
      return mount.point;
    }
  }
  return std::nullopt;
}

Result<std::string> resctrl_mount_point() {
  const std::vector<sys::MountEntry> mounts = MYRT_TRY(sys::own_mountinfo());
  std::optional<std::string> point = resctrl_mount_point(mounts);
  if (!point.has_value()) {
    return std::unexpected(Error("no resctrl file system is mounted"));
  }
  return *std::move(point);
}

Result<plan::ResctrlState> read_resctrl(const std::string& mount_point,
                                        const plan::ResctrlPlan& plan) {
  plan::ResctrlState state;
  state.group_exists = plan.group.empty() || MYRT_TRY(exists(absolute(mount_point, plan.group)));
  if (!state.group_exists) {
    return state;
  }
  if (!plan.schemata.empty()) {
    state.schemata = MYRT_TRY(sys::read_file(
        AT_FDCWD, absolute(mount_point, plan::resctrl_file(plan, "schemata")), kMaxBytes));
  }
  if (!plan.monitoring.empty()) {
    state.monitoring_exists =
        MYRT_TRY(exists(absolute(mount_point, plan::resctrl_monitoring_group(plan))));
  }
  return state;
}

Result<ResctrlWork> resctrl_work(const plan::ResctrlPlan& plan) {
  ResctrlWork work{.mount_point = MYRT_TRY(in("/linux/intelRdt", resctrl_mount_point())),
                   .steps = {}};
  const plan::ResctrlState state =
      MYRT_TRY(in("/linux/intelRdt", read_resctrl(work.mount_point, plan)));
  work.steps = MYRT_TRY(plan::resctrl_steps(plan, state));
  return work;
}

std::vector<std::string> made_directories(const ResctrlWork& work) {
  std::vector<std::string> directories;
  for (const plan::ResctrlStep& step : work.steps) {
    if (step.kind == Kind::kMakeDirectory) {
      directories.push_back(absolute(work.mount_point, step.path));
    }
  }
  return directories;
}

Result<void> apply_resctrl_step(const std::string& mount_point, const plan::ResctrlStep& step) {
  const std::string path = absolute(mount_point, step.path);
  Result<void> done = step.kind == Kind::kMakeDirectory
                          ? make_directory(path)
                          : sys::write_value(AT_FDCWD, path, step.value);
  return done.has_value() ? done : std::unexpected(explained(done.error(), mount_point));
}

Result<void> make_resctrl_groups(const ResctrlWork& work) {
  std::vector<std::string> made;
  for (const plan::ResctrlStep& step : work.steps) {
    Result<void> done = apply_resctrl_step(work.mount_point, step);
    if (!done.has_value()) {
      const Result<void> removed = remove_resctrl_groups(made);
      if (!removed.has_value()) {
        log(LogLevel::kDebug, "undo: " + removed.error().text());
      }
      return done;
    }
    if (step.kind == Kind::kMakeDirectory) {
      made.push_back(absolute(work.mount_point, step.path));
    }
  }
  return {};
}

Result<void> enter_resctrl(const std::string& mount_point, const plan::ResctrlPlan& plan,
                           pid_t pid) {
  for (const std::string& file : plan::resctrl_tasks(plan)) {
    MYRT_TRY(apply_resctrl_step(
        mount_point, {.kind = Kind::kWrite, .path = file, .value = std::to_string(pid)}));
  }
  return {};
}

Result<void> remove_resctrl_groups(std::span<const std::string> directories) {
  for (const std::string& directory : directories | std::views::reverse) {
    if (is_in_use(directory)) {
      log(LogLevel::kDebug, "resctrl group " + directory + " has tasks of others and stays");
      continue;
    }
    MYRT_TRY(remove_directory(directory));
  }
  return {};
}

SchemataChange::SchemataChange(SchemataChange&& other) noexcept
    : mount_point_(std::move(other.mount_point_)),
      file_(std::move(other.file_)),
      before_(std::exchange(other.before_, {})) {}

SchemataChange::~SchemataChange() {
  if (before_.empty()) {
    return;
  }
  const Result<void> back =
      apply_resctrl_step(mount_point_, {.kind = Kind::kWrite, .path = file_, .value = before_});
  if (!back.has_value()) {
    log(LogLevel::kWarning, "the resctrl group keeps a part of its new schemata");
    log(LogLevel::kDebug, "undo: " + back.error().text());
  }
}

Result<SchemataChange> SchemataChange::apply(const std::string& mount_point,
                                             const plan::ResctrlPlan& plan,
                                             const std::string& value) {
  SchemataChange change;
  change.mount_point_ = mount_point;
  change.file_ = plan::resctrl_file(plan, "schemata");
  // The kernel takes what it shows. Before the write: of several lines it may take the first.
  change.before_ =
      MYRT_TRY(sys::read_file(AT_FDCWD, absolute(mount_point, change.file_), kMaxBytes));
  MYRT_TRY(apply_resctrl_step(mount_point,
                              {.kind = Kind::kWrite, .path = change.file_, .value = value}));
  return change;
}

}  // namespace myrt::container
