#include "support/keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace myrt::test {

void join_session_keyring(const std::string& name, unsigned long permissions) {
  const long serial = ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name.c_str());
  ASSERT_GT(serial, 0);
  ASSERT_EQ(::syscall(SYS_keyctl, KEYCTL_SETPERM, serial, permissions), 0);
}

}  // namespace myrt::test
