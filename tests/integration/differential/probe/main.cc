// The container's program: `probe PATH...` reports, `probe --hook KIND LOG` is a hook.
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <span>
#include <string>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

void report_all(std::span<char*> paths) {
  report_ids();
  report_capabilities();
  report_attributes();
  report_limits();
  report_signals();
  report_scheduling();
  report_environment(environ);
  report_descriptors();
  report_names();
  report_terminal();
  report_keyring();
  report_network();
  report_devices();
  report_paths(paths);
  report_system_calls();
  Section("end").add("reached", "yes");
}

void wait_for_the_caller() {
  ::close(kReportFd);
  char byte = 0;
  while (::read(kGateFd, &byte, 1) > 0) {
  }
}

}  // namespace
}  // namespace myrt::test

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--hook") == 0) {
    return myrt::test::log_hook(argv[2], argv[3]);
  }
  myrt::test::report_all(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  myrt::test::wait_for_the_caller();
  return 0;
}
