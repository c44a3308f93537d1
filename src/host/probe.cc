#include "host/probe.h"

#include <unistd.h>

#include "sys/credentials.h"

namespace myrt::host {

Result<HostFacts> probe() {
  return HostFacts{
      .uid = ::geteuid(),
      .gid = ::getegid(),
      .capabilities = MYRT_TRY(sys::permitted_capabilities()),
      .last_capability = sys::last_capability(),
  };
}

}  // namespace myrt::host
