// What no busybox applet does: the test program itself, bound into the container as `/probe` (see
// probe.h), plays a small program.
#pragma once

#include <string>
#include <vector>

namespace myrt::test {

/// The command line of the jail break of the chroot lessons: a root process enters a second root
/// below its first one, keeps its working directory outside of that, climbs up from there and makes
/// the top its root. It then prints the file `path`, or says why it cannot be read, and exits with
/// 0 or 1. `program` is where this program is in the caller's root. Needs CAP_SYS_CHROOT.
std::vector<std::string> chroot_escape(const std::string& path,
                                       const std::string& program = "/probe");

/// The command line of a service that speaks sd_notify(3): sends each of `datagrams` to
/// $NOTIFY_SOCKET, and exits with 0. With "BARRIER=1" goes the end of a pipe, and its closing is
/// awaited (sd_notify_barrier(3)). When something does not work it says what, and exits with 1.
std::vector<std::string> notify(const std::vector<std::string>& datagrams);

/// Whether this is a command line of the above, and its `main`.
bool is_program(int argc, char** argv);
int program_main(char** argv);

}  // namespace myrt::test
