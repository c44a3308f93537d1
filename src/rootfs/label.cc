// SELinux labels of what the container sees mounted (linux.mountLabel).
#include <fcntl.h>
#include <sys/xattr.h>

#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

Result<void> label_root(int mount, const std::string& label) {
  if (label.empty()) {
    return {};
  }
  // Attributes are not to be had through an O_PATH descriptor, which that of a mount is.
  const sys::UniqueFd top = MYRT_TRY(sys::open_at(mount, ".", O_RDONLY | O_DIRECTORY));
  // With the final zero, as libselinux writes labels.
  if (::fsetxattr(top.get(), "security.selinux", label.c_str(), label.size() + 1, 0) != 0) {
    return std::unexpected(Error::from_errno({"set security.selinux to ", label}));
  }
  return {};
}

Result<void> set_label(int context, const std::string& label) {
  return label.empty() ? Result<void>{} : sys::fsconfig_string(context, "context", label);
}

}  // namespace myrt::rootfs
