// `create` from the inside, for create() and run().
#pragma once

#include <string_view>

#include <myrt/container.h>

#include "container/hand_over.h"
#include "container/record.h"
#include "container/store.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// A container that has just been created, its lock still held.
struct Created {
  Entry entry;
  Record record;
  PidFile pid_file;
  sys::UniqueFd pidfd;
  sys::UniqueFd
      terminal;  // the pseudo-terminal's master, when there is a terminal and no console socket
};

/// Everything that create() does. On failure nothing is left.
Result<Created> create_container(const Store& store, std::string_view id,
                                 const CreateOptions& options);

}  // namespace myrt::container
