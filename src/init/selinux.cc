#include "init/selinux.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/file.h"
#include "sys/resolve.h"

namespace myrt::init {

namespace {

Result<void> write_attribute(int procfs, const std::string& name, const std::string& label) {
  if (label.empty()) {
    return {};
  }
  const std::string step = "process.selinuxLabel " + base::quote(label);
  const sys::UniqueFd file = MYRT_TRY(in(
      step, sys::open_in_root_no_links(procfs, std::to_string(::getpid()) + "/" + name, O_WRONLY)));
  return in(step, sys::write_all(file.get(), label, name));
}

}  // namespace

Result<void> set_exec_label(int procfs, const std::string& label) {
  return write_attribute(procfs, "attr/exec", label);
}

Result<void> set_key_label(int procfs, const std::string& label) {
  return write_attribute(procfs, "attr/keycreate", label);
}

}  // namespace myrt::init
