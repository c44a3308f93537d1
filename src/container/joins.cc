#include "container/joins.h"

#include <fcntl.h>

#include <string>
#include <string_view>

#include "init/namespaces.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

/// The kind of namespace that a sysctl belongs to; the parser lets no others through.
NamespaceKind sysctl_kind(std::string_view path) {
  if (path.starts_with("net/")) {
    return NamespaceKind::kNetwork;
  }
  if (path.starts_with("user/")) {
    return NamespaceKind::kUser;
  }
  return path == "kernel/domainname" ? NamespaceKind::kUts : NamespaceKind::kIpc;
}

/// The settings of a joined namespace that is the runtime's own would be the host's: the parser
/// took the path for another namespace.
Result<void> refuse_own_settings(NamespaceKind kind, const Inputs& inputs) {
  const Spec& spec = inputs.spec;
  const auto refuse = [](const std::string& field) {
    return std::unexpected(Error("config.json: " + field + " would change the host's namespace"));
  };
  if (kind == NamespaceKind::kUts && !spec.hostname.empty()) {
    return refuse("/hostname");
  }
  if (kind == NamespaceKind::kUts && !spec.domainname.empty()) {
    return refuse("/domainname");
  }
  if (kind == NamespaceKind::kNetwork && !spec.linux.net_devices.empty()) {
    return std::unexpected(
        Error("config.json: /linux/netDevices: want another network namespace than the host's"));
  }
  // The plan has them in the order of the spec, whose keys the user knows.
  for (std::size_t i = 0; i < inputs.plan.sysctl.size(); ++i) {
    if (sysctl_kind(inputs.plan.sysctl[i].first) == kind) {
      return refuse("/linux/sysctl: " + spec.linux.sysctl[i].first);
    }
  }
  return {};
}

bool has_settings(NamespaceKind kind) {
  return kind == NamespaceKind::kNetwork || kind == NamespaceKind::kIpc ||
         kind == NamespaceKind::kUts;
}

}  // namespace

Result<std::vector<sys::UniqueFd>> open_joins(const Inputs& inputs) {
  std::vector<sys::UniqueFd> joins;
  for (const plan::Join& join : inputs.plan.namespaces.joins) {
    // Whatever lies at the path, opening it must not wait; setns(2) refuses what is no namespace.
    joins.push_back(MYRT_TRY(
        in("namespace", sys::open_at(AT_FDCWD, join.path, O_RDONLY | O_NONBLOCK | O_NOCTTY))));
    const bool own = has_settings(join.kind) &&
                     MYRT_TRY(init::is_own_namespace(joins.back().get(), "", join.kind));
    if (own) {
      MYRT_TRY(refuse_own_settings(join.kind, inputs));
    }
  }
  return joins;
}

Result<sys::UniqueFd> joined_network(const plan::NamespacePlan& plan,
                                     const std::vector<sys::UniqueFd>& joins) {
  for (std::size_t i = 0; i < plan.joins.size(); ++i) {
    if (plan.joins[i].kind == NamespaceKind::kNetwork && !plan.net_devices.empty()) {
      return sys::duplicate(joins[i].get());
    }
  }
  return sys::UniqueFd();
}

}  // namespace myrt::container
