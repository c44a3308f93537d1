#include "support/resources.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// They change by themselves, or (cpu.weight.nice) are another form of a setting.
bool is_no_setting(std::string_view file) {
  constexpr auto kEnds = std::to_array<std::string_view>(
      {".pressure", ".peak", "failcnt", "max_usage_in_bytes", "cgroup.procs", "cgroup.threads",
       "cpu.weight.nice", "cpuacct.usage", "notify_on_release", "tasks"});
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return file.ends_with(end); });
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const std::string& part : lines_of(text)) {
    line += (line.empty() ? "" : "; ") + part;
  }
  return line;
}

void add_settings(const fs::path& cgroup, Settings& settings) {
  for (const std::string& file : list_directory(cgroup)) {
    struct stat status{};
    constexpr mode_t kReadAndWrite = S_IRUSR | S_IWUSR;
    if (::stat((cgroup / file).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_mode & kReadAndWrite) == kReadAndWrite && !is_no_setting(file)) {
      settings[file] = one_line(read_file(cgroup / file));
    }
  }
}

// The controller's name on this machine.
std::string name_of(const std::string& v1_controller) {
  return cgroup_v2() && v1_controller == "blkio" ? "io" : v1_controller;
}

void replace_all(std::string& text, const std::string& word, const std::string& value) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.replace(at, word.size(), value);
  }
}

}  // namespace

Settings settings_of(pid_t pid) {
  Settings settings;
  // "ID:CONTROLLER,CONTROLLER:PATH"
  for (const std::string& line : lines_of(read_file("/proc/" + std::to_string(pid) + "/cgroup"))) {
    const std::size_t first = line.find(':') + 1;
    const std::string controller = line.substr(first, line.find_first_of(",:", first) - first);
    if (cgroup_v2() || !controller.empty()) {
      add_settings(cgroup_of(pid, controller), settings);
    }
  }
  return settings;
}

std::vector<std::string> changed(const Settings& before, const Settings& now) {
  std::vector<std::string> lines;
  for (const auto& [file, value] : now) {
    const auto old = before.find(file);
    if (old == before.end() || old->second != value) {
      lines.push_back(file + ": " + value);
    }
  }
  return lines;
}

fs::path cgroup_for(pid_t pid, const std::string& controller) {
  return cgroup_of(pid, name_of(controller));
}

std::uint64_t counter_of(pid_t pid, const std::string& controller, const std::string& file,
                         const std::string& key) {
  for (const std::string& line : lines_of(read_file(cgroup_for(pid, controller) / file))) {
    if (line.starts_with(key)) {
      const std::string number = line.substr(key.size());
      return number.empty() ? 0 : std::stoull(number);
    }
  }
  return 0;
}

bool has_controller_for(const std::string& v1_controller) {
  return has_controller(name_of(v1_controller));
}

std::string some_disk() {
  for (const char* disk : {"nullb0", "vda", "sda", "nvme0n1", "loop0"}) {
    if (std::string number = read_value(fs::path("/sys/block") / disk / "dev"); !number.empty()) {
      return number;
    }
  }
  return {};
}

std::string with_disk(std::string text) {
  const std::string disk = some_disk();
  const std::size_t colon = disk.find(':');
  if (colon != std::string::npos) {
    replace_all(text, "MAJOR", disk.substr(0, colon));
    replace_all(text, "MINOR", disk.substr(colon + 1));
  }
  return text;
}

Outcome ResourceTest::update_by(const Container& container, const std::string& resources) const {
  Command command = runtime_command(workspace(), {"update", "--resources", "-", container.id()});
  command.stdin_text = resources;
  return run(command);
}

const Settings& ResourceField::unlimited() {
  static const Settings settings = [this] {
    Bundle bundle(workspace(), "unlimited");
    bundle.args({"/bin/sleep", "100"});
    Container container(bundle);
    EXPECT_TRUE(succeeded(container.create()));
    return settings_of(container.pid());
  }();
  return settings;
}

std::string ResourceField::lacking() {
  const Field& field = GetParam();
  if (contains(field.resources, "MAJOR") && some_disk().empty()) {
    return "a disk";
  }
  if (!field.expected().has_value()) {
    return {};
  }
  if (!has_controller_for(field.controller)) {
    return std::string("the cgroup controller ") + field.controller;
  }
  for (const std::string& line : *field.expected()) {
    const std::string file = line.substr(0, line.find(':'));
    if (!unlimited().contains(file)) {
      return "a kernel with " + file;
    }
  }
  return {};
}

}  // namespace myrt::test
