// The container's way to the service manager that started the runtime (sd_notify(3)). It never gets
// the manager's own socket, which lies among other sockets and takes more than a container may say:
// a socket of the runtime's is bound into it, alone in its directory.
#include <sys/mount.h>

#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

// Where other runtimes have it.
constexpr std::string_view kDirectoryInside = "/run/notify";
constexpr std::string_view kVariable = "NOTIFY_SOCKET=";

/// Whoever wrote that has made the socket's mount as well.
bool has_own(const Process& process) {
  return std::ranges::any_of(process.env,
                             [](const std::string& entry) { return entry.starts_with(kVariable); });
}

}  // namespace

Noted<std::optional<NotifyPart>> notify_part(const Spec& spec, const Request& request) {
  if (request.notify_directory.empty() || !spec.process.has_value() || has_own(*spec.process)) {
    return {};
  }
  if (!is_new(spec.linux, NamespaceKind::kMount)) {
    return {.value = std::nullopt,
            .warnings = {"NOTIFY_SOCKET: the container cannot notify the service manager without a "
                         "new mount namespace"}};
  }
  NotifyPart part;
  part.mount.kind = MountKind::kBind;
  part.mount.destination = kDirectoryInside;
  part.mount.source = request.notify_directory;
  // The directory, and not the socket, which `start` makes anew. Read-only is no obstacle to
  // connecting to a socket.
  part.mount.attributes.set =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  part.mount.base_propagation = MS_PRIVATE;
  part.variable = base::concat({kVariable, kDirectoryInside, "/", kNotifySocketName});
  return {.value = std::move(part), .warnings = {}};
}

}  // namespace myrt::plan
