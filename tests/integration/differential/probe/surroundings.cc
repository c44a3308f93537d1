// What the process was given: variables, descriptors, a terminal, names, keys, a network.
#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <string>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

std::string kind_of(const struct stat& status) {
  switch (status.st_mode & S_IFMT) {
    case S_IFCHR:
      return "character device " + std::to_string(major(status.st_rdev)) + ":" +
             std::to_string(minor(status.st_rdev));
    case S_IFBLK:
      return "block device";
    case S_IFIFO:
      return "pipe";
    case S_IFSOCK:
      return "socket";
    case S_IFDIR:
      return "directory";
    case S_IFREG:
      return "file";
    default:
      return "other";
  }
}

}  // namespace

void report_environment(char** environment) {
  Section section("environment");
  std::map<std::string, int> seen;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    std::string name = text.substr(0, equals);
    if (const int before = seen[name]++; before > 0) {
      name += "#" + std::to_string(before + 1);
    }
    section.add(name, equals == std::string::npos ? "no value" : text.substr(equals + 1));
  }
}

void report_descriptors() {
  Section section("descriptors");
  for (int fd = 0; fd < 1024; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    struct stat status = {};
    if (flags < 0 || ::fstat(fd, &status) != 0) {
      continue;
    }
    const int access = ::fcntl(fd, F_GETFL) & O_ACCMODE;
    std::string text = kind_of(status);
    text += access == O_RDONLY ? " read" : access == O_WRONLY ? " write" : " read write";
    section.add(std::to_string(fd), text + ((flags & FD_CLOEXEC) != 0 ? " cloexec" : ""));
    if (fd < 3) {
      section.add(std::to_string(fd) + ".owner",
                  std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid));
    }
  }
}

void report_terminal() {
  Section section("terminal");
  for (int fd = 0; fd < 3; ++fd) {
    section.add(std::to_string(fd), ::isatty(fd) == 1 ? "yes" : "no");
  }
  winsize size = {};
  if (::ioctl(0, TIOCGWINSZ, &size) == 0) {
    section.add("size", std::to_string(size.ws_row) + "x" + std::to_string(size.ws_col));
    section.add("foreground", ::tcgetpgrp(0) == ::getpgrp() ? "yes" : "no");
  }
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  section.add("controlling", outcome(terminal));
  ::close(terminal);
}

void report_names() {
  Section section("names");
  utsname names = {};
  ::uname(&names);
  section.add("hostname", names.nodename);
  section.add("domainname", static_cast<const char*>(names.domainname));
  section.add("machine", names.machine);
}

void report_keyring() {
  Section section("keyring");
  std::array<char, 256> description{};
  const long length = ::syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING,
                                description.data(), description.size() - 1);
  section.add("session", length < 0 ? outcome(length) : description.data());
}

void report_network() {
  Section section("network");
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    section.add("socket", outcome(socket));
    return;
  }
  for (int index = 1; index < 16; ++index) {
    ifreq request = {};
    request.ifr_ifindex = index;
    if (::ioctl(socket, SIOCGIFNAME, &request) == 0 &&
        ::ioctl(socket, SIOCGIFFLAGS, &request) == 0) {
      section.add(request.ifr_name, (request.ifr_flags & IFF_UP) != 0 ? "up" : "down");
    }
  }
  ::close(socket);
}

}  // namespace myrt::test
