#include "cgroup/devices_bpf.h"

#include <linux/bpf.h>

#include <array>

#include <gtest/gtest.h>

#include "device_samples.h"

namespace myrt::cgroup {
namespace {

struct Access {
  unsigned type = BPF_DEVCG_DEV_CHAR;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  unsigned access = 0;
};

/// Runs a program as the kernel would, as far as ours go: 32-bit loads from the context, 32-bit
/// arithmetic and jumps. Adds a failure for anything else, and for programs that run off their end.
class Interpreter {
 public:
  explicit Interpreter(const Access& access)
      : context_{access.access << 16U | access.type, access.major, access.minor} {}

  bool allows(const std::vector<BpfInstruction>& program) {
    for (std::size_t at = 0; at < program.size(); ++at) {
      const BpfInstruction& instruction = program[at];
      if (instruction.code == (BPF_JMP | BPF_EXIT)) {
        return registers_.at(BPF_REG_0) != 0;
      }
      if ((instruction.code & 0x07U) == BPF_JMP32) {
        EXPECT_GE(instruction.offset, 0) << "a loop";
        at += jumps(instruction) ? static_cast<std::size_t>(instruction.offset) : 0;
      } else {
        execute(instruction);
      }
    }
    ADD_FAILURE() << "the program has no end";
    return false;
  }

 private:
  std::uint32_t& destination(const BpfInstruction& instruction) {
    return registers_.at(instruction.registers & 0x0FU);
  }

  bool jumps(const BpfInstruction& instruction) {
    const bool equal =
        destination(instruction) == static_cast<std::uint32_t>(instruction.immediate);
    const unsigned operation = instruction.code & 0xF8U;
    EXPECT_TRUE(operation == BPF_JEQ || operation == BPF_JNE);
    return operation == BPF_JEQ ? equal : !equal;
  }

  void execute(const BpfInstruction& instruction) {
    const auto value = static_cast<std::uint32_t>(instruction.immediate);
    switch (instruction.code) {
      case BPF_LDX | BPF_MEM | BPF_W:
        EXPECT_EQ(instruction.registers >> 4U, BPF_REG_1);
        destination(instruction) = context_.at(static_cast<std::size_t>(instruction.offset) / 4);
        return;
      case BPF_ALU | BPF_MOV | BPF_X:
        destination(instruction) = registers_.at(instruction.registers >> 4U);
        return;
      case BPF_ALU | BPF_MOV | BPF_K:
        destination(instruction) = value;
        return;
      case BPF_ALU | BPF_AND | BPF_K:
        destination(instruction) &= value;
        return;
      case BPF_ALU | BPF_RSH | BPF_K:
        destination(instruction) >>= value;
        return;
      default:
        ADD_FAILURE() << "code " << unsigned{instruction.code};
    }
  }

  std::array<std::uint32_t, 3> context_;
  std::array<std::uint32_t, 11> registers_{};
};

/// What the rules mean: for each kind of access, the last rule that mentions it for this device.
bool model(const std::vector<OrderedRule>& rules, const Access& access) {
  for (const unsigned kind : {kMknod, kRead, kWrite}) {
    if ((access.access & kind) == 0) {
      continue;
    }
    bool allowed = false;
    for (const OrderedRule& rule : rules) {
      const bool type =
          rule.type == 'a' || (rule.type == 'b') == (access.type == BPF_DEVCG_DEV_BLOCK);
      const bool numbers = (rule.major == -1 || rule.major == access.major) &&
                           (rule.minor == -1 || rule.minor == access.minor);
      if (type && numbers && (rule.access & kind) != 0) {
        allowed = rule.allow;
      }
    }
    if (!allowed) {
      return false;
    }
  }
  return true;
}

bool allows(const std::vector<DeviceRule>& rules, const Access& access) {
  return Interpreter(access).allows(device_program(ordered_rules(rules).value()));
}

/// Each kind of access, and each mix of them, to devices inside and outside of all the rules below.
std::vector<Access> all_accesses() {
  std::vector<Access> accesses;
  for (const unsigned type : {BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR}) {
    for (const std::uint32_t major : {0U, 1U, 5U, 8U, 10U, 136U, 4294967295U}) {
      for (const std::uint32_t minor : {0U, 1U, 2U, 3U, 5U, 200U, 229U, 4294967295U}) {
        for (unsigned access = 1; access <= (kMknod | kRead | kWrite); ++access) {
          accesses.push_back({.type = type, .major = major, .minor = minor, .access = access});
        }
      }
    }
  }
  return accesses;
}

void expect_as_model(const std::vector<DeviceRule>& config) {
  const std::vector<OrderedRule> rules = ordered_rules(config).value();
  const std::vector<BpfInstruction> program = device_program(rules);
  for (const Access& access : all_accesses()) {
    EXPECT_EQ(Interpreter(access).allows(program), model(rules, access))
        << "type " << access.type << ' ' << access.major << ':' << access.minor << " access "
        << access.access;
  }
}

TEST(DeviceProgram, WithoutRulesAllowsTheDefaultDevicesOnly) {
  EXPECT_TRUE(allows({}, {.major = 1, .minor = 3, .access = kRead | kWrite}));
  EXPECT_TRUE(allows({}, {.major = 136, .minor = 12, .access = kRead}));
  EXPECT_FALSE(allows({}, {.major = 1, .minor = 1, .access = kRead}));
  EXPECT_FALSE(allows({}, {.type = BPF_DEVCG_DEV_BLOCK, .major = 1, .minor = 3, .access = kRead}));
}

TEST(DeviceProgram, AllowsToMakeAnyNode) {
  EXPECT_TRUE(allows({}, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kMknod}));
  EXPECT_FALSE(
      allows({}, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kMknod | kRead}));
}

TEST(DeviceProgram, DoesNotAllowTheHostsConsole) {
  EXPECT_FALSE(allows({}, {.major = 5, .minor = 1, .access = kWrite}));
}

TEST(DeviceProgram, LastRuleWins) {
  const std::vector<DeviceRule> rules = {rule(true, 'b', 8, -1, "rwm"),
                                         rule(false, 'b', 8, 1, "rw")};

  EXPECT_TRUE(
      allows(rules, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kRead}));
  EXPECT_FALSE(
      allows(rules, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 1, .access = kRead}));
}

TEST(DeviceProgram, DeniedWriteIsNotReachedByAskingForReadAsWell) {
  const std::vector<DeviceRule> rules = {rule(true, 'b', 8, 0, "rwm"), rule(false, 'b', 8, 0, "w")};

  EXPECT_TRUE(
      allows(rules, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kRead}));
  EXPECT_FALSE(allows(
      rules, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kRead | kWrite}));
}

TEST(DeviceProgram, AccessGrantedInPartsIsGranted) {
  const std::vector<DeviceRule> rules = {rule(true, 'b', 8, 0, "r"), rule(true, 'b', 8, -1, "w")};

  EXPECT_TRUE(allows(
      rules, {.type = BPF_DEVCG_DEV_BLOCK, .major = 8, .minor = 0, .access = kRead | kWrite}));
}

TEST(DeviceProgram, EndsAtTheRuleThatDecidesEverything) {
  // The kernel refuses programs with instructions that cannot be reached: here six to load, two to
  // return.
  const std::vector<OrderedRule> rules = {{.allow = false, .field = ""},
                                          {.allow = true, .field = ""}};

  EXPECT_EQ(device_program(rules).size(), 8U);
}

TEST(DeviceProgram, DoesWhatTheRulesMean) {
  expect_as_model({});
  expect_as_model({rule(true, 'a', -1, -1, "rwm")});
  expect_as_model({rule(true, 'a', -1, -1, "rwm"), rule(false, 'c', 1, -1, "rw"),
                   rule(false, 'b', -1, 0, "m")});
  expect_as_model(
      {rule(true, 'a', 8, -1, "rw"), rule(false, 'a', -1, 3, "w"), rule(true, 'c', 8, 3, "w")});
  expect_as_model({rule(true, 'c', 4294967295, 4294967295, "r"), rule(false, 'c', 10, 229, "rwm")});
  expect_as_model({rule(true, 'b', -1, -1, "r"), rule(true, 'b', -1, -1, "w"),
                   rule(false, 'b', 8, 5, "r"), rule(true, 'c', 10, 229, "rwm"),
                   rule(false, 'c', 10, -1, "m")});
}

}  // namespace
}  // namespace myrt::cgroup
