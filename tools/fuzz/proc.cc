// What the kernel writes can hold names that others chose: mountinfo's paths, the name in a
// process's stat.
#include "sys/proc.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(myrt::sys::parse_mountinfo(text));
  static_cast<void>(myrt::sys::parse_process_stat(text));
  return 0;
}
