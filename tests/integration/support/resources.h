// One field of `linux.resources` and what the kernel's files say after it: the whole difference to
// a container without limits, so that a write too many is seen as well as one too few.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "support/fixture.h"

namespace myrt::test {

/// Files of cgroups and what they say, by name: names of different controllers differ.
using Settings = std::map<std::string, std::string>;

/// What can be set in the cgroups of `pid`: all files that are read and written, without those that
/// change by themselves. The lines of a file are joined by "; ".
Settings settings_of(pid_t pid);

/// "FILE: VALUE" for each setting of `now` that is another than in `before`.
std::vector<std::string> changed(const Settings& before, const Settings& now);

/// What a counter of the container's cgroups says: a file with a number, or the line of one that
/// starts with `key`. 0 when there is none.
std::uint64_t counter_of(pid_t pid, const std::string& controller, const std::string& file,
                         const std::string& key = "");

/// The directory of a container in the hierarchy of the controller, by its v1 name.
std::filesystem::path cgroup_for(pid_t pid, const std::string& controller);

/// Whether the machine has the controller, by its v1 name (blkio is io on v2).
bool has_controller_for(const std::string& v1_controller);

/// A disk to limit, one of this machine's: "MAJOR:MINOR", empty when there is none.
std::string some_disk();

/// `text` with the numbers of some_disk() in place of the words MAJOR and MINOR.
std::string with_disk(std::string text);

struct Field {
  using Lines = std::optional<std::vector<std::string>>;

  const char* name;
  const char* resources;   // JSON for /linux/resources
  const char* controller;  // its v1 name
  Lines v1;  // "FILE: VALUE"; none: the kernel has nothing like it, so the config is refused
  Lines v2;

  const Lines& expected() const { return cgroup_v2() ? v2 : v1; }
  friend std::ostream& operator<<(std::ostream& stream, const Field& field) {
    return stream << field.name;
  }
};

inline constexpr std::nullopt_t kRefused = std::nullopt;

/// For INSTANTIATE_TEST_SUITE_P.
inline std::string field_name(const ::testing::TestParamInfo<Field>& info) {
  return info.param.name;
}

class ResourceTest : public RuntimeTest {
 protected:
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
  /// `update --resources -`
  Outcome update_by(const Container& container, const std::string& resources) const;
};

/// The tests of this suite are in resource_field_test.cc; each subject brings its fields.
class ResourceField : public ResourceTest, public ::testing::WithParamInterface<Field> {
 protected:
  /// The settings of a container without limits.
  const Settings& unlimited();
  /// What the machine lacks for the field, empty when nothing.
  std::string lacking();
};

}  // namespace myrt::test
