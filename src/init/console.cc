#include "init/console.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "sys/file.h"
#include "sys/mount_api.h"
#include "sys/resolve.h"

namespace myrt::init {

namespace {

constexpr const char* kPtmx = "/dev/pts/ptmx";

Result<sys::UniqueFd> open_master(int root) {
  sys::UniqueFd master = MYRT_TRY(sys::open_in_root_no_links(root, kPtmx, O_RDWR | O_NOCTTY));
  const struct ::stat status = MYRT_TRY(sys::status_of(master.get(), kPtmx));
  struct ::statfs system = {};
  if (::fstatfs(master.get(), &system) != 0) {
    return std::unexpected(Error::from_errno({"statfs ", kPtmx}));
  }
  if (!S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(5, 2) ||
      system.f_type != DEVPTS_SUPER_MAGIC) {
    return std::unexpected(Error(std::string(kPtmx) + " is not the ptmx of a devpts"));
  }
  return master;
}

Result<void> set_size(int slave, const ConsoleSize& size) {
  if (size.height == 0 || size.width == 0) {
    return {};
  }
  const struct ::winsize window = {
      .ws_row = size.height, .ws_col = size.width, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(slave, TIOCSWINSZ, &window) != 0) {
    return std::unexpected(Error::from_errno({"set the terminal's size"}));
  }
  return {};
}

}  // namespace

Result<void> bind_to_console(int root, int slave) {
  // Made without following anything, so a link in the image leads nowhere.
  const sys::UniqueFd dev =
      MYRT_TRY(sys::open_in_root_no_links(root, "/dev", O_PATH | O_DIRECTORY));
  const sys::UniqueFd made(
      ::openat(dev.get(), "console", O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made.is_open() && errno != EEXIST) {
    return std::unexpected(Error::from_errno({"make /dev/console"}));
  }
  const sys::UniqueFd target = MYRT_TRY(sys::open_in_root_no_links(root, "/dev/console", O_PATH));
  const sys::UniqueFd tree = MYRT_TRY(sys::open_tree_clone(slave, "", false));
  return sys::move_mount(tree.get(), target.get());
}

Result<Console> open_console(int root, const plan::ProcessPlan& process) {
  Console console{.master = MYRT_TRY(open_master(root)), .slave = {}, .name = {}};
  int unlock = 0;
  unsigned number = 0;
  if (::ioctl(console.master.get(), TIOCSPTLCK, &unlock) != 0 ||
      ::ioctl(console.master.get(), TIOCGPTN, &number) != 0) {
    return std::unexpected(Error::from_errno({"unlock ", kPtmx}));
  }
  console.name = "/dev/pts/" + std::to_string(number);
  // Not by name: what lies at /dev/pts/N is the image's business (CVE-2025-52565).
  console.slave.reset(::ioctl(console.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!console.slave.is_open()) {
    return std::unexpected(Error::from_errno({"open the peer of ", kPtmx}));
  }
  if (process.console_size.has_value()) {
    MYRT_TRY(set_size(console.slave.get(), *process.console_size));
  }
  return console;
}

Result<void> use_console(int slave) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::dup2(slave, fd) < 0) {
      return std::unexpected(
          Error::from_errno({"use the terminal as descriptor ", std::to_string(fd)}));
    }
  }
  return {};
}

Result<void> control_console() {
  if (::ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) {
    return std::unexpected(Error::from_errno({"make the terminal the controlling one"}));
  }
  return {};
}

}  // namespace myrt::init
