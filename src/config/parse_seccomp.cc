#include <algorithm>
#include <utility>

#include "config/parse.h"

namespace myrt::config {

namespace {

constexpr std::uint32_t kMaxErrno =
    4095;  // MAX_ERRNO, include/linux/err.h: the kernel cuts a greater one
constexpr std::uint32_t kMaxTraceData = 65535;  // SECCOMP_RET_DATA
constexpr std::uint32_t kMaxArgument = 5;

constexpr std::string_view kAction = "a seccomp action";

/// The number that goes with an action, which must be one that takes it.
std::optional<std::uint32_t> parse_errno(const Value& in, SeccompAction action) {
  if (in.present() && action != SeccompAction::kErrno && action != SeccompAction::kTrace) {
    in.fault("want it with SCMP_ACT_ERRNO or SCMP_ACT_TRACE only");
    return std::nullopt;
  }
  return in.integer<std::uint32_t>(0, action == SeccompAction::kTrace ? kMaxTraceData : kMaxErrno);
}

std::vector<SeccompArgument> parse_arguments(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<SeccompArgument> arguments;
  arguments.reserve(values.size());
  for (const Value& value : values) {
    if (!value.object()) {
      continue;
    }
    arguments.push_back(
        {.index = value.need("index").integer<std::uint32_t>(0, kMaxArgument).value_or(0),
         .value = value.need("value").integer<std::uint64_t>().value_or(0),
         .value_two = value["valueTwo"].integer<std::uint64_t>().value_or(0),
         .op = value.need("op")
                   .word(seccomp_operators(), "a seccomp operator")
                   .value_or(SeccompOperator::kEqual)});
  }
  return arguments;
}

std::vector<std::string> parse_syscall_names(const Value& in) {
  const Values values = in.elements("an array of strings");
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const Value& value : values) {
    names.push_back(value.filled_text("the name of a system call"));
  }
  if (names.empty() && in.kind() == NodeKind::kArray) {
    in.want("at least one system call");
  }
  return names;
}

SeccompRule parse_rule(const Value& in) {
  SeccompRule rule;
  if (!in.object()) {
    return rule;
  }
  const Value action = in.need("action");
  rule.names = parse_syscall_names(in.need("names"));
  rule.action = action.word(seccomp_actions(), kAction).value_or(SeccompAction::kErrno);
  rule.errno_ret = parse_errno(in["errnoRet"], rule.action);
  rule.args = parse_arguments(in["args"]);
  // The runtime itself writes after the filter is loaded, when nobody listens yet.
  if (rule.action == SeccompAction::kNotify &&
      std::ranges::find(rule.names, "write") != rule.names.end()) {
    action.want("another action for write");
  }
  return rule;
}

std::vector<std::string> parse_names(const Value& in, std::span<const Name> table,
                                     std::string_view noun) {
  const Values values = in.elements("an array of strings");
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const Value& value : values) {
    names.push_back(value.name_in(table, noun));
  }
  return names;
}

void check_listener(const Value& in, const Seccomp& seccomp) {
  const bool notifies = std::ranges::find(seccomp.syscalls, SeccompAction::kNotify,
                                          &SeccompRule::action) != seccomp.syscalls.end();
  if (const Value path = in["listenerPath"]; notifies && path.is_empty()) {
    path.want("a path, as SCMP_ACT_NOTIFY is used");
  }
  if (!seccomp.listener_metadata.empty() && seccomp.listener_path.empty()) {
    in["listenerMetadata"].fault("want it with listenerPath only");
  }
}

SeccompAction parse_default_action(const Value& in) {
  const SeccompAction action = in.word(seccomp_actions(), kAction).value_or(SeccompAction::kErrno);
  if (action == SeccompAction::kNotify) {
    in.want("another action as default");
  }
  return action;
}

/// Engines write a section without action and rules for "no filter".
bool is_empty(const Value& in) {
  return in["defaultAction"].is_empty() && !in["syscalls"].present();
}

}  // namespace

std::optional<Seccomp> parse_seccomp(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  Seccomp seccomp;
  const bool filters = !is_empty(in);  // what else an empty one says must be right all the same
  seccomp.default_action =
      filters ? parse_default_action(in.need("defaultAction")) : SeccompAction::kErrno;
  seccomp.default_errno_ret = parse_errno(in["defaultErrnoRet"], seccomp.default_action);
  seccomp.architectures =
      parse_names(in["architectures"], seccomp_architectures(), "a seccomp architecture");
  if (const Value flags = in["flags"]; flags.present()) {
    seccomp.flags = parse_names(flags, seccomp_flags(), "a seccomp flag");
  }
  seccomp.listener_path = in["listenerPath"].text();
  seccomp.listener_metadata = in["listenerMetadata"].text();
  const Values rules = in["syscalls"].elements("an array of objects");
  seccomp.syscalls.reserve(rules.size());
  for (const Value& value : rules) {
    seccomp.syscalls.push_back(parse_rule(value));
  }
  check_listener(in, seccomp);
  return filters ? std::optional(std::move(seccomp)) : std::nullopt;
}

}  // namespace myrt::config
