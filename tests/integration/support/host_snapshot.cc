#include "support/host_snapshot.h"

#include <linux/magic.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "support/files.h"
#include "support/process.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

std::set<std::string> as_set(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

// A directory on anything but a cgroup file system is no cgroup.
bool on_cgroup_filesystem(const fs::path& directory) {
  struct statfs status{};
  return ::statfs(directory.c_str(), &status) == 0 &&
         (status.f_type == CGROUP_SUPER_MAGIC || status.f_type == CGROUP2_SUPER_MAGIC);
}

// Directory by directory, as a recursive iterator ends when somebody else's cgroup goes meanwhile.
// Parents come before their children.
void collect_own_cgroups(const fs::path& directory, std::vector<fs::path>& found) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    if (!entry->is_directory(gone) || entry->is_symlink(gone)) {
      continue;
    }
    if (contains(entry->path().string(), test_run().prefix) &&
        on_cgroup_filesystem(entry->path())) {
      found.push_back(entry->path());
    }
    collect_own_cgroups(entry->path(), found);
  }
}

std::vector<fs::path> own_cgroups() {
  std::vector<fs::path> found;
  collect_own_cgroups("/sys/fs/cgroup", found);
  return found;
}

std::set<std::string> processes() {
  std::set<std::string> found;
  for (const pid_t pid : descendants()) {
    const std::string directory = "/proc/" + std::to_string(pid);
    found.insert(std::to_string(pid) + " (" + read_value(directory + "/comm") + ")");
  }
  return found;
}

void list_new(const std::set<std::string>& old_names, const std::set<std::string>& new_names,
              const std::string& words, std::string& text) {
  for (const std::string& name : new_names) {
    if (!old_names.contains(name)) {
      text += words + " " + name + "\n";
    }
  }
}

}  // namespace

HostSnapshot HostSnapshot::take(const fs::path& workspace) {
  HostSnapshot snapshot;
  snapshot.things_["mount"] = as_set(lines_of(read_file("/proc/self/mountinfo")));
  for (const fs::path& cgroup : own_cgroups()) {
    snapshot.things_["cgroup"].insert(cgroup);
  }
  snapshot.things_["process"] = processes();
  // Container ids do not start with a dot: what does is a cache or a lock of the runtime.
  std::vector<std::string> entries = list_directory(workspace / "state");
  std::erase_if(entries, [](const std::string& name) { return name.starts_with('.'); });
  snapshot.things_["entry in --root"] = as_set(entries);
  snapshot.things_["entry in $TMPDIR"] = as_set(list_directory(workspace / "tmp"));
  snapshot.things_["network namespace"] = as_set(list_directory("/run/netns"));
  return snapshot;
}

std::string HostSnapshot::difference_to(const HostSnapshot& later) const {
  static const std::set<std::string> kNone;
  std::string text;
  for (const auto& [kind, names] : later.things_) {
    const auto before = things_.find(kind);
    list_new(before == things_.end() ? kNone : before->second, names, "left behind: " + kind, text);
  }
  for (const auto& [kind, names] : things_) {
    const auto after = later.things_.find(kind);
    list_new(after == later.things_.end() ? kNone : after->second, names, "gone: " + kind, text);
  }
  return text;
}

void clean_up_after_failure(const fs::path& workspace) {
  for (const pid_t pid : descendants()) {
    ::kill(pid, SIGKILL);
  }
  eventually([] {
    reap_all();
    return descendants().empty();
  });
  std::vector<fs::path> cgroups = own_cgroups();
  std::reverse(cgroups.begin(), cgroups.end());
  for (const fs::path& cgroup : cgroups) {
    ::rmdir(cgroup.c_str());
  }
  for (const std::string& line : lines_of(read_file("/proc/self/mountinfo"))) {
    const std::size_t point = line.find(" " + workspace.string() + "/");
    if (point != std::string::npos) {
      ::umount2(line.substr(point + 1, line.find(' ', point + 1) - point - 1).c_str(), MNT_DETACH);
    }
  }
}

}  // namespace myrt::test
