// What the kernel says of the process itself.
#include <linux/capability.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

constexpr int kLastSignal = 64;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string set_of(const __user_cap_data_struct (&data)[2],
                   std::uint32_t __user_cap_data_struct::* member) {
  std::vector<std::string> numbers;
  for (unsigned int number = 0; number < 64; ++number) {
    if ((data[number / 32].*member >> (number % 32) & 1U) != 0) {
      numbers.push_back(std::to_string(number));
    }
  }
  return joined(numbers);
}

std::string set_by_prctl(int option, unsigned long action) {
  std::vector<std::string> numbers;
  for (unsigned long number = 0; number < 64; ++number) {
    const int held =
        action == 0 ? ::prctl(option, number, 0, 0, 0) : ::prctl(option, action, number, 0, 0);
    if (held == 1) {
      numbers.push_back(std::to_string(number));
    }
  }
  return joined(numbers);
}

std::string limit(rlim_t value) {
  return value == RLIM_INFINITY ? "unlimited" : std::to_string(value);
}

}  // namespace

void report_ids() {
  Section section("ids");
  uid_t real = 0, effective = 0, saved = 0;
  ::getresuid(&real, &effective, &saved);
  section.add("uid",
              std::to_string(real) + " " + std::to_string(effective) + " " + std::to_string(saved));
  ::getresgid(&real, &effective, &saved);
  section.add("gid",
              std::to_string(real) + " " + std::to_string(effective) + " " + std::to_string(saved));
  std::vector<gid_t> groups(1024);
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  std::ranges::sort(groups);
  std::vector<std::string> words;
  words.reserve(groups.size());
  for (const gid_t group : groups) {
    words.push_back(std::to_string(group));
  }
  section.add("groups", joined(words));
  const mode_t mask = ::umask(0);
  ::umask(mask);
  section.add_number("umask", mask);
  section.add_number("pid", ::getpid());
  section.add("leads_session", ::getsid(0) == ::getpid() ? "yes" : "no");
  section.add("leads_group", ::getpgrp() == ::getpid() ? "yes" : "no");
}

void report_capabilities() {
  Section section("capabilities");
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2] = {};
  section.add("read", outcome(::syscall(SYS_capget, &header, data)));
  section.add("effective", set_of(data, &__user_cap_data_struct::effective));
  section.add("permitted", set_of(data, &__user_cap_data_struct::permitted));
  section.add("inheritable", set_of(data, &__user_cap_data_struct::inheritable));
  section.add("bounding", set_by_prctl(PR_CAPBSET_READ, 0));
  section.add("ambient", set_by_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
}

void report_attributes() {
  Section section("process");
  section.add_number("no_new_privs", ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  section.add_number("securebits", ::prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
  section.add_number("dumpable", ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  section.add_number("timer_slack", ::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
  section.add_number("thp_disabled", ::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
  int value = 0;
  ::prctl(PR_GET_PDEATHSIG, &value, 0, 0, 0);
  section.add_number("death_signal", value);
  ::prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0);
  section.add_number("subreaper", value);
  section.add_number("personality", ::personality(0xffffffff));
  std::string directory(4096, '\0');
  const long length = ::syscall(SYS_getcwd, directory.data(), directory.size());
  directory.resize(static_cast<std::size_t>(std::max(length - 1, 0L)));
  section.add("cwd", directory);
}

void report_limits() {
  struct Limit {
    const char* name;
    int resource;
  };
  constexpr auto kLimits = std::to_array<Limit>({
      {"AS", RLIMIT_AS},
      {"CORE", RLIMIT_CORE},
      {"CPU", RLIMIT_CPU},
      {"DATA", RLIMIT_DATA},
      {"FSIZE", RLIMIT_FSIZE},
      {"LOCKS", RLIMIT_LOCKS},
      {"MEMLOCK", RLIMIT_MEMLOCK},
      {"MSGQUEUE", RLIMIT_MSGQUEUE},
      {"NICE", RLIMIT_NICE},
      {"NOFILE", RLIMIT_NOFILE},
      {"NPROC", RLIMIT_NPROC},
      {"RSS", RLIMIT_RSS},
      {"RTPRIO", RLIMIT_RTPRIO},
      {"RTTIME", RLIMIT_RTTIME},
      {"SIGPENDING", RLIMIT_SIGPENDING},
      {"STACK", RLIMIT_STACK},
  });
  Section section("rlimits");
  for (const auto& [name, resource] : kLimits) {
    rlimit value{};
    // Not getrlimit(): its type of the first argument differs between C libraries.
    ::syscall(SYS_prlimit64, 0, resource, nullptr, &value);
    section.add(name, limit(value.rlim_cur) + " " + limit(value.rlim_max));
  }
}

void report_signals() {
  Section section("signals");
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  std::vector<std::string> names, ignored;
  for (int number = 1; number <= kLastSignal; ++number) {
    if (::sigismember(&blocked, number) == 1) {
      names.push_back(std::to_string(number));
    }
    struct sigaction action = {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
      ignored.push_back(std::to_string(number));
    }
  }
  section.add("blocked", joined(names));
  section.add("ignored", joined(ignored));
}

void report_scheduling() {
  Section section("scheduling");
  // sched_getattr(2) has no wrapper here: policy, flags, nice, priority, runtime, deadline, period.
  struct {
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime, deadline, period;
    std::uint32_t lowest, highest;
  } attributes = {};
  section.add("read", outcome(::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0)));
  section.add_number("policy", attributes.policy);
  section.add_number("flags", static_cast<long long>(attributes.flags));
  section.add_number("nice", attributes.nice);
  section.add_number("priority", attributes.priority);
  if (attributes.policy ==
      6) {  // SCHED_DEADLINE; others have a slice there that the kernel chooses
    section.add("deadline", std::to_string(attributes.runtime) + " " +
                                std::to_string(attributes.deadline) + " " +
                                std::to_string(attributes.period));
  }
  section.add_number("io_priority", ::syscall(SYS_ioprio_get, 1 /* IOPRIO_WHO_PROCESS */, 0));
  cpu_set_t processors;
  CPU_ZERO(&processors);
  ::sched_getaffinity(0, sizeof(processors), &processors);
  std::vector<std::string> numbers;
  for (unsigned int number = 0; number < 64; ++number) {
    if (CPU_ISSET(number, &processors)) {
      numbers.push_back(std::to_string(number));
    }
  }
  section.add("processors", joined(numbers));
  int policy = -1;
  unsigned long nodes[16] = {};
  ::syscall(SYS_get_mempolicy, &policy, nodes, 1024UL, nullptr, 0UL);
  section.add("memory_policy", std::to_string(policy) + " " + std::to_string(nodes[0]));
}

}  // namespace myrt::test
