#include "plan/print.h"

#include <sched.h>

#include <algorithm>
#include <array>

#include "base/execution_text.h"
#include "base/number_set.h"
#include "base/text.h"
#include "plan/print_text.h"

namespace myrt::plan {

namespace {

struct NamespaceWord {
  NamespaceKind kind = NamespaceKind::kUser;
  std::uint64_t flag = 0;  // in NamespacePlan::clone_flags and unshare_flags
  std::string_view word;
};

constexpr std::array<NamespaceWord, kNamespaceKinds> kNamespaceWords = {{
    {NamespaceKind::kUser, CLONE_NEWUSER, "user"},
    {NamespaceKind::kMount, CLONE_NEWNS, "mount"},
    {NamespaceKind::kPid, CLONE_NEWPID, "pid"},
    {NamespaceKind::kNetwork, CLONE_NEWNET, "network"},
    {NamespaceKind::kIpc, CLONE_NEWIPC, "ipc"},
    {NamespaceKind::kUts, CLONE_NEWUTS, "uts"},
    {NamespaceKind::kTime, 0, "time"},
    {NamespaceKind::kCgroup, CLONE_NEWCGROUP, "cgroup"},
}};

std::string_view word_of(NamespaceKind kind) {
  return std::ranges::find(kNamespaceWords, kind, &NamespaceWord::kind)->word;
}

std::string new_namespaces(const NamespacePlan& plan) {
  std::string text;
  for (const NamespaceWord& entry : kNamespaceWords) {
    const bool is_time = entry.kind == NamespaceKind::kTime;
    if (is_time ? plan.new_time : ((plan.clone_flags | plan.unshare_flags) & entry.flag) != 0) {
      text += base::concat({" ", entry.word});
    }
  }
  return text;
}

std::string offset_lines(std::string_view offsets) {
  std::string text;
  for (const std::string_view entry : base::split(offsets, '\n')) {
    text += line_if(!entry.empty(), {"  time offset ", entry});
  }
  return text;
}

std::string map_lines(std::string_view name, std::string_view map) {
  std::string text;
  for (const std::string_view entry : base::split(map, '\n')) {
    text += line_if(!entry.empty(), {"  ", name, " ", entry});
  }
  return text;
}

std::string namespaces_text(const NamespacePlan& plan) {
  const std::string made = new_namespaces(plan);
  std::string text = "namespaces\n";
  text += line_if(!made.empty(), {"  new", made});
  for (const Join& join : plan.joins) {
    text += line({"  join ", word_of(join.kind), " ", word(join.path)});
  }
  text += line_if(plan.through_joiner, {"  through a joiner"});
  text += offset_lines(plan.time_offsets);
  text += map_lines(plan.uid_by_helper ? "uid_map by newuidmap" : "uid_map", plan.uid_map);
  text += line_if(plan.deny_setgroups, {"  setgroups deny"});
  text += map_lines(plan.gid_by_helper ? "gid_map by newgidmap" : "gid_map", plan.gid_map);
  text += line_if(plan.in_user_namespace, {"  set up as ", std::to_string(plan.setup_uid), ":",
                                           std::to_string(plan.setup_gid)});
  text += line_if(plan.loopback_up, {"  loopback up"});
  for (const NetDevice& device : plan.net_devices) {
    text += line({"  network device ", word(device.host_name), " as ", word(device.name)});
  }
  text += line_if(!plan.hostname.empty(), {"  hostname ", word(plan.hostname)});
  text += line_if(!plan.domainname.empty(), {"  domainname ", word(plan.domainname)});
  return text;
}

std::string cgroup_text(const cgroup::CgroupPlan& plan) {
  if (plan.directories.empty()) {
    return "no cgroups\n";
  }
  std::string text = plan.pure_v2 ? "cgroups v2\n" : "cgroups v1\n";
  text += line_if(!plan.controllers_v2.empty(), {"  enable", words(plan.controllers_v2)});
  if (plan.unit.has_value()) {
    text += line({"  unit ", word(plan.unit->name)});
    for (const cgroup::UnitProperty& property : plan.unit->properties) {
      text += line({"    ", property.name, " ", property.signature, words(property.values)});
    }
  }
  for (const cgroup::Directory& directory : plan.directories) {
    text += line({"  ", word(directory.hierarchy.mount_point), " ", word(directory.path)});
    for (const cgroup::FileWrite& write : directory.writes) {
      text += line({"    ", word(write.file), " ", word(write.value)});
    }
  }
  text += line_if(!plan.device_program.empty(), {"  device program"});
  if (plan.owner.has_value()) {
    text += line({"  owner ", std::to_string(*plan.owner)});
  }
  return text;
}

std::string resctrl_text(const ResctrlPlan& plan) {
  const std::string name = plan.group.empty() ? "of the host" : word(plan.group);
  std::string text = line({"resctrl group ", name, plan.group_given ? "" : ", new"});
  for (const std::string& value : plan.schemata) {
    text += line({"  schemata ", word(value)});
  }
  text += line_if(!plan.monitoring.empty(), {"  monitoring group ", word(plan.monitoring)});
  return text;
}

std::string sysctl_text(const Plan& plan) {
  std::string text;
  for (const auto& [path, value] : plan.sysctl) {
    text += line({"sysctl ", word(path), " ", word(value)});
  }
  return text;
}

std::string environment_text(const ProcessPlan& process) {
  std::string text = "  env";
  for (const std::string& entry : process.env) {
    text += " " + word(std::string_view(entry).substr(0, entry.find('=')));
  }
  return text + (process.home_missing ? ", HOME of the user\n" : "\n");
}

std::string user_text(const ProcessPlan& process) {
  std::string text =
      base::concat({"  user ", std::to_string(process.uid), ":", std::to_string(process.gid),
                    " umask 0", octal(process.umask), " groups"});
  for (const std::uint32_t group : process.groups) {
    text += " " + std::to_string(group);
  }
  return text + (process.groups.empty() ? " none\n" : "\n");
}

std::string limits_text(const ProcessPlan& process) {
  std::string text;
  for (const Rlimit& limit : process.rlimits) {
    text += line({"  rlimit ", std::to_string(limit.resource), " soft ", std::to_string(limit.soft),
                  " hard ", std::to_string(limit.hard)});
  }
  if (process.oom_score_adj.has_value()) {
    text += line({"  oom_score_adj ", std::to_string(*process.oom_score_adj)});
  }
  return text;
}

std::string cpus_text(std::string_view name, const NumberSet& cpus) {
  return line_if(!cpus.empty(), {"  ", name, " cpus ", base::number_list(cpus)});
}

std::string execution_text(const ExecutionPlan& plan) {
  const std::string_view actor = plan.by_runtime ? ", by the runtime" : "";
  std::string text = cpus_text("initial", plan.initial_cpus) + cpus_text("final", plan.final_cpus);
  if (plan.memory_policy.has_value()) {
    text += line({"  memory policy ", base::memory_policy_text(*plan.memory_policy)});
  }
  if (plan.personality.has_value()) {
    text += line({"  personality ", base::personality_text(*plan.personality)});
  }
  if (plan.scheduler.has_value()) {
    text += line({"  scheduler ", base::scheduler_text(*plan.scheduler), actor});
  }
  if (plan.io_priority.has_value()) {
    text += line({"  io priority ", base::io_priority_text(*plan.io_priority), actor});
  }
  return text;
}

std::string process_text(const ProcessPlan& process) {
  std::string text = "process\n";
  text += line({"  args", words(process.args)});
  text += line({"  cwd ", word(process.cwd)});
  text += environment_text(process);
  text += line({"  search ", word(process.search_path)});
  if (process.console_size.has_value()) {
    text += line({"  terminal ", std::to_string(process.console_size->width), "x",
                  std::to_string(process.console_size->height)});
  } else {
    text += line_if(process.terminal, {"  terminal"});
  }
  text += user_text(process);
  const CapabilitySets& sets = process.capabilities;
  text += line({"  bounding    ", hexadecimal(sets.bounding)});
  text += line({"  effective   ", hexadecimal(sets.effective)});
  text += line({"  permitted   ", hexadecimal(sets.permitted)});
  text += line({"  inheritable ", hexadecimal(sets.inheritable)});
  text += line({"  ambient     ", hexadecimal(sets.ambient)});
  text += limits_text(process);
  text += execution_text(process.execution);
  text += line_if(process.no_new_privileges, {"  no new privileges"});
  text +=
      line_if(!process.apparmor_profile.empty(), {"  apparmor profile ", process.apparmor_profile});
  text +=
      line_if(!process.selinux_label.empty(), {"  selinux label ", word(process.selinux_label)});
  return text;
}

std::string hooks_text(std::string_view kind, const std::vector<Hook>& hooks) {
  std::string text;
  for (const Hook& hook : hooks) {
    text += line({"hook ", kind, " ", word(hook.path), words(hook.args)});
  }
  return text;
}

std::string hooks_text(const Hooks& hooks) {
  return hooks_text("prestart", hooks.prestart) +
         hooks_text("createRuntime", hooks.create_runtime) +
         hooks_text("createContainer", hooks.create_container) +
         hooks_text("startContainer", hooks.start_container) +
         hooks_text("poststart", hooks.poststart) + hooks_text("poststop", hooks.poststop);
}

}  // namespace

std::string print(const Plan& plan) {
  std::string text = line({"container ", word(plan.id), " of ", word(plan.bundle)});
  text += namespaces_text(plan.namespaces);
  text += cgroup_text(plan.cgroup);
  text += plan.resctrl.has_value() ? resctrl_text(*plan.resctrl) : "";
  text += rootfs_text(plan.rootfs);
  text += sysctl_text(plan);
  text += plan.process.has_value() ? process_text(*plan.process) : "no process\n";
  text += line_if(plan.new_keyring, {"new session keyring"});
  text += line_if(plan.preserve_fds != 0, {"descriptors kept ", std::to_string(plan.preserve_fds),
                                           ", of LISTEN_FDS ", std::to_string(plan.listen_fds)});
  text += hooks_text(plan.hooks);
  for (const std::string& warning : plan.warnings) {
    text += line({"warning ", warning});
  }
  return text;
}

}  // namespace myrt::plan
