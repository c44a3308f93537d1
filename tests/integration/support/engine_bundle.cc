#include "support/engine_bundle.h"

#include <filesystem>
#include <string>

#include "support/files.h"
#include "support/json.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// A directory for /dev/shm, else a file.
fs::path source_for(const Bundle& bundle, const std::string& destination) {
  const fs::path source =
      bundle.workspace() / ("bound-" + fs::path(destination).filename().string());
  if (destination == "/dev/shm") {
    fs::create_directories(source);
  } else {
    write_file(source, "bound on " + destination + "\n");
  }
  return source;
}

}  // namespace

void use_engine_config(Bundle& bundle, std::string_view config) {
  bundle.raw_config(std::string(config));
  bundle.set("/root/path", R"("rootfs")")
      .set("/linux/cgroupsPath", json_quote("/" + unique_name()));
  for (std::size_t index = 0; index < json_size(bundle.config(), "/mounts").value_or(0); ++index) {
    const std::string mount = "/mounts/" + std::to_string(index);
    if (json_string(bundle.config(), mount + "/type") == "bind") {
      const std::string destination = json_string(bundle.config(), mount + "/destination").value();
      bundle.set(mount + "/source", json_quote(source_for(bundle, destination)));
    }
  }
}

}  // namespace myrt::test
