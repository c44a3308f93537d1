// Any text is a spec or a sentence: no crash, no unbounded message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <myrt/spec.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const myrt::Result<myrt::Spec> spec = myrt::parse_spec(text, "config.json");
  if (!spec.has_value() && spec.error().text().size() > 4096) {
    std::abort();
  }
  return 0;
}
