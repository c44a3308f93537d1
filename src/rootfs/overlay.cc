// An overlay as the container's root, mounted in the container's mount namespace alone: the host
// never sees it, and it is gone with the namespace.
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "rootfs/steps.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

namespace {

/// fsconfig(2) takes strings of at most 255 bytes.
constexpr std::size_t kMaxOptionBytes = 255;

/// The `lowerdir` option has ":" between layers, escaped by "\"
/// (Documentation/filesystems/overlayfs.rst).
std::string escaped(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c == ':' || c == '\\') {
      text += '\\';
    }
    text += c;
  }
  return text;
}

std::string joined(const std::vector<std::string>& layers) {
  std::string text;
  for (const std::string& layer : layers) {
    text += (text.empty() ? "" : ":") + escaped(layer);
  }
  return text;
}

Result<void> set_lower(int context, const std::vector<std::string>& layers) {
  const std::string all = joined(layers);
  if (all.size() <= kMaxOptionBytes) {
    return sys::fsconfig_string(context, "lowerdir", all);
  }
  for (const std::string& layer : layers) {
    Result<void> added = sys::fsconfig_string(context, "lowerdir+", layer);
    if (!added.has_value() && added.error().code() == EINVAL) {
      return std::unexpected(Error::from_code(
          EINVAL, {"lower directories of ", std::to_string(all.size()),
                   " bytes in all need a kernel with overlay's lowerdir+ (Linux 6.8)"}));
    }
    MYRT_TRY(std::move(added));
  }
  return {};
}

/// Somewhere for the writes of a container that named no upper directory: a tmpfs that nothing but
/// the overlay keeps alive. It is attached below our root-to-be, since overlay takes layers only
/// from the caller's mount namespace.
Result<sys::UniqueFd> ephemeral_layer() {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("tmpfs"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "mode", "0700"));
  MYRT_TRY(sys::fsconfig_create(context.get()));
  sys::UniqueFd mount = MYRT_TRY(sys::fsmount(context.get(), MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID));
  for (const char* name : {"upper", "work"}) {
    if (::mkdirat(mount.get(), name, 0755) != 0) {
      return std::unexpected(Error::from_errno({"mkdir ", name, " of the ephemeral layer"}));
    }
  }
  MYRT_TRY(sys::move_mount_to_path(mount.get(), "/"));
  return mount;
}

}  // namespace

Result<sys::UniqueFd> overlay_root(const plan::OverlayPlan& plan, bool in_user_namespace) {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("overlay"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "source", "overlay"));
  if (in_user_namespace) {
    // Only the initial user namespace may write the trusted.overlay.* attributes of opaque
    // directories.
    MYRT_TRY(sys::fsconfig_flag(context.get(), "userxattr"));
  }
  MYRT_TRY(set_lower(context.get(), plan.lower));
  sys::UniqueFd layer;
  std::string upper = plan.upper;
  std::string work = plan.work;
  if (upper.empty() && !plan.read_only) {
    layer = MYRT_TRY(ephemeral_layer());
    const std::string base = "/proc/self/fd/" + std::to_string(layer.get());
    upper = base + "/upper";
    work = base + "/work";
  }
  if (!upper.empty()) {
    MYRT_TRY(sys::fsconfig_string(context.get(), "upperdir", upper));
    MYRT_TRY(sys::fsconfig_string(context.get(), "workdir", work));
  }
  MYRT_TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(), 0);
}

}  // namespace myrt::rootfs
