#include "support/programs.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/fd.h"

namespace myrt::test {
namespace {

constexpr const char* kChrootEscape = "--program-chroot-escape";
constexpr const char* kNotify = "--program-notify";

int complain(const char* what) {
  std::printf("%s: %s\n", what, std::strerror(errno));
  return 1;
}

// The directory may be there from an earlier attempt.
int escape_and_print(const char* path) {
  if (::mkdir(".out", 0755) != 0 && errno != EEXIST) {
    return complain("mkdir .out");
  }
  if (::chroot(".out") != 0) {
    return complain("chroot .out");
  }
  // The kernel stops ".." only at the root of the process, and the working directory is above it.
  for (int level = 0; level < 100; ++level) {
    if (::chdir("..") != 0) {
      return complain("chdir ..");
    }
  }
  if (::chroot(".") != 0) {
    return complain("chroot .");
  }
  const Fd file = open_fd(path, O_RDONLY);
  if (!file) {
    return complain(path);
  }
  std::fputs(read_to_end(file.get()).c_str(), stdout);
  return 0;
}

bool send_with_pipe(int socket, const char* text) {
  Pipe pipe = make_pipe();
  iovec part{.iov_base = const_cast<char*>(text),  // NOLINT(cppcoreguidelines-pro-type-const-cast)
             .iov_len = std::strlen(text)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int end = pipe.write.get();
  std::memcpy(CMSG_DATA(header), &end, sizeof end);
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    return false;
  }
  pipe.write.reset();
  return read_to_end(pipe.read.get()).empty();
}

int send_all(char** texts) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path == nullptr ? "" : path, sizeof(address.sun_path) - 1);
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return complain("connect to $NOTIFY_SOCKET");
  }
  for (; *texts != nullptr; ++texts) {
    const bool sent = std::strcmp(*texts, "BARRIER=1") == 0
                          ? send_with_pipe(socket.get(), *texts)
                          : ::send(socket.get(), *texts, std::strlen(*texts), MSG_NOSIGNAL) >= 0;
    if (!sent) {
      return complain(*texts);
    }
  }
  return 0;
}

}  // namespace

std::vector<std::string> chroot_escape(const std::string& path, const std::string& program) {
  return {program, kChrootEscape, path};
}

std::vector<std::string> notify(const std::vector<std::string>& datagrams) {
  std::vector<std::string> command = {"/probe", kNotify};
  command.insert(command.end(), datagrams.begin(), datagrams.end());
  return command;
}

bool is_program(int argc, char** argv) {
  return argc > 2 &&
         (std::strcmp(argv[1], kChrootEscape) == 0 || std::strcmp(argv[1], kNotify) == 0);
}

int program_main(char** argv) {
  return std::strcmp(argv[1], kNotify) == 0 ? send_all(argv + 2) : escape_and_print(argv[2]);
}

}  // namespace myrt::test
