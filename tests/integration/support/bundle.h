// Bundles for the tests: a directory with a busybox root and a config.json that each test changes
// where it matters.
//
// The root: /bin with busybox as hard links (one for each applet of kApplets in bundle.cc),
// /etc/passwd and /etc/group with root (0), user (1000, home /home/user) and group tester (2000),
// and the directories dev, proc, sys, tmp (1777), root, run, var and home/user, empty. The links
// are shared by all bundles of a run: add files, but do not change those in /bin.
//
// The config: what `runc spec` writes, but without a terminal, with a writable root, with a cgroup
// namespace, and with hostname `container`. Its process has three capabilities, no_new_privs and
// uid 0, and runs /bin/true.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace myrt::test {

class Bundle {
 public:
  /// Makes the bundle `workspace`/`name`. The workspace also holds what goes with it, such as the
  /// runtime's --root.
  explicit Bundle(const std::filesystem::path& workspace, const std::string& name = "bundle");

  const std::filesystem::path& workspace() const { return workspace_; }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path rootfs() const { return path_ / "rootfs"; }
  const std::string& config() const { return config_; }

  /// Puts `value` (JSON text) at the JSON pointer; makes missing objects; `-` appends to an array.
  Bundle& set(const std::string& pointer, const std::string& value);
  Bundle& erase(const std::string& pointer);
  /// The program and its arguments.
  Bundle& args(const std::vector<std::string>& args);
  /// `/bin/sh -c script`
  Bundle& shell(const std::string& script);
  /// Appends to /mounts. `source` may be relative to the bundle, as the spec has it for bind
  /// mounts.
  Bundle& mount(const std::string& destination, const std::string& type, const std::string& source,
                const std::vector<std::string>& options);
  /// Replaces the entry of /linux/namespaces with this type, or adds one; a path joins an existing
  /// namespace.
  Bundle& set_namespace(const std::string& type, const std::string& path = "");
  Bundle& remove_namespace(const std::string& type);
  /// Gives the process these capabilities, in all five sets.
  Bundle& capabilities(const std::vector<std::string>& names);
  /// Replaces config.json by these bytes; `set` and the others need it to be JSON afterwards.
  Bundle& raw_config(const std::string& bytes);

  /// Writes a file into the root, and makes its directories. The path is relative to the root.
  Bundle& file(const std::string& path, const std::string& content, mode_t mode = 0644);
  Bundle& directory(const std::string& path, mode_t mode = 0755);
  Bundle& symlink(const std::string& target, const std::string& path);

 private:
  void save() const;

  std::filesystem::path workspace_;
  std::filesystem::path path_;
  std::string config_;
};

/// Builds the root that all bundles share under `directory`, and remembers it. Called once, by
/// main. Returns an empty string, or a sentence on what is missing.
std::string make_template_root(const std::filesystem::path& directory);

}  // namespace myrt::test
