#include "init/apparmor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "sys/file.h"
#include "sys/resolve.h"

namespace myrt::init {

namespace {

/// The file of AppArmor alone, or before Linux 5.8 the one that all security modules share.
Result<sys::UniqueFd> open_attribute(int procfs) {
  const std::string directory = std::to_string(::getpid()) + "/attr/";
  Result<sys::UniqueFd> file =
      sys::open_in_root_no_links(procfs, directory + "apparmor/exec", O_WRONLY);
  if (file.has_value() || file.error().code() != ENOENT) {
    return file;
  }
  return sys::open_in_root_no_links(procfs, directory + "exec", O_WRONLY);
}

}  // namespace

Result<void> set_apparmor_profile(int procfs, const std::string& profile) {
  if (profile.empty()) {
    return {};
  }
  const std::string step = "process.apparmorProfile " + base::quote(profile);
  const sys::UniqueFd file = MYRT_TRY(in(step, open_attribute(procfs)));
  return in(step, sys::write_all(file.get(), "exec " + profile, "attr/exec"));
}

}  // namespace myrt::init
