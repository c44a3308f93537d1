// Filter: a seccomp profile in the form that the kernel loads. Plain data; made before the clone,
// loaded in the container process (seccomp(2)).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace myrt::seccomp {

/// One instruction of a classic BPF program, laid out as the kernel's struct sock_filter.
struct Instruction {
  std::uint16_t code = 0;    // BPF_* class, size, mode, operation
  std::uint8_t if_true = 0;  // how many instructions to skip
  std::uint8_t if_false = 0;
  std::uint32_t k = 0;
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

struct Filter {
  std::vector<Instruction> program;  // 1..4096 (BPF_MAXINSNS) instructions
  std::uint32_t flags = 0;           // SECCOMP_FILTER_FLAG_*, complete: as seccomp(2) takes them
  bool notify = false;               // loading it makes a listener, to be sent to `listener_path`
  std::string listener_path;
  std::string listener_metadata;
  std::vector<std::string>
      skipped;  // system calls of the profile that libseccomp does not know, in its order
  friend bool operator==(const Filter&, const Filter&) = default;
};

}  // namespace myrt::seccomp
