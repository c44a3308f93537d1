#include "seccomp/compile.h"

#include <linux/filter.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <seccomp.h>

#include "base/text.h"
#include "seccomp/enosys.h"
#include "seccomp/profile.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/unique_fd.h"

namespace myrt::seccomp {
namespace {

using base::concat;
using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

constexpr std::size_t kArguments = 6;

Error missing(std::string_view what) { return Error(concat({"this kernel has no ", what})); }

/// What a filter returns for `action`; libseccomp and the kernel use the same numbers.
Result<std::uint32_t> return_value(SeccompAction action, std::optional<std::uint32_t> errno_ret,
                                   const KernelSupport& kernel) {
  switch (action) {
    case SeccompAction::kKillProcess:
      if (!kernel.kill_process) {
        return std::unexpected(missing("SCMP_ACT_KILL_PROCESS"));
      }
      return SCMP_ACT_KILL_PROCESS;
    case SeccompAction::kKillThread:
      return SCMP_ACT_KILL_THREAD;
    case SeccompAction::kTrap:
      return SCMP_ACT_TRAP;
    case SeccompAction::kErrno:
      return SCMP_ACT_ERRNO(errno_ret.value_or(EPERM));
    case SeccompAction::kTrace:
      return SCMP_ACT_TRACE(errno_ret.value_or(EPERM));
    case SeccompAction::kAllow:
      return SCMP_ACT_ALLOW;
    case SeccompAction::kLog:
      if (!kernel.log) {
        return std::unexpected(missing("SCMP_ACT_LOG"));
      }
      return SCMP_ACT_LOG;
    case SeccompAction::kNotify:
      if (!kernel.notify) {
        return std::unexpected(missing("SCMP_ACT_NOTIFY"));
      }
      return SCMP_ACT_NOTIFY;
  }
  return std::unexpected(Error("unknown action"));
}

scmp_compare comparison(SeccompOperator op) {
  switch (op) {
    case SeccompOperator::kNotEqual:
      return SCMP_CMP_NE;
    case SeccompOperator::kLess:
      return SCMP_CMP_LT;
    case SeccompOperator::kLessOrEqual:
      return SCMP_CMP_LE;
    case SeccompOperator::kEqual:
      return SCMP_CMP_EQ;
    case SeccompOperator::kGreaterOrEqual:
      return SCMP_CMP_GE;
    case SeccompOperator::kGreater:
      return SCMP_CMP_GT;
    case SeccompOperator::kMaskedEqual:
      return SCMP_CMP_MASKED_EQ;
  }
  return _SCMP_CMP_MAX;  // libseccomp refuses it
}

/// Conditions of one call of seccomp_rule_add: all of them must hold.
using Conditions = std::vector<scmp_arg_cmp>;

/// Conditions on distinct arguments are one rule. Where an argument repeats, each condition is a
/// rule of its own: old profiles say "one of these values" that way, and libseccomp takes one
/// condition an argument.
std::vector<Conditions> alternatives(std::span<const SeccompArgument> arguments) {
  Conditions all;
  std::bitset<kArguments> seen;
  bool repeats = false;
  for (const SeccompArgument& argument : arguments) {
    // For MASKED_EQ `value` is the mask and `value_two` what must remain; the others use the first
    // alone.
    all.push_back({argument.index, comparison(argument.op), argument.value, argument.value_two});
    repeats = repeats || seen[argument.index];
    seen[argument.index] = true;
  }
  if (!repeats) {
    return {all};
  }
  std::vector<Conditions> each;
  for (const scmp_arg_cmp& condition : all) {
    each.push_back({condition});
  }
  return each;
}

/// Adds one entry of `syscalls`. Names that libseccomp does not know go to `skipped`: profiles list
/// calls of all kernels, and what libseccomp cannot name gets the default action.
Result<void> add_rule(scmp_filter_ctx context, const SeccompRule& rule, std::uint32_t action,
                      std::vector<std::string>& skipped) {
  const std::vector<Conditions> rules = alternatives(rule.args);
  for (const std::string& name : rule.names) {
    const int number = ::seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR) {
      skipped.push_back(name);
      continue;
    }
    for (const Conditions& conditions : rules) {
      const int status = ::seccomp_rule_add_array(
          context, action, number, static_cast<unsigned>(conditions.size()), conditions.data());
      if (status < 0) {
        return std::unexpected(Error::from_code(-status, {"add a rule for ", name}));
      }
    }
  }
  return {};
}

Result<void> add_rules(scmp_filter_ctx context, const Seccomp& seccomp, const KernelSupport& kernel,
                       std::uint32_t default_action, std::vector<std::string>& skipped) {
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    const SeccompRule& rule = seccomp.syscalls[i];
    const std::string pointer = concat({"/linux/seccomp/syscalls/", std::to_string(i)});
    const std::uint32_t action =
        MYRT_TRY(in(pointer, return_value(rule.action, rule.errno_ret, kernel)));
    if (action != default_action) {  // libseccomp refuses a rule that changes nothing
      MYRT_TRY(in(pointer, add_rule(context, rule, action, skipped)));
    }
  }
  return {};
}

/// libseccomp's number of an architecture by the spec's name: "SCMP_ARCH_X86_64" is "x86_64" there.
std::uint32_t architecture_number(std::string_view name) {
  constexpr std::string_view kPrefix = "SCMP_ARCH_";
  if (!name.starts_with(kPrefix)) {
    return 0;
  }
  std::string word(name.substr(kPrefix.size()));
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ::seccomp_arch_resolve_name(word.c_str());
}

/// Adds the listed architectures and says which ones the filter has then: the native one first,
/// each once.
Result<std::vector<std::uint32_t>> add_architectures(scmp_filter_ctx context,
                                                     std::span<const std::string> names) {
  std::vector<std::uint32_t> numbers = {::seccomp_arch_native()};  // part of every new filter
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string pointer =
        concat({"/linux/seccomp/architectures/", std::to_string(i), ": ", names[i]});
    const std::uint32_t number = architecture_number(names[i]);
    if (number == SCMP_ARCH_NATIVE) {
      return std::unexpected(Error(concat({pointer, ": unknown to libseccomp"})));
    }
    const int status = ::seccomp_arch_add(context, number);
    if (status == -EEXIST) {
      continue;
    }
    if (status == -EDOM) {
      return std::unexpected(
          Error(concat({pointer, ": its byte order is not that of this machine"})));
    }
    if (status < 0) {
      return std::unexpected(Error::from_code(-status, {pointer}));
    }
    numbers.push_back(number);
  }
  return numbers;
}

/// The highest numbers of the system calls that the profile names, for the ENOSYS rule.
std::vector<KnownCalls> known_calls(const Seccomp& seccomp,
                                    std::span<const std::uint32_t> architectures) {
  std::vector<KnownCalls> known;
  const auto raise = [](std::uint32_t& highest, std::uint32_t number) {
    highest = highest == kUnlimited ? number : std::max(highest, number);
  };
  for (const std::uint32_t architecture : architectures) {
    // x32 is an architecture for libseccomp alone; the kernel tells it by the number.
    const std::uint32_t kernels = architecture == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : architecture;
    auto calls = std::ranges::find(known, kernels, &KnownCalls::architecture);
    if (calls == known.end()) {
      calls = known.insert(known.end(), KnownCalls{.architecture = kernels});
    }
    const std::uint32_t upper = upper_range(kernels);
    for (const SeccompRule& rule : seccomp.syscalls) {
      for (const std::string& name : rule.names) {
        const int resolved = ::seccomp_syscall_resolve_name_arch(architecture, name.c_str());
        if (resolved < 0) {  // unknown, or a call of other architectures
          continue;
        }
        const auto number = static_cast<std::uint32_t>(resolved);
        raise(upper != 0 && number >= upper ? calls->upper_highest : calls->highest, number);
      }
    }
  }
  return known;
}

/// A file in memory. Without MFD_NOEXEC_SEAL (Linux 6.3) the sysctl vm.memfd_noexec may refuse it.
Result<sys::UniqueFd> memory_file() {
  int fd = ::memfd_create("seccomp", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) {
    fd = ::memfd_create("seccomp", MFD_CLOEXEC);
  }
  if (fd < 0) {
    return std::unexpected(Error::from_errno({"memfd_create"}));
  }
  return sys::UniqueFd(fd);
}

/// libseccomp writes a program to descriptors alone. A pipe would block where the program is larger
/// than it.
Result<std::vector<Instruction>> export_program(scmp_filter_ctx context) {
  const sys::UniqueFd file = MYRT_TRY(memory_file());
  const int status = ::seccomp_export_bpf(context, file.get());
  if (status < 0) {
    return std::unexpected(Error::from_code(-status, {"seccomp_export_bpf"}));
  }
  const struct ::stat state = MYRT_TRY(sys::status_of(file.get(), "exported filter"));
  std::vector<Instruction> program(static_cast<std::size_t>(state.st_size) / sizeof(Instruction));
  const std::size_t size = program.size() * sizeof(Instruction);
  if (::pread(file.get(), program.data(), size, 0) != static_cast<ssize_t>(size)) {
    return std::unexpected(Error("read exported filter: short read"));
  }
  return program;
}

std::string too_long(std::size_t instructions) {
  return concat({"/linux/seccomp: the filter has ", std::to_string(instructions),
                 " instructions, the kernel takes ", std::to_string(BPF_MAXINSNS)});
}

}  // namespace

Result<Filter> compile(const Seccomp& seccomp, const KernelSupport& kernel) {
  Filter filter;
  filter.flags = MYRT_TRY(filter_flags(seccomp, kernel));
  filter.notify = uses(seccomp, SeccompAction::kNotify);
  filter.listener_path = seccomp.listener_path;
  filter.listener_metadata = seccomp.listener_metadata;
  const std::uint32_t default_action =
      MYRT_TRY(in("/linux/seccomp/defaultAction",
                  return_value(seccomp.default_action, seccomp.default_errno_ret, kernel)));
  const Context context(::seccomp_init(default_action), &::seccomp_release);
  if (context == nullptr) {
    return std::unexpected(Error("seccomp_init: no filter"));
  }
  // A binary search by number instead of a chain of comparisons: quicker in every system call of
  // the container, and in loading, where the kernel runs the program once for each call it has.
  const int status = ::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (status < 0) {
    return std::unexpected(Error::from_code(-status, {"seccomp_attr_set CTL_OPTIMIZE"}));
  }
  const std::vector<std::uint32_t> architectures =
      MYRT_TRY(add_architectures(context.get(), seccomp.architectures));
  MYRT_TRY(add_rules(context.get(), seccomp, kernel, default_action, filter.skipped));
  filter.program = MYRT_TRY(export_program(context.get()));
  if (seccomp.default_action == SeccompAction::kErrno) {
    filter.program = with_enosys(known_calls(seccomp, architectures), filter.program);
  }
  if (filter.program.size() > BPF_MAXINSNS) {
    return std::unexpected(Error(too_long(filter.program.size())));
  }
  return filter;
}

}  // namespace myrt::seccomp
