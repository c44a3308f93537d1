// Overlays: one as the container's root, mounted in the container's mount namespace alone, so that
// the host never sees it and it is gone with the namespace; and the options of those in mounts[].
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

namespace {

/// fsconfig(2) takes strings of at most 255 bytes.
constexpr std::size_t kMaxOptionBytes = 255;

/// A directory as an option of overlay names it. The name may lead through the descriptor.
struct Layer {
  std::string name;
  sys::UniqueFd fd;
};

std::string descriptor_path(const sys::UniqueFd& fd) {
  return "/proc/self/fd/" + std::to_string(fd.get());
}

Result<Layer> layer_by_descriptor(const std::string& path) {
  Layer layer{.name = {}, .fd = MYRT_TRY(sys::open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY))};
  layer.name = descriptor_path(layer.fd);
  return layer;
}

/// Overlay has "\" before ":", but not for every option of every kernel, and before Linux 6.5 no
/// way to write a comma: a path with any of them goes by descriptor, as does one that is too long.
Result<Layer> layer(const std::string& path) {
  if (path.size() > kMaxOptionBytes || path.find_first_of(":,\\") != std::string::npos) {
    return layer_by_descriptor(path);
  }
  return Layer{.name = path, .fd = {}};
}

std::string joined(const std::vector<Layer>& layers) {
  std::string text;
  for (const Layer& one : layers) {
    text += (text.empty() ? "" : ":") + one.name;
  }
  return text;
}

/// Short enough for one option, if there is a way.
Result<std::vector<Layer>> lower_layers(const std::vector<std::string>& paths) {
  std::vector<Layer> layers;
  layers.reserve(paths.size());
  for (const std::string& path : paths) {
    layers.push_back(MYRT_TRY(layer(path)));
  }
  if (joined(layers).size() > kMaxOptionBytes) {
    layers.clear();
    for (const std::string& path : paths) {
      layers.push_back(MYRT_TRY(layer_by_descriptor(path)));
    }
  }
  return layers;
}

/// The paths of a `lowerdir`: ":" parts them, unless "\" stands before it (overlayfs.rst, "Multiple
/// lower layers").
std::vector<std::string> split_lower(const std::string& value) {
  std::vector<std::string> paths(1);
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] == ':') {
      paths.emplace_back();
      continue;
    }
    if (value[at] == '\\' && at + 1 < value.size()) {
      ++at;
    }
    paths.back() += value[at];
  }
  return paths;
}

/// Adds one `lowerdir`, or several `lowerdir+` where one would still be too long.
Result<void> add_short_lower(OverlayOptions& options, const std::string& value) {
  std::vector<Layer> layers = MYRT_TRY(lower_layers(split_lower(value)));
  const std::string all = joined(layers);
  if (all.size() <= kMaxOptionBytes) {
    options.data.push_back("lowerdir=" + all);
  }
  for (Layer& one : layers) {
    if (all.size() > kMaxOptionBytes) {
      options.data.push_back("lowerdir+=" + one.name);
    }
    options.layers.push_back(std::move(one.fd));
  }
  return {};
}

Result<void> add_one_by_one(int context, const std::vector<Layer>& layers) {
  for (const Layer& one : layers) {
    MYRT_TRY(sys::fsconfig_string(context, "lowerdir+", one.name));
  }
  // Kernels before 6.5 take any option, and refuse the unknown one only here.
  return sys::fsconfig_create(context);
}

/// Sets the lower layers, and creates the file system that `context` describes.
Result<void> create(int context, const std::vector<Layer>& layers) {
  const std::string all = joined(layers);
  if (all.size() > kMaxOptionBytes) {
    return in(std::to_string(layers.size()) + " lower directories (so many need Linux 6.8)",
              add_one_by_one(context, layers));
  }
  MYRT_TRY(sys::fsconfig_string(context, "lowerdir", all));
  return sys::fsconfig_create(context);
}

/// `plan` with the paths of its open layers.
plan::OverlayPlan through_descriptors(plan::OverlayPlan plan,
                                      std::span<const sys::UniqueFd> layers) {
  for (std::size_t i = 0; i < plan.lower.size(); ++i) {
    plan.lower[i] = descriptor_path(layers[i]);
  }
  if (!plan.upper.empty()) {
    plan.upper = descriptor_path(layers[plan.lower.size()]);
    plan.work = descriptor_path(layers[plan.lower.size() + 1]);
  }
  return plan;
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

Result<OverlayOptions> short_overlay_options(const std::vector<std::string>& data) {
  OverlayOptions options;
  for (const std::string& option : data) {
    const std::size_t equals = std::min(option.find('='), option.size());
    const std::string key = option.substr(0, equals);
    const bool too_long = option.size() > equals + 1 + kMaxOptionBytes;
    if (too_long && key == "lowerdir") {
      MYRT_TRY(add_short_lower(options, option.substr(equals + 1)));
    } else if (too_long && (key == "upperdir" || key == "workdir")) {
      Layer layer = MYRT_TRY(layer_by_descriptor(option.substr(equals + 1)));
      options.data.push_back(key + "=" + layer.name);
      options.layers.push_back(std::move(layer.fd));
    } else {
      options.data.push_back(option);
    }
  }
  return options;
}

Result<std::vector<sys::UniqueFd>> open_layers(const plan::OverlayPlan& plan) {
  std::vector<sys::UniqueFd> layers;
  const auto open = [&layers](const std::string& path) -> Result<void> {
    layers.push_back(MYRT_TRY(sys::open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY)));
    return {};
  };
  for (const std::string& path : plan.lower) {
    MYRT_TRY(open(path));
  }
  if (!plan.upper.empty()) {
    MYRT_TRY(open(plan.upper));
    MYRT_TRY(open(plan.work));
  }
  return layers;
}

Result<sys::UniqueFd> overlay_root(const plan::OverlayPlan& named, bool without_host_rights,
                                   std::span<const sys::UniqueFd> layers) {
  const plan::OverlayPlan plan = layers.empty() ? named : through_descriptors(named, layers);
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("overlay"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "source", "overlay"));
  MYRT_TRY(set_label(context.get(), plan.label));
  if (without_host_rights) {
    // Only the initial user namespace may write the trusted.overlay.* attributes of opaque
    // directories.
    MYRT_TRY(sys::fsconfig_flag(context.get(), "userxattr"));
  }
  std::vector<Layer> lower = MYRT_TRY(lower_layers(plan.lower));
  sys::UniqueFd ephemeral;
  Layer upper;
  Layer work;
  if (!plan.upper.empty()) {
    upper = MYRT_TRY(layer(plan.upper));
    work = MYRT_TRY(layer(plan.work));
  } else if (!plan.read_only || lower.size() == 1) {
    ephemeral = MYRT_TRY(ephemeral_layer());
    const std::string base = descriptor_path(ephemeral);
    upper.name = base + "/upper";
    work.name = base + "/work";
  }
  if (plan.read_only && plan.upper.empty() && lower.size() == 1) {
    // An overlay without an upper directory wants two lower ones: an empty one below.
    lower.emplace_back().name = std::exchange(upper.name, {});
  }
  if (!upper.name.empty()) {
    MYRT_TRY(sys::fsconfig_string(context.get(), "upperdir", upper.name));
    MYRT_TRY(sys::fsconfig_string(context.get(), "workdir", work.name));
  }
  MYRT_TRY(create(context.get(), lower));
  return sys::fsmount(context.get(), 0);
}

}  // namespace myrt::rootfs
