// What a shell inside a container cannot ask: the test program itself, bound into the container,
// makes one system call.
#pragma once

#include <string>
#include <vector>

#include "support/bundle.h"

namespace myrt::test {

/// Lets the container run this program as `/probe`.
void add_probe(Bundle& bundle);

/// The command line, inside the container, that makes this system call and prints its errno, 0 when
/// there is none.
std::vector<std::string> probe_syscall(long number, const std::vector<std::string>& arguments = {});

/// Whether this is a command line of `probe_syscall`, and its `main`.
bool is_probe(int argc, char** argv);
int probe_main(int argc, char** argv);

}  // namespace myrt::test
