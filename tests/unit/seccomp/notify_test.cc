#include "seccomp/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "sys/socket.h"

namespace myrt::seccomp {
namespace {

/// A listening socket in a directory of its own.
class Agent : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    path_ = directory_ + "/agent";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    listening_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(
        ::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::listen(listening_.get(), 1), 0);
  }
  void TearDown() override {
    ::unlink(path_.c_str());
    ::rmdir(directory_.c_str());
  }

  std::string directory_ = "/tmp/notify_test.XXXXXX";
  std::string path_;
  sys::UniqueFd listening_;
};

TEST_F(Agent, GetsTheStateAndTheListenerInOneMessage) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const sys::UniqueFd read_end(pipe[0]);
  const sys::UniqueFd write_end(pipe[1]);
  Result<sys::UniqueFd> socket = connect_agent(path_);
  ASSERT_TRUE(socket.has_value()) << socket.error().text();

  ASSERT_TRUE(
      send_listener(socket->get(), R"({"fds":["seccompFd"]})", write_end.get()).has_value());
  socket->reset();

  const sys::UniqueFd accepted(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  Result<sys::Packet> first = sys::receive_packet(accepted.get(), 4096);
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(first->data, R"({"fds":["seccompFd"]})");
  ASSERT_EQ(first->descriptors.size(), 1U);
  EXPECT_EQ(::write(first->descriptors[0].get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  EXPECT_EQ(sys::receive_packet(accepted.get(), 4096)->data, "") << "the end of file";
}

TEST_F(Agent, ThatIsNotThereIsAnErrorThatNamesThePath) {
  const Result<sys::UniqueFd> socket = connect_agent(directory_ + "/nobody");
  ASSERT_FALSE(socket.has_value());
  EXPECT_EQ(socket.error().text(),
            "connect to " + directory_ + "/nobody: No such file or directory");
}

}  // namespace
}  // namespace myrt::seccomp
