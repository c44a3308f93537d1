#include "container/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace myrt::container {
namespace {

std::string passed(std::string_view datagram) { return notification(datagram, 42).lines; }

TEST(Notification, HasTheMainProcessBeforeReady) {
  const Notification both = notification("STATUS=up\nREADY=1\n", 42);

  EXPECT_EQ(both.lines, "STATUS=up\nMAINPID=42\nREADY=1\n");
  EXPECT_TRUE(both.ready);
}

TEST(Notification, IsNotReadyForOtherLines) {
  EXPECT_EQ(notification("STOPPING=1", 42),
            (Notification{.lines = "STOPPING=1\n", .ready = false}));
  EXPECT_EQ(notification("", 42), Notification());
}

TEST(Notification, HasWhatAServiceSaysOfItself) {
  for (const char* line : {"RELOADING=1\n", "MONOTONIC_USEC=18446744073709551615\n", "STOPPING=1\n",
                           "STATUS=\n", "STATUS=a=b \xc3\xa4\n", "ERRNO=2\n", "WATCHDOG=1\n"}) {
    EXPECT_EQ(passed(line), line);
  }
}

TEST(Notification, HasNoOtherFields) {
  for (const char* line :
       {"MAINPID=1", "MAINPIDFDID=1", "MAINPIDFD=1", "FDSTORE=1", "FDSTOREREMOVE=1", "FDNAME=x",
        "FDPOLL=0", "NOTIFYACCESS=all", "BARRIER=1", "BUSERROR=x", "WATCHDOG_USEC=1",
        "EXTEND_TIMEOUT_USEC=1", "X_OWN=1", "ready=1", "READY", "=1", ""}) {
    EXPECT_EQ(passed(line), "") << line;
  }
}

TEST(Notification, HasNoOtherValues) {
  for (const char* line : {"READY=0", "READY=1 ", "READY= 1", "READY=", "WATCHDOG=trigger",
                           "STOPPING=yes", "ERRNO=ENOENT", "ERRNO=-1", "MONOTONIC_USEC="}) {
    EXPECT_EQ(passed(line), "") << line;
  }
}

TEST(Notification, HasNoTextThatSteersATerminal) {
  for (const std::string_view line :
       {std::string_view("STATUS=\x1b[2J"), std::string_view("STATUS=a\rb"),
        std::string_view("STATUS=\x7f"), std::string_view("STATUS=\xc2\x9b"),
        std::string_view("STATUS=\xff"), std::string_view("STATUS=a\0b", 10)}) {
    EXPECT_EQ(passed(line), "");
  }
  EXPECT_EQ(passed("STATUS=\xc2\xa0"), "STATUS=\xc2\xa0\n");
}

/// The manager's socket, and a relay from the socket in a state directory to it.
class NotifyRelayTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<sys::UniqueFd> socket = sys::bind_datagram(directory_.fd(), "manager", 0600);
    ASSERT_TRUE(socket.has_value()) << socket.error().text();
    manager_ = *std::move(socket);
  }

  Result<std::optional<NotifyRelay>> open() {
    EXPECT_TRUE(make_notify_directory(directory_.fd()).has_value());
    return NotifyRelay::open(directory_.fd(), directory_ / "manager", 42);
  }
  [[nodiscard]] sys::UniqueFd program() const {
    Result<sys::UniqueFd> socket = sys::connect_datagram(directory_ / "notify/notify.sock");
    EXPECT_TRUE(socket.has_value());
    return socket.has_value() ? *std::move(socket) : sys::UniqueFd();
  }
  [[nodiscard]] std::string told() const {
    return sys::receive_datagram(manager_.get(), 4096)->value_or("");
  }

  const sys::TemporaryDirectory directory_;
  sys::UniqueFd manager_;
};

TEST_F(NotifyRelayTest, IsNothingForAContainerThatHasNoDirectory) {
  const auto relay = NotifyRelay::open(directory_.fd(), directory_ / "manager", 42);

  ASSERT_TRUE(relay.has_value());
  EXPECT_FALSE(relay->has_value());
}

TEST_F(NotifyRelayTest, IsNothingWithoutAManager) {
  const auto relay = NotifyRelay::open(directory_.fd(), "", 42);

  ASSERT_TRUE(relay.has_value());
  EXPECT_FALSE(relay->has_value());
}

TEST_F(NotifyRelayTest, NamesTheManagerThatDoesNotListen) {
  ASSERT_TRUE(make_notify_directory(directory_.fd()).has_value());
  const auto relay = NotifyRelay::open(directory_.fd(), "/nonexistent/manager", 42);

  ASSERT_FALSE(relay.has_value());
  EXPECT_EQ(relay.error().text(),
            "NOTIFY_SOCKET: connect to /nonexistent/manager: No such file or directory");
}

TEST_F(NotifyRelayTest, LetsEverybodySend) {
  const mode_t before = ::umask(0077);
  const auto relay = open();
  ::umask(before);

  ASSERT_TRUE(relay.has_value());
  struct ::stat status = {};
  ASSERT_EQ(::stat((directory_ / "notify").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0755U);
  ASSERT_EQ(::stat((directory_ / "notify/notify.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0666U);
}

TEST_F(NotifyRelayTest, DrainsWhatWasSentInOrder) {
  auto relay = open();
  ASSERT_TRUE(relay.has_value() && relay->has_value());
  const sys::UniqueFd socket = program();
  for (const char* text : {"STATUS=one", "MAINPID=1", "READY=1"}) {
    ASSERT_TRUE(sys::send_packet(socket.get(), text).has_value());
  }

  (*relay)->drain();

  EXPECT_EQ(told(), "STATUS=one\n");
  EXPECT_EQ(told(), "MAINPID=42\nREADY=1\n");
  EXPECT_EQ(told(), "");
}

TEST_F(NotifyRelayTest, KeepsWhatTheManagerHasNoRoomFor) {
  auto relay = open();
  ASSERT_TRUE(relay.has_value() && relay->has_value());
  const sys::UniqueFd other = *sys::connect_datagram(directory_ / "manager");
  while (sys::send_packet(other.get(), "x").has_value()) {
  }
  const sys::UniqueFd socket = program();
  ASSERT_TRUE(sys::send_packet(socket.get(), "READY=1").has_value());
  const auto turn = [&relay] {
    struct ::pollfd wait = (*relay)->interest();
    const int count = ::poll(&wait, 1, 0);
    (*relay)->act(wait);
    return count;
  };

  EXPECT_EQ(turn(), 1);
  EXPECT_EQ(turn(), 0) << "the queue of the manager is full";
  while (told() == "x") {
  }
  EXPECT_EQ(turn(), 1);
  EXPECT_EQ(told(), "MAINPID=42\nREADY=1\n");
}

TEST_F(NotifyRelayTest, EndsWithTheProcess) {
  auto relay = open();
  ASSERT_TRUE(relay.has_value() && relay->has_value());
  const Result<sys::Cloned> process = sys::clone_process({});
  ASSERT_TRUE(process.has_value());
  if (process->pid == 0) {
    sys::child_exit(0);
  }

  EXPECT_TRUE((*relay)->until_ready(process->pidfd.get()).has_value());

  EXPECT_EQ(told(), "");
  EXPECT_TRUE(sys::wait_for(process->pid).has_value());
}

}  // namespace
}  // namespace myrt::container
