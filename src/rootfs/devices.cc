// Device nodes and the links of /dev (config-linux.md "Devices", "Default Devices").
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/mount_api.h"
#include "sys/resolve.h"

namespace myrt::rootfs {

namespace {

mode_t type_bits(char type) {
  switch (type) {
    case 'b':
      return S_IFBLK;
    case 'p':
      return S_IFIFO;
    default:
      return S_IFCHR;
  }
}

bool is_device(const struct ::stat& status, const Device& device) {
  if ((status.st_mode & S_IFMT) != type_bits(device.type)) {
    return false;
  }
  // The type first: st_rdev of a pipe is 0, like that of a regular file.
  return device.type == 'p' || status.st_rdev == ::makedev(device.major, device.minor);
}

std::string wanted(const Device& device) {
  if (device.type == 'p') {
    return "a fifo";
  }
  return std::string("device ") + device.type + " " + std::to_string(device.major) + ":" +
         std::to_string(device.minor);
}

/// An existing file is kept when it is the device asked for, and is an error otherwise
/// (config-linux.md: "the runtime MUST generate an error").
Result<void> accept_existing(int directory, const std::string& name, const Device& device) {
  struct ::stat status = {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::unexpected(Error::from_errno({"stat device ", device.path}));
  }
  if (!is_device(status, device)) {
    return std::unexpected(
        Error::from_code(EEXIST, {"device ", device.path, ": want ", wanted(device)}));
  }
  return {};
}

Result<void> own(int directory, const std::string& name, const Device& device) {
  const uid_t uid = device.uid.value_or(0);
  const gid_t gid = device.gid.value_or(0);
  if (uid == 0 && gid == 0) {
    return {};  // we made it, as root
  }
  if (::fchownat(directory, name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::unexpected(Error::from_errno(
        {"chown device ", device.path, " to ", std::to_string(uid), ":", std::to_string(gid)}));
  }
  return {};
}

/// The file to bind a device over. An empty one may lie there since another container of this root.
Result<sys::UniqueFd> open_bind_target(int directory, const std::string& name) {
  Result<sys::UniqueFd> made =
      sys::open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  if (made.has_value() || made.error().code() != EEXIST) {
    return made;
  }
  sys::UniqueFd existing = MYRT_TRY(sys::open_at(directory, name, O_PATH | O_NOFOLLOW));
  const struct ::stat status = MYRT_TRY(sys::status_of(existing.get(), name));
  return S_ISREG(status.st_mode) && status.st_size == 0 ? std::move(existing) : std::move(made);
}

/// In a user namespace nodes cannot be made: the host's node of the same path is bound over an
/// empty file.
Result<void> bind_host_device(int directory, const std::string& name, const Device& device) {
  const sys::UniqueFd host =
      MYRT_TRY(in("device of the host", sys::open_at(AT_FDCWD, device.path, O_PATH | O_NOFOLLOW)));
  const struct ::stat status = MYRT_TRY(sys::status_of(host.get(), device.path));
  if (!is_device(status, device)) {
    return std::unexpected(
        Error("device " + device.path + ": the host's is not " + wanted(device)));
  }
  const sys::UniqueFd tree = MYRT_TRY(sys::open_tree_clone(host.get(), "", false));
  const sys::UniqueFd target = MYRT_TRY(open_bind_target(directory, name));
  return sys::move_mount(tree.get(), target.get());
}

Result<void> make_device(int directory, const std::string& name, const Device& device,
                         bool without_host_rights) {
  if (without_host_rights && device.type != 'p') {
    Result<void> bound = bind_host_device(directory, name, device);
    if (!bound.has_value() && bound.error().code() == EEXIST) {
      return accept_existing(directory, name, device);
    }
    return bound;
  }
  // The umask is 0 while the root file system is set up.
  if (::mknodat(directory, name.c_str(), type_bits(device.type) | (device.mode & 07777),
                ::makedev(device.major, device.minor)) == 0) {
    return own(directory, name, device);
  }
  if (errno == EEXIST) {
    return accept_existing(directory, name, device);
  }
  if (errno == EPERM) {
    return bind_host_device(directory, name, device);
  }
  return std::unexpected(Error::from_errno({"make ", wanted(device), " ", device.path}));
}

constexpr std::array<std::pair<const char*, const char*>, 5> kLinks = {{
    {"/proc/self/fd", "fd"},
    {"/proc/self/fd/0", "stdin"},
    {"/proc/self/fd/1", "stdout"},
    {"/proc/self/fd/2", "stderr"},
    {"pts/ptmx", "ptmx"},
}};

Result<void> make_link(int dev, const char* target, const char* name) {
  if (::symlinkat(target, dev, name) != 0 && errno != EEXIST) {
    return std::unexpected(Error::from_errno({"link /dev/", name, " to ", target}));
  }
  return {};
}

Result<void> make_links(int dev) {
  for (const auto& [target, name] : kLinks) {
    MYRT_TRY(make_link(dev, target, name));
  }
  if (::access("/proc/kcore", F_OK) == 0) {
    MYRT_TRY(make_link(dev, "/proc/kcore", "core"));
  }
  return {};
}

/// /dev itself, which must not be a link: names in it are made and removed (CVE-2026-41579).
Result<sys::UniqueFd> open_dev(int root) {
  Result<sys::UniqueFd> dev = sys::open_in_root_no_links(root, "/dev", O_PATH | O_DIRECTORY);
  if (!dev.has_value() && dev.error().code() == ENOENT) {
    return sys::make_directories_in_root(root, "/dev", 0755);
  }
  return dev;
}

}  // namespace

Result<void> make_devices(int root, const plan::DevicePlan& devices, bool without_host_rights) {
  sys::UniqueFd dev;
  if (devices.default_links) {
    dev = MYRT_TRY(open_dev(root));
  }
  constexpr std::string_view kDev = "/dev/";
  for (const Device& device : devices.nodes) {
    const std::string_view path = device.path;
    if (dev.is_open() && path.starts_with(kDev) &&
        path.find('/', kDev.size()) == std::string_view::npos) {
      MYRT_TRY(make_device(dev.get(), std::string(path.substr(kDev.size())), device,
                           without_host_rights));
      continue;
    }
    const sys::Parent parent = MYRT_TRY(sys::parent_in_root(root, device.path));
    MYRT_TRY(make_device(parent.directory.get(), parent.name, device, without_host_rights));
  }
  return devices.default_links ? make_links(dev.get()) : Result<void>{};
}

Result<sys::UniqueFd> open_null_device() {
  sys::UniqueFd null = MYRT_TRY(sys::open_at(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW));
  const struct ::stat status = MYRT_TRY(sys::status_of(null.get(), "/dev/null"));
  Device device;
  device.major = 1;
  device.minor = 3;
  if (!is_device(status, device)) {
    return std::unexpected(Error("/dev/null of the host is not device c 1:3"));
  }
  return null;
}

}  // namespace myrt::rootfs
