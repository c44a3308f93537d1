#include "sys/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/text.h"
#include "sys/kernel_defs.h"

namespace myrt::sys {

namespace {

/// What the kernel wrote to the log of a file system context, one message a read: "e tmpfs: Bad
/// value for 'size'". Warnings and notes are left out.
std::string take_errors(int context) {
  std::string errors;
  std::array<char, 1024> message{};
  for (;;) {
    const ssize_t length = ::read(context, message.data(), message.size());
    if (length <= 0) {
      return errors;  // ENODATA: all read. On any other failure the call's errno value must do.
    }
    std::string_view text(message.data(), static_cast<std::size_t>(length));
    while (text.ends_with('\n')) {
      text.remove_suffix(1);
    }
    if (text.starts_with("e ")) {
      text.remove_prefix(2);
      errors += errors.empty() ? "" : "; ";
      errors += text;
    }
  }
}

/// The failure `code` of `what`, with what the kernel wrote about it.
Error failure(int context, int code, std::string what) {
  const std::string errors = take_errors(context);
  if (!errors.empty()) {
    what += ": " + errors;
  }
  return {code, std::move(what)};
}

/// fsconfig(2); `what` is for messages.
Result<void> configure(int context, unsigned command, const char* key, const char* value,
                       std::string_view what) {
  if (::fsconfig(context, command, key, value, 0) < 0) {
    const int code = errno;
    return std::unexpected(failure(context, code, base::concat({"fsconfig ", what})));
  }
  return {};
}

/// What a failed mount_setattr was asked for: "mount_setattr / (propagation 0x40000, recursive)".
std::string describe(const std::string& path, const MountChange& change) {
  std::vector<std::string> parts;
  if (change.set != 0) {
    parts.push_back("set " + base::hexadecimal(change.set));
  }
  if (change.clear != 0) {
    parts.push_back("clear " + base::hexadecimal(change.clear));
  }
  if (change.propagation != 0) {
    parts.push_back("propagation " + base::hexadecimal(change.propagation));
  }
  if (change.user_namespace >= 0) {
    parts.emplace_back("id mapping");
  }
  if (change.recursive) {
    parts.emplace_back("recursive");
  }
  return base::concat(
      {"mount_setattr", path.empty() ? "" : " ", path, " (", base::join(parts, ", "), ")"});
}

}  // namespace

Result<UniqueFd> fsopen(const std::string& type) {
  const int fd = ::fsopen(type.c_str(), FSOPEN_CLOEXEC);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({"fsopen ", type}));
  }
  return UniqueFd(fd);
}

Result<void> fsconfig_flag(int context, const std::string& key) {
  return configure(context, FSCONFIG_SET_FLAG, key.c_str(), nullptr, key);
}

Result<void> fsconfig_string(int context, const std::string& key, const std::string& value) {
  return configure(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str(), key + "=" + value);
}

Result<void> fsconfig_create(int context) {
  return configure(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, "create");
}

Result<UniqueFd> fspick(int mount) {
  const int fd = ::fspick(mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({"fspick"}));
  }
  return UniqueFd(fd);
}

Result<void> fsconfig_reconfigure(int context) {
  return configure(context, FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, "reconfigure");
}

Result<UniqueFd> fsmount(int context, std::uint64_t attributes) {
  const int fd = ::fsmount(context, FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes));
  if (fd < 0) {
    const int code = errno;
    return std::unexpected(failure(
        context, code, base::concat({"fsmount (attributes ", base::hexadecimal(attributes), ")"})));
  }
  return UniqueFd(fd);
}

Result<UniqueFd> open_tree_clone(int directory, const std::string& path, bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  flags |= path.empty() ? AT_EMPTY_PATH : 0U;
  flags |= recursive ? AT_RECURSIVE : 0U;
  const int fd = ::open_tree(directory, path.c_str(), flags);
  if (fd < 0) {
    return std::unexpected(Error::from_errno(
        {"open_tree", path.empty() ? "" : " ", path, recursive ? " (recursive)" : ""}));
  }
  return UniqueFd(fd);
}

Result<void> mount_setattr(int directory, const std::string& path, const MountChange& change) {
  struct mount_attr attributes{};
  attributes.attr_set = change.set;
  attributes.attr_clr = change.clear;
  attributes.propagation = change.propagation;
  if (change.user_namespace >= 0) {
    attributes.attr_set |= MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<__u64>(change.user_namespace);
  }
  unsigned flags = path.empty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  flags |= change.recursive ? AT_RECURSIVE : 0U;
  if (::mount_setattr(directory, path.c_str(), flags, &attributes, sizeof(attributes)) < 0) {
    const int code = errno;
    return std::unexpected(Error(code, describe(path, change)));
  }
  return {};
}

Result<void> move_mount(int mount, int target) {
  if (::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0) {
    return std::unexpected(Error::from_errno({"move_mount"}));
  }
  return {};
}

Result<void> move_mount_at(int mount, int directory, const std::string& name) {
  if (::move_mount(mount, "", directory, name.c_str(), MOVE_MOUNT_F_EMPTY_PATH) < 0) {
    return std::unexpected(Error::from_errno({"move_mount to ", name}));
  }
  return {};
}

Result<void> move_mount_to_path(int mount, const std::string& target) {
  if (::move_mount(mount, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) < 0) {
    return std::unexpected(Error::from_errno({"move_mount to ", target}));
  }
  return {};
}

Result<void> pivot_root_here() {
  if (::syscall(SYS_pivot_root, ".", ".") < 0) {
    return std::unexpected(Error::from_errno({"pivot_root . ."}));
  }
  return {};
}

Result<MountOf> mount_of(int directory, const std::string& path) {
  struct ::statx status = {};
  const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
  if (::statx(directory, path.c_str(), flags, STATX_MNT_ID, &status) != 0) {
    return std::unexpected(Error::from_errno({"statx ", path}));
  }
  return MountOf{.id = status.stx_mnt_id,
                 .is_root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0};
}

Result<void> unmount(const std::string& path, int flags) {
  if (::umount2(path.c_str(), flags) < 0) {
    return std::unexpected(Error::from_errno({"unmount ", path}));
  }
  return {};
}

}  // namespace myrt::sys
