#include "config/names.h"

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <array>

#include "base/capability_names.h"
#include "base/execution_names.h"

namespace myrt::config {

namespace {

template <typename Table>
consteval bool is_sorted(const Table& table) {
  return std::ranges::is_sorted(table, {}, [](const auto& entry) { return entry.name; });
}

constexpr auto kCapabilities = [] {
  std::array<Named<int>, base::kCapabilityNames.size()> table{};
  for (std::size_t number = 0; number < table.size(); ++number) {
    table.at(number) = {base::kCapabilityNames.at(number), static_cast<int>(number)};
  }
  std::ranges::sort(table, {}, &Named<int>::name);
  return table;
}();
static_assert(base::kCapabilityNames[CAP_SYS_ADMIN] == "CAP_SYS_ADMIN");
static_assert(base::kCapabilityNames[CAP_CHECKPOINT_RESTORE] == "CAP_CHECKPOINT_RESTORE");

constexpr auto kRlimits = std::to_array<Named<int>>({
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
});
static_assert(is_sorted(kRlimits));

constexpr auto kNamespaces = std::to_array<Named<NamespaceKind>>({
    {"cgroup", NamespaceKind::kCgroup},
    {"ipc", NamespaceKind::kIpc},
    {"mount", NamespaceKind::kMount},
    {"network", NamespaceKind::kNetwork},
    {"pid", NamespaceKind::kPid},
    {"time", NamespaceKind::kTime},
    {"user", NamespaceKind::kUser},
    {"uts", NamespaceKind::kUts},
});
static_assert(is_sorted(kNamespaces) && kNamespaces.size() == kNamespaceKinds);

constexpr auto kPropagations = std::to_array<Named<unsigned long>>({
    {"private", MS_PRIVATE},
    {"rprivate", MS_PRIVATE | MS_REC},
    {"rshared", MS_SHARED | MS_REC},
    {"rslave", MS_SLAVE | MS_REC},
    {"runbindable", MS_UNBINDABLE | MS_REC},
    {"shared", MS_SHARED},
    {"slave", MS_SLAVE},
    {"unbindable", MS_UNBINDABLE},
});
static_assert(is_sorted(kPropagations));

constexpr auto kSeccompActions = std::to_array<Named<SeccompAction>>({
    {"SCMP_ACT_ALLOW", SeccompAction::kAllow},
    {"SCMP_ACT_ERRNO", SeccompAction::kErrno},
    {"SCMP_ACT_KILL", SeccompAction::kKillThread},  // as libseccomp has it
    {"SCMP_ACT_KILL_PROCESS", SeccompAction::kKillProcess},
    {"SCMP_ACT_KILL_THREAD", SeccompAction::kKillThread},
    {"SCMP_ACT_LOG", SeccompAction::kLog},
    {"SCMP_ACT_NOTIFY", SeccompAction::kNotify},
    {"SCMP_ACT_TRACE", SeccompAction::kTrace},
    {"SCMP_ACT_TRAP", SeccompAction::kTrap},
});
static_assert(is_sorted(kSeccompActions));

constexpr auto kSeccompOperators = std::to_array<Named<SeccompOperator>>({
    {"SCMP_CMP_EQ", SeccompOperator::kEqual},
    {"SCMP_CMP_GE", SeccompOperator::kGreaterOrEqual},
    {"SCMP_CMP_GT", SeccompOperator::kGreater},
    {"SCMP_CMP_LE", SeccompOperator::kLessOrEqual},
    {"SCMP_CMP_LT", SeccompOperator::kLess},
    {"SCMP_CMP_MASKED_EQ", SeccompOperator::kMaskedEqual},
    {"SCMP_CMP_NE", SeccompOperator::kNotEqual},
});
static_assert(is_sorted(kSeccompOperators));

constexpr auto kSeccompArchitectures = std::to_array<Name>({
    {"SCMP_ARCH_AARCH64"},     {"SCMP_ARCH_ARM"},    {"SCMP_ARCH_LOONGARCH64"},
    {"SCMP_ARCH_M68K"},        {"SCMP_ARCH_MIPS"},   {"SCMP_ARCH_MIPS64"},
    {"SCMP_ARCH_MIPS64N32"},   {"SCMP_ARCH_MIPSEL"}, {"SCMP_ARCH_MIPSEL64"},
    {"SCMP_ARCH_MIPSEL64N32"}, {"SCMP_ARCH_PARISC"}, {"SCMP_ARCH_PARISC64"},
    {"SCMP_ARCH_PPC"},         {"SCMP_ARCH_PPC64"},  {"SCMP_ARCH_PPC64LE"},
    {"SCMP_ARCH_RISCV64"},     {"SCMP_ARCH_S390"},   {"SCMP_ARCH_S390X"},
    {"SCMP_ARCH_SH"},          {"SCMP_ARCH_SHEB"},   {"SCMP_ARCH_X32"},
    {"SCMP_ARCH_X86"},         {"SCMP_ARCH_X86_64"},
});
static_assert(is_sorted(kSeccompArchitectures));

constexpr auto kSeccompFlags = std::to_array<Name>({
    {"SECCOMP_FILTER_FLAG_LOG"},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW"},
    {"SECCOMP_FILTER_FLAG_TSYNC"},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"},
});
static_assert(is_sorted(kSeccompFlags));

static_assert(is_sorted(base::kSchedulerPolicies) && is_sorted(base::kSchedulerFlags));
static_assert(is_sorted(base::kIoPriorityClasses) && is_sorted(base::kPersonalities));
static_assert(is_sorted(base::kMemoryPolicyModes) && is_sorted(base::kMemoryPolicyFlags));

}  // namespace

std::span<const Named<int>> capabilities() { return kCapabilities; }
std::span<const Named<int>> rlimits() { return kRlimits; }
std::span<const Named<NamespaceKind>> namespaces() { return kNamespaces; }
std::span<const Named<unsigned long>> propagations() { return kPropagations; }
std::span<const Named<SeccompAction>> seccomp_actions() { return kSeccompActions; }
std::span<const Named<SeccompOperator>> seccomp_operators() { return kSeccompOperators; }
std::span<const Named<std::uint32_t>> scheduler_policies() { return base::kSchedulerPolicies; }
std::span<const Named<std::uint64_t>> scheduler_flags() { return base::kSchedulerFlags; }
std::span<const Named<int>> io_priority_classes() { return base::kIoPriorityClasses; }
std::span<const Named<int>> memory_policy_modes() { return base::kMemoryPolicyModes; }
std::span<const Named<int>> memory_policy_flags() { return base::kMemoryPolicyFlags; }
std::span<const Named<unsigned long>> personalities() { return base::kPersonalities; }
std::span<const Name> seccomp_architectures() { return kSeccompArchitectures; }
std::span<const Name> seccomp_flags() { return kSeccompFlags; }

}  // namespace myrt::config
