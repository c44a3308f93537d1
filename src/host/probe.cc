#include "host/probe.h"

#include <unistd.h>

#include "host/user_namespace.h"
#include "sys/credentials.h"

namespace myrt::host {

Result<HostFacts> probe() {
  const bool inside = MYRT_TRY(in_user_namespace());
  return HostFacts{
      .uid = ::geteuid(),
      .gid = ::getegid(),
      .capabilities = MYRT_TRY(sys::permitted_capabilities()),
      .last_capability = sys::last_capability(),
      .in_user_namespace = inside,
      .setgroups_denied = inside && MYRT_TRY(setgroups_denied()),
  };
}

}  // namespace myrt::host
