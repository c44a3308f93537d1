#include "support/disk.h"

#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {
namespace {

std::string number_of(const std::string& disk) { return read_value("/sys/block/" + disk + "/dev"); }

}  // namespace

Disk::Disk(const std::filesystem::path& workspace) : number_(number_of("nullb0")) {
  const Fd control = open_fd("/dev/loop-control", O_RDWR);
  if (!number_.empty() || !control) {
    return;
  }
  const std::string file = workspace / "disk";
  const Fd content = open_fd(file, O_RDWR | O_CREAT);
  constexpr off_t kBytes = 8 << 20;
  EXPECT_EQ(::ftruncate(content.get(), kBytes), 0);
  // Somebody else may take the free one before it is set up.
  for (int attempt = 0; attempt < 10 && number_.empty(); ++attempt) {
    const std::string name = "loop" + std::to_string(::ioctl(control.get(), LOOP_CTL_GET_FREE));
    loop_ = open_fd("/dev/" + name, O_RDWR);
    loop_config config{};
    config.fd = static_cast<unsigned>(content.get());
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;  // free again when the last descriptor is closed
    if (loop_ && ::ioctl(loop_.get(), LOOP_CONFIGURE, &config) == 0) {
      number_ = number_of(name);
    }
  }
}

}  // namespace myrt::test
