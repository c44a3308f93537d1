#include "support/memory.h"

#include "support/facts.h"

namespace myrt::test {

Bundle& limit_memory(Bundle& bundle, std::int64_t bytes) {
  const std::string limit = std::to_string(bytes);
  return bundle.set("/linux/resources/memory",
                    R"({"limit": )" + limit + R"(, "swap": )" + limit + "}");
}

std::string memory_limit_file() { return cgroup_v2() ? "memory.max" : "memory.limit_in_bytes"; }

}  // namespace myrt::test
