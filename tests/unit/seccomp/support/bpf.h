// An interpreter for the classic BPF programs that seccomp(2) takes, so that filters are judged
// without loading them. It knows the instructions that the kernel admits for seccomp and libseccomp
// emits (seccomp_check_filter()).
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "seccomp/filter.h"

namespace myrt::seccomp::test {

/// No filter returns it.
inline constexpr std::uint32_t kInvalidProgram = 0xbadbad00;

inline bool taken(const Instruction& instruction, std::uint32_t accumulator) {
  switch (BPF_OP(instruction.code)) {
    case BPF_JEQ:
      return accumulator == instruction.k;
    case BPF_JGT:
      return accumulator > instruction.k;
    case BPF_JGE:
      return accumulator >= instruction.k;
    default:
      return (accumulator & instruction.k) != 0;  // BPF_JSET
  }
}

/// What `program` returns for `call`.
inline std::uint32_t evaluate(std::span<const Instruction> program, const seccomp_data& call) {
  std::uint32_t accumulator = 0;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Instruction& instruction = program[i];
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (instruction.k % 4 != 0 || instruction.k >= sizeof(call)) {
          ADD_FAILURE() << "load from " << instruction.k << " at " << i;
          return kInvalidProgram;
        }
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + instruction.k,
                    sizeof(accumulator));
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= instruction.k;
        break;
      case BPF_JMP | BPF_JA:
        i += instruction.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
      case BPF_JMP | BPF_JGT | BPF_K:
      case BPF_JMP | BPF_JGE | BPF_K:
      case BPF_JMP | BPF_JSET | BPF_K:
        i += taken(instruction, accumulator) ? instruction.if_true : instruction.if_false;
        break;
      case BPF_RET | BPF_K:
        return instruction.k;
      default:
        ADD_FAILURE() << "instruction " << instruction.code << " at " << i;
        return kInvalidProgram;
    }
  }
  ADD_FAILURE() << "the program has no end";
  return kInvalidProgram;
}

}  // namespace myrt::seccomp::test
