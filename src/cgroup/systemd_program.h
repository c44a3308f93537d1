// The program of src/systemd_bus as the build has embedded it.
#pragma once

#include <string_view>

namespace myrt::cgroup {

/// Its ELF file.
std::string_view systemd_program();

}  // namespace myrt::cgroup
