#include "seccomp/enosys.h"

#include <linux/audit.h>

#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

#include "support/bpf.h"

namespace myrt::seccomp {
namespace {

constexpr std::uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t kOfProgram = SECCOMP_RET_ERRNO | EPERM;

/// What the rule for `known`, in front of a program that refuses everything, makes of one call.
std::uint32_t answer(const std::vector<KnownCalls>& known, std::uint32_t architecture,
                     std::uint32_t number) {
  const std::vector<Instruction> refuse_all = {{BPF_RET | BPF_K, 0, 0, kOfProgram}};
  seccomp_data call{};
  call.arch = architecture;
  call.nr = static_cast<int>(number);
  return test::evaluate(with_enosys(known, refuse_all), call);
}

TEST(Enosys, AnswersCallsAboveTheHighestKnownOne) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_AARCH64, .highest = 435}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_AARCH64, 436), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_AARCH64, 0xffffffff), kEnosys);
}

TEST(Enosys, LeavesKnownNumbersToTheProgram) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_AARCH64, .highest = 435}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_AARCH64, 0), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_AARCH64, 435), kOfProgram);
}

TEST(Enosys, LeavesOtherArchitecturesToTheProgram) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_AARCH64, .highest = 435}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 999), kOfProgram);
  EXPECT_EQ(answer({}, AUDIT_ARCH_X86_64, 999), kOfProgram);
}

TEST(Enosys, KeepsAnEndForEachArchitecture) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_X86_64, .highest = 334},
                                         {.architecture = AUDIT_ARCH_I386, .highest = 386},
                                         {.architecture = AUDIT_ARCH_ARM, .highest = 403}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 335), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_I386, 386), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_I386, 387), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_ARM, 403), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_ARM, 404), kEnosys);
}

TEST(Enosys, TellsTheCallsOfX32ByTheirBit) {
  const std::vector<KnownCalls> known = {
      {.architecture = AUDIT_ARCH_X86_64, .highest = 334, .upper_highest = 0x40000220}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 335), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x40000000), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x40000220), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x40000221), kEnosys);
}

TEST(Enosys, LeavesTheCallsOfX32ToAProgramThatDoesNotKnowThem) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_X86_64, .highest = 334}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x3fffffff), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x40000000), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 0x40000221), kOfProgram);
}

TEST(Enosys, IsNotMisledByTheCallsThatArmKeepsForItself) {
  // cacheflush is 0x0f0002 on ARM (arch/arm/include/uapi/asm/unistd.h).
  const std::vector<KnownCalls> known = {
      {.architecture = AUDIT_ARCH_ARM, .highest = 403, .upper_highest = 0x0f0002}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_ARM, 404), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_ARM, 0x0f0002), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_ARM, 0x0f0005), kEnosys);
}

TEST(Enosys, AnswersCallZeroOfS390WhichStandsForUnknownOnes) {
  const std::vector<KnownCalls> known = {{.architecture = AUDIT_ARCH_S390X, .highest = 386}};
  EXPECT_EQ(answer(known, AUDIT_ARCH_S390X, 0), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_S390X, 1), kOfProgram);
  EXPECT_EQ(answer(known, AUDIT_ARCH_S390X, 387), kEnosys);
}

TEST(Enosys, ReachesItsEndsAcrossAllArchitecturesOfTheSpec) {
  std::vector<KnownCalls> known;
  for (std::uint32_t i = 0; i < 31; ++i) {
    known.push_back({.architecture = 1000 + i, .highest = 400 + i});
  }
  known.push_back({.architecture = AUDIT_ARCH_X86_64, .highest = 334});
  for (std::uint32_t i = 0; i < 31; ++i) {
    EXPECT_EQ(answer(known, 1000 + i, 400 + i), kOfProgram) << i;
    EXPECT_EQ(answer(known, 1000 + i, 401 + i), kEnosys) << i;
  }
  EXPECT_EQ(answer(known, AUDIT_ARCH_X86_64, 335), kEnosys);
  EXPECT_EQ(answer(known, AUDIT_ARCH_I386, 335), kOfProgram);
}

}  // namespace
}  // namespace myrt::seccomp
