// Any packet is refused or is the message that encodes to it.
#include "init/message.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  const myrt::Result<myrt::init::Message> message = myrt::init::decode(packet);
  if (message.has_value() && myrt::init::encode(*message) != packet) {
    std::abort();
  }
  return 0;
}
