#include "support/programs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "support/fd.h"

namespace myrt::test {
namespace {

constexpr const char* kChrootEscape = "--program-chroot-escape";

int complain(const char* what) {
  std::printf("%s: %s\n", what, std::strerror(errno));
  return 1;
}

// The directory may be there from an earlier attempt.
int escape_and_print(const char* path) {
  if (::mkdir(".out", 0755) != 0 && errno != EEXIST) {
    return complain("mkdir .out");
  }
  if (::chroot(".out") != 0) {
    return complain("chroot .out");
  }
  // The kernel stops ".." only at the root of the process, and the working directory is above it.
  for (int level = 0; level < 100; ++level) {
    if (::chdir("..") != 0) {
      return complain("chdir ..");
    }
  }
  if (::chroot(".") != 0) {
    return complain("chroot .");
  }
  const Fd file = open_fd(path, O_RDONLY);
  if (!file) {
    return complain(path);
  }
  std::fputs(read_to_end(file.get()).c_str(), stdout);
  return 0;
}

}  // namespace

std::vector<std::string> chroot_escape(const std::string& path, const std::string& program) {
  return {program, kChrootEscape, path};
}

bool is_program(int argc, char** argv) {
  return argc == 3 && std::strcmp(argv[1], kChrootEscape) == 0;
}

int program_main(char** argv) { return escape_and_print(argv[2]); }

}  // namespace myrt::test
