#include "cgroup/devices_bpf.h"

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace myrt::cgroup {

namespace {

constexpr std::int64_t kAny = -1;

// BPF_REG_1 holds the context when the program starts. R0 is the result.
constexpr std::uint8_t kContext = BPF_REG_1;
constexpr std::uint8_t kAccess = BPF_REG_2;  // what is asked for and not yet allowed
constexpr std::uint8_t kType = BPF_REG_3;
constexpr std::uint8_t kMajor = BPF_REG_4;
constexpr std::uint8_t kMinor = BPF_REG_5;
constexpr std::uint8_t kScratch = BPF_REG_6;

constexpr std::uint8_t code(std::initializer_list<unsigned> parts) {
  unsigned value = 0;
  for (const unsigned part : parts) {
    value |= part;
  }
  return static_cast<std::uint8_t>(value);
}

constexpr std::uint8_t registers(std::uint8_t source, std::uint8_t destination) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(source) << 4U | destination);
}

BpfInstruction load(std::uint8_t destination, std::size_t offset) {
  return {.code = code({BPF_LDX, BPF_MEM, BPF_W}),
          .registers = registers(kContext, destination),
          .offset = static_cast<std::int16_t>(offset),
          .immediate = 0};
}

/// 32-bit arithmetic with a constant.
BpfInstruction compute(unsigned operation, std::uint8_t destination, std::uint32_t value) {
  return {.code = code({BPF_ALU, operation, BPF_K}),
          .registers = registers(0, destination),
          .offset = 0,
          .immediate = static_cast<std::int32_t>(value)};
}

BpfInstruction copy(std::uint8_t destination, std::uint8_t source) {
  return {.code = code({BPF_ALU, BPF_MOV, BPF_X}),
          .registers = registers(source, destination),
          .offset = 0,
          .immediate = 0};
}

/// A 32-bit comparison with a constant; how far it jumps is filled in by end_rule. Device numbers
/// have 32 bits, and the 64-bit comparison would extend the constant's sign.
BpfInstruction jump(unsigned operation, std::uint8_t destination, std::uint32_t value) {
  return {.code = code({BPF_JMP32, operation, BPF_K}),
          .registers = registers(0, destination),
          .offset = 0,
          .immediate = static_cast<std::int32_t>(value)};
}

class Program {
 public:
  Program() {
    add(load(kAccess, offsetof(bpf_cgroup_dev_ctx, access_type)));
    add(load(kMajor, offsetof(bpf_cgroup_dev_ctx, major)));
    add(load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)));
    // access_type is the access << 16 | the type.
    add(copy(kType, kAccess));
    add(compute(BPF_AND, kType, 0xFFFF));
    add(compute(BPF_RSH, kAccess, 16));
  }

  /// False when no access gets past the rule: what follows would be unreachable, which the kernel
  /// refuses.
  bool add_rule(const OrderedRule& rule) {
    const std::size_t start = instructions_.size();
    if (rule.type != 'a') {
      add(jump(BPF_JNE, kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
    }
    if (rule.major != kAny) {
      add(jump(BPF_JNE, kMajor, static_cast<std::uint32_t>(rule.major)));
    }
    if (rule.minor != kAny) {
      add(jump(BPF_JNE, kMinor, static_cast<std::uint32_t>(rule.minor)));
    }
    if (rule.access != kAllAccess && rule.allow) {
      add(compute(BPF_AND, kAccess, kAllAccess & ~rule.access));
      add(jump(BPF_JNE, kAccess, 0));
    } else if (rule.access != kAllAccess) {
      add(copy(kScratch, kAccess));
      add(compute(BPF_AND, kScratch, rule.access));
      add(jump(BPF_JEQ, kScratch, 0));
    }
    const bool conditional = instructions_.size() > start;
    add_result(rule.allow);
    end_rule(start);
    return conditional;
  }

  void add_result(bool allow) {
    add(compute(BPF_MOV, BPF_REG_0, allow ? 1 : 0));
    add({.code = code({BPF_JMP, BPF_EXIT}), .registers = 0, .offset = 0, .immediate = 0});
  }

  std::vector<BpfInstruction> take() { return std::move(instructions_); }

 private:
  void add(BpfInstruction instruction) { instructions_.push_back(instruction); }

  /// Lets every jump since `start` go to the next rule.
  void end_rule(std::size_t start) {
    for (std::size_t i = start; i < instructions_.size(); ++i) {
      if ((instructions_[i].code & 0x07U) == BPF_JMP32) {
        instructions_[i].offset = static_cast<std::int16_t>(instructions_.size() - i - 1);
      }
    }
  }

  std::vector<BpfInstruction> instructions_;
};

}  // namespace

std::vector<BpfInstruction> device_program(std::span<const OrderedRule> rules) {
  Program program;
  // From the last rule to the first: the first that decides is the last that was written.
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    if (!program.add_rule(*rule)) {
      return program.take();
    }
  }
  program.add_result(false);
  return program.take();
}

}  // namespace myrt::cgroup
