// The resctrl file system (Linux, Documentation/filesystems/resctrl.rst): applies what
// plan/resctrl.h says, below its mount point. All of it runs in the runtime.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec.h>

#include "plan/resctrl.h"
#include "sys/proc.h"

namespace myrt::container {

/// Where its root is mounted; nothing when it is not.
std::optional<std::string> resctrl_mount_point(std::span<const sys::MountEntry> mounts);
/// Among the caller's mounts. Errors: it is not mounted.
Result<std::string> resctrl_mount_point();

/// What there is of the groups of `plan`.
Result<plan::ResctrlState> read_resctrl(const std::string& mount_point,
                                        const plan::ResctrlPlan& plan);

/// What `create` has to do there, and what of it `delete` undoes.
struct ResctrlWork {
  std::string mount_point;
  std::vector<plan::ResctrlStep> steps;
};
/// Errors begin with the pointer of a field.
Result<ResctrlWork> resctrl_work(const plan::ResctrlPlan& plan);
/// The directories that the steps make, absolute, in order.
std::vector<std::string> made_directories(const ResctrlWork& work);

/// Errors end with what the kernel says in info/last_cmd_status.
Result<void> apply_resctrl_step(const std::string& mount_point, const plan::ResctrlStep& step);
/// All steps in order. When one fails, the directories that were made are gone.
Result<void> make_resctrl_groups(const ResctrlWork& work);

/// Puts a process into the groups; its children follow.
Result<void> enter_resctrl(const std::string& mount_point, const plan::ResctrlPlan& plan,
                           pid_t pid);

/// Whether one of the tasks in the text of a `tasks` file lives: the file has those, too, that have
/// ended and were not waited for.
bool has_living_task(std::string_view tasks);

/// Removes directories that `create` has made, the last first. A group that has tasks, which are
/// other containers', is left alone, and a missing one is fine.
Result<void> remove_resctrl_groups(std::span<const std::string> directories);

/// New schemata for a group, which keeps them only when commit() is called.
class SchemataChange {
 public:
  SchemataChange() = default;
  SchemataChange(const SchemataChange&) = delete;
  SchemataChange& operator=(const SchemataChange&) = delete;
  SchemataChange(SchemataChange&& other) noexcept;
  SchemataChange& operator=(SchemataChange&&) = delete;
  ~SchemataChange();

  static Result<SchemataChange> apply(const std::string& mount_point, const plan::ResctrlPlan& plan,
                                      const std::string& value);
  void commit() { before_.clear(); }

 private:
  std::string mount_point_;
  std::string file_;
  std::string before_;  // empty: nothing to put back
};

}  // namespace myrt::container
