#include "support/probe.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace myrt::test {
namespace {

constexpr const char* kProbe = "--probe-syscall";

}  // namespace

void add_probe(Bundle& bundle) {
  bundle.mount("/probe", "bind", std::filesystem::read_symlink("/proc/self/exe"), {"bind", "ro"});
}

std::vector<std::string> probe_syscall(long number, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"/probe", kProbe, std::to_string(number)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

bool is_probe(int argc, char** argv) { return argc > 2 && std::strcmp(argv[1], kProbe) == 0; }

int probe_main(int argc, char** argv) {
  std::array<long, 6> arguments{};
  for (int index = 3; index < argc && index < 9; ++index) {
    arguments[static_cast<std::size_t>(index - 3)] = std::strtol(argv[index], nullptr, 0);
  }
  errno = 0;
  const long result = ::syscall(std::strtol(argv[2], nullptr, 0), arguments[0], arguments[1],
                                arguments[2], arguments[3], arguments[4], arguments[5]);
  std::printf("%d\n", result == -1 ? errno : 0);
  return 0;
}

}  // namespace myrt::test
