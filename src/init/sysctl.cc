#include "init/sysctl.h"

#include <fcntl.h>

#include "sys/file.h"
#include "sys/resolve.h"

namespace myrt::init {

Result<void> write_sysctls(int procfs,
                           const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [path, value] : values) {
    const std::string step = "sysctl " + path;
    const sys::UniqueFd file =
        MYRT_TRY(in(step, sys::open_in_root_no_links(procfs, "sys/" + path, O_WRONLY)));
    MYRT_TRY(in(step, sys::write_all(file.get(), value, path)));
  }
  return {};
}

}  // namespace myrt::init
