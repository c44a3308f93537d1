#include "seccomp/enosys.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstddef>

namespace myrt::seccomp {
namespace {

// Jumps whose distance is known when the whole rule stands. Real distances in it are below 6.
constexpr std::uint8_t kToEnosys = 254;
constexpr std::uint8_t kToProgram = 255;

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t kJumpIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t kJumpIfGreater = BPF_JMP | BPF_JGT | BPF_K;
constexpr std::uint16_t kJumpIfAtLeast = BPF_JMP | BPF_JGE | BPF_K;
constexpr std::uint16_t kJump = BPF_JMP | BPF_JA;
constexpr std::uint16_t kReturn = BPF_RET | BPF_K;

bool is_s390(std::uint32_t architecture) {
  return architecture == AUDIT_ARCH_S390 || architecture == AUDIT_ARCH_S390X;
}

/// What happens on one architecture, once the accumulator holds the call's number.
std::vector<Instruction> section(const KnownCalls& calls) {
  std::vector<Instruction> code;
  if (is_s390(calls.architecture)) {
    // A number that does not fit the instruction is passed in a register, and becomes 0 where the
    // kernel does not know it. There is no other use of call 0 (setup, gone for decades).
    code.push_back({kJumpIfEqual, kToEnosys, 0, 0});
  }
  if (const std::uint32_t upper = upper_range(calls.architecture); upper != 0) {
    code.push_back({kJumpIfAtLeast, 0, 1, upper});
    code.push_back({kJumpIfGreater, kToEnosys, kToProgram, calls.upper_highest});
  }
  code.push_back({kJumpIfGreater, kToEnosys, kToProgram, calls.highest});
  return code;
}

std::uint8_t resolved(std::uint8_t jump, std::size_t from, std::size_t enosys) {
  if (jump == kToEnosys) {
    return static_cast<std::uint8_t>(enosys - from - 1);
  }
  return jump == kToProgram ? static_cast<std::uint8_t>(enosys - from) : jump;
}

}  // namespace

std::uint32_t upper_range(std::uint32_t architecture) {
  switch (architecture) {
    case AUDIT_ARCH_X86_64:
      return 0x40000000;  // __X32_SYSCALL_BIT
    case AUDIT_ARCH_ARM:
      return 0x000f0000;  // __ARM_NR_BASE
    default:
      return 0;
  }
}

std::vector<Instruction> with_enosys(std::span<const KnownCalls> known,
                                     std::span<const Instruction> program) {
  std::vector<Instruction> code;
  code.push_back({kLoad, 0, 0, offsetof(seccomp_data, arch)});
  for (const KnownCalls& calls : known) {
    const std::vector<Instruction> body = section(calls);
    const auto to_next = static_cast<std::uint8_t>(body.size() + 1);
    code.push_back({kJumpIfEqual, 0, to_next, calls.architecture});
    code.push_back({kLoad, 0, 0, offsetof(seccomp_data, nr)});
    code.insert(code.end(), body.begin(), body.end());
  }
  code.push_back({kJump, 0, 0, 1});
  const std::size_t enosys = code.size();
  code.push_back({kReturn, 0, 0, SECCOMP_RET_ERRNO | ENOSYS});
  for (std::size_t i = 0; i < enosys; ++i) {
    code[i].if_true = resolved(code[i].if_true, i, enosys);
    code[i].if_false = resolved(code[i].if_false, i, enosys);
  }
  code.insert(code.end(), program.begin(), program.end());
  return code;
}

}  // namespace myrt::seccomp
