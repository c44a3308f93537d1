#include "support/spy.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "support/fd.h"
#include "support/files.h"
#include "support/process.h"

namespace myrt::test {
namespace {

constexpr const char* kSpoil = "--spy-spoil-executable";
constexpr const char* kSearch = "--spy-search-memory";
constexpr const char* kReach = "--spy-reach-file";

void report(const char* way, long result) { std::printf("%s: %d\n", way, result < 0 ? errno : 0); }

int spoil(const std::string& pid) {
  const std::string exe = "/proc/" + pid + "/exe";
  const Fd file = open_fd(exe, O_PATH);
  mount_attr clear{};
  clear.attr_clr = MOUNT_ATTR_RDONLY;
  report("mount_setattr",
         ::syscall(SYS_mount_setattr, AT_FDCWD, exe.c_str(), 0, &clear, sizeof clear));
  const Fd tree(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, exe.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  report("open_tree", tree.get());
  std::fflush(stdout);
  // A file that is being executed cannot be written anyway (ETXTBSY).
  eventually([&exe] { return ::access(exe.c_str(), F_OK) != 0; });
  const Fd writable = open_fd("/proc/self/fd/" + std::to_string(file.get()), O_WRONLY);
  report("open", writable.get());
  return 0;
}

bool lies_in(int memory, unsigned long begin, unsigned long end, const std::string& text) {
  std::string content(end - begin, '\0');
  const ssize_t count = ::pread(memory, content.data(), content.size(), static_cast<off_t>(begin));
  return count > 0 && content.find(text) < static_cast<std::size_t>(count);
}

// "7f00-7f10 rw-p 00000000 00:00 0    [heap]"
int search(const std::string& pid, const std::string& text) {
  const Fd memory = open_fd("/proc/" + pid + "/mem", O_RDONLY);
  const std::vector<std::string> mappings = lines_of(read_file("/proc/" + pid + "/maps"));
  if (!memory || mappings.empty()) {
    std::printf("cannot read the memory of %s: %s\n", pid.c_str(), std::strerror(errno));
    return 1;
  }
  for (const std::string& line : mappings) {
    std::istringstream fields(line);
    unsigned long begin = 0;
    unsigned long end = 0;
    char dash = 0;
    std::string rights;
    std::string skipped;
    std::string name;
    fields >> std::hex >> begin >> dash >> end >> rights >> skipped >> skipped >> skipped >> name;
    if (rights.starts_with('r') && lies_in(memory.get(), begin, end, text)) {
      std::printf("%s\n", name.empty() ? "anonymous" : name.c_str());
    }
  }
  return 0;
}

// Without a pause: what it waits for lasts some microseconds.
[[noreturn]] void reach(const std::string& file) {
  constexpr int kMaxPid = 64;
  std::vector<std::string> paths;
  for (int pid = 1; pid <= kMaxPid; ++pid) {
    paths.push_back("/proc/" + std::to_string(pid) + "/root" + file);
  }
  std::printf("looking\n");
  for (;;) {
    std::fflush(stdout);
    for (const std::string& path : paths) {
      if (::access(path.c_str(), F_OK) == 0) {
        std::printf("%s\n", path.c_str());
      }
    }
  }
}

}  // namespace

std::vector<std::string> spoil_executable(const std::string& pid) {
  return {"/probe", kSpoil, pid};
}

std::vector<std::string> search_memory(const std::string& pid, const std::string& text) {
  return {"/probe", kSearch, pid, text};
}

std::vector<std::string> reach_file(const std::string& file) { return {"/probe", kReach, file}; }

bool is_spy(int argc, char** argv) {
  return (argc == 3 && std::strcmp(argv[1], kSpoil) == 0) ||
         (argc == 3 && std::strcmp(argv[1], kReach) == 0) ||
         (argc == 4 && std::strcmp(argv[1], kSearch) == 0);
}

int spy_main(int argc, char** argv) {
  if (std::strcmp(argv[1], kReach) == 0) {
    reach(argv[2]);
  }
  return argc == 3 ? spoil(argv[2]) : search(argv[2], argv[3]);
}

}  // namespace myrt::test
