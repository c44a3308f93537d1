// What was in the files of cgroups before they were written, so that a change that fails halfway
// leaves none of itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace myrt::cgroup {

/// One write that undoes another.
struct Undo {
  std::string path;  // absolute
  std::string value;
};

/// Asks `directory`/`file` what it says now. Nothing when it cannot say it in a form that it takes.
std::optional<Undo> undo_of(const std::string& directory, const std::string& file,
                            std::string_view written);

/// Puts back what was noted, the latest first, unless commit() is called. A failure of that is
/// logged as a warning: the one that led to it is the one to report.
class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  Journal(Journal&& other) noexcept : undos_(std::move(other.undos_)) { other.undos_.clear(); }
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  void note(Undo undo) { undos_.push_back(std::move(undo)); }
  void commit() { undos_.clear(); }

 private:
  std::vector<Undo> undos_;
};

}  // namespace myrt::cgroup
