#include "base/execution_text.h"

#include <span>
#include <string_view>

#include "base/execution_names.h"
#include "base/number_set.h"
#include "base/text.h"

namespace myrt::base {

namespace {

template <typename T>
std::string name_of(std::span<const Named<T>> table, T value) {
  for (const Named<T>& entry : table) {
    if (entry.value == value) {
      return std::string(entry.name);
    }
  }
  return std::to_string(value);
}

template <typename T>
std::string flag_words(std::span<const Named<T>> table, T flags) {
  std::string words;
  for (const Named<T>& entry : table) {
    words += (flags & entry.value) != 0 ? concat({" ", entry.name}) : "";
  }
  return words;
}

std::string number(std::string_view name, std::uint64_t value) {
  return concat({" ", name, " ", std::to_string(value)});
}

}  // namespace

std::string scheduler_text(const Scheduler& scheduler) {
  std::string text =
      name_of(std::span<const Named<std::uint32_t>>(kSchedulerPolicies), scheduler.policy);
  switch (scheduler.policy) {
    case SCHED_NORMAL:
    case SCHED_BATCH:
      text += " nice " + std::to_string(scheduler.nice);
      break;
    case SCHED_FIFO:
    case SCHED_RR:
      text += number("priority", scheduler.priority);
      break;
    case SCHED_DEADLINE:
      text += number("runtime", scheduler.runtime) + number("deadline", scheduler.deadline) +
              number("period", scheduler.period);
      break;
    default:
      break;
  }
  return text + flag_words(std::span<const Named<std::uint64_t>>(kSchedulerFlags), scheduler.flags);
}

std::string io_priority_text(const IoPriority& priority) {
  return name_of(std::span<const Named<int>>(kIoPriorityClasses), priority.io_class) + " " +
         std::to_string(priority.priority);
}

std::string memory_policy_text(const MemoryPolicy& policy) {
  return concat({name_of(std::span<const Named<int>>(kMemoryPolicyModes), policy.mode),
                 flag_words(std::span<const Named<int>>(kMemoryPolicyFlags), policy.flags),
                 policy.nodes.empty() ? "" : " nodes ", number_list(policy.nodes)});
}

std::string personality_text(unsigned long personality) {
  return name_of(std::span<const Named<unsigned long>>(kPersonalities), personality);
}

}  // namespace myrt::base
