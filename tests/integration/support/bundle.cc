#include "support/bundle.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include <gtest/gtest.h>

#include "support/files.h"
#include "support/json.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kApplets = std::to_array<std::string_view>({
    "awk",      "basename", "cat",    "chgrp",   "chmod", "chown",    "chroot",   "cp",
    "cut",      "dd",       "df",     "dirname", "du",    "echo",     "env",      "expr",
    "false",    "find",     "getopt", "grep",    "head",  "hostname", "httpd",    "id",
    "ifconfig", "ip",       "ipcs",   "kill",    "ln",    "ls",       "md5sum",   "mkdir",
    "mkfifo",   "mknod",    "mktemp", "mount",   "mv",    "nc",       "nice",     "nproc",
    "od",       "ping",     "printf", "ps",      "pwd",   "readlink", "realpath", "rm",
    "rmdir",    "sed",      "setsid", "sh",      "sleep", "sort",     "stat",     "stty",
    "tail",     "tee",      "test",   "timeout", "touch", "tr",       "true",     "tty",
    "umount",   "uname",    "uniq",   "usleep",  "wc",    "wget",     "which",    "yes",
});

constexpr std::string_view kDefaultConfig = R"({
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false,
    "user": {"uid": 0, "gid": 0},
    "args": ["/bin/true"],
    "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
    "cwd": "/",
    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
    "noNewPrivileges": true
  },
  "root": {"path": "rootfs", "readonly": false},
  "hostname": "container",
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
     "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
     "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
    {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
     "options": ["nosuid", "noexec", "nodev"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs",
     "options": ["nosuid", "noexec", "nodev", "ro"]}
  ],
  "linux": {
    "resources": {"devices": [{"allow": false, "access": "rwm"}]},
    "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
                   {"type": "mount"}, {"type": "cgroup"}],
    "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
    "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
  }
})";

// Set by main before any test runs, never changed afterwards.
fs::path& template_root() {
  static fs::path path;
  return path;
}

std::string find_busybox() {
  for (const char* path : {"/bin/busybox", "/usr/bin/busybox", "/busybox"}) {
    if (::access(path, X_OK) == 0) {
      return path;
    }
  }
  return "";
}

// Directories are made, files are hard links: a test may add to its root, not change what it
// shares.
void link_tree(const fs::path& from, const fs::path& to) {
  struct stat status{};
  ::stat(from.c_str(), &status);
  ::mkdir(to.c_str(), 0755);
  ::chmod(to.c_str(), status.st_mode & 07777);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_directory()) {
      link_tree(entry.path(), target);
    } else if (::link(entry.path().c_str(), target.c_str()) != 0) {
      ADD_FAILURE() << "link " << target << ": " << std::strerror(errno);
    }
  }
}

}  // namespace

std::string make_template_root(const fs::path& directory) {
  const std::string busybox = find_busybox();
  if (busybox.empty()) {
    return "the tests need a static busybox at /bin/busybox (Debian: busybox-static)";
  }
  for (const char* name :
       {"bin", "dev", "etc", "home/user", "proc", "root", "run", "sys", "tmp", "var"}) {
    fs::create_directories(directory / name);
  }
  ::chmod((directory / "tmp").c_str(), 01777);
  std::error_code error;
  const fs::path copy = directory / "bin/busybox";
  if (!fs::copy_file(busybox, copy, error)) {
    return "cannot copy " + busybox + ": " + error.message();
  }
  ::chmod(copy.c_str(), 0755);
  for (const std::string_view applet : kApplets) {
    fs::create_hard_link(copy, directory / "bin" / applet, error);
  }
  write_file(directory / "etc/passwd",
             "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n");
  write_file(directory / "etc/group", "root:x:0:\nuser:x:1000:\ntester:x:2000:user\n");
  template_root() = directory;
  return "";
}

Bundle::Bundle(const fs::path& workspace, const std::string& name)
    : workspace_(workspace), path_(workspace / name), config_(kDefaultConfig) {
  fs::create_directories(path_);
  link_tree(template_root(), rootfs());
  capabilities({"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"});
}

void Bundle::save() const { write_file(path_ / "config.json", config_); }

Bundle& Bundle::set(const std::string& pointer, const std::string& value) {
  config_ = json_set(config_, pointer, value);
  save();
  return *this;
}

Bundle& Bundle::erase(const std::string& pointer) {
  config_ = json_erase(config_, pointer);
  save();
  return *this;
}

Bundle& Bundle::args(const std::vector<std::string>& args) {
  return set("/process/args", json_strings(args));
}

Bundle& Bundle::shell(const std::string& script) { return args({"/bin/sh", "-c", script}); }

Bundle& Bundle::mount(const std::string& destination, const std::string& type,
                      const std::string& source, const std::vector<std::string>& options) {
  return set("/mounts/-", R"({"destination":)" + json_quote(destination) + R"(,"type":)" +
                              json_quote(type) + R"(,"source":)" + json_quote(source) +
                              R"(,"options":)" + json_strings(options) + "}");
}

Bundle& Bundle::set_namespace(const std::string& type, const std::string& path) {
  const std::string entry =
      path.empty() ? R"({"type":)" + json_quote(type) + "}"
                   : R"({"type":)" + json_quote(type) + R"(,"path":)" + json_quote(path) + "}";
  for (std::size_t index = 0; index < json_size(config_, "/linux/namespaces").value_or(0);
       ++index) {
    const std::string place = "/linux/namespaces/" + std::to_string(index);
    if (json_string(config_, place + "/type") == type) {
      return set(place, entry);
    }
  }
  return set("/linux/namespaces/-", entry);
}

Bundle& Bundle::remove_namespace(const std::string& type) {
  for (std::size_t index = 0; index < json_size(config_, "/linux/namespaces").value_or(0);
       ++index) {
    const std::string place = "/linux/namespaces/" + std::to_string(index);
    if (json_string(config_, place + "/type") == type) {
      return erase(place);
    }
  }
  ADD_FAILURE() << "the config has no " << type << " namespace";
  return *this;
}

Bundle& Bundle::capabilities(const std::vector<std::string>& names) {
  const std::string list = json_strings(names);
  return set("/process/capabilities", R"({"bounding":)" + list + R"(,"effective":)" + list +
                                          R"(,"permitted":)" + list + R"(,"inheritable":)" + list +
                                          R"(,"ambient":)" + list + "}");
}

Bundle& Bundle::raw_config(const std::string& bytes) {
  config_ = bytes;
  save();
  return *this;
}

Bundle& Bundle::file(const std::string& path, const std::string& content, mode_t mode) {
  fs::create_directories((rootfs() / path).parent_path());
  write_file(rootfs() / path, content, mode);
  return *this;
}

Bundle& Bundle::directory(const std::string& path, mode_t mode) {
  fs::create_directories(rootfs() / path);
  ::chmod((rootfs() / path).c_str(), mode);
  return *this;
}

Bundle& Bundle::symlink(const std::string& target, const std::string& path) {
  fs::create_directories((rootfs() / path).parent_path());
  fs::create_symlink(target, rootfs() / path);
  return *this;
}

}  // namespace myrt::test
