// Containers outlive the process that made them: when the tests crash or are stopped, someone has
// to clear away.
#pragma once

#include <functional>

namespace myrt::test {

/// Runs `tests` in a child process and returns its exit status, or 128 and the signal it died of.
/// However it ends, also when SIGTERM, SIGINT or SIGHUP stops the run, its containers are killed
/// then and the cgroups of the run removed.
int run_guarded(const std::function<int()>& tests);

}  // namespace myrt::test
