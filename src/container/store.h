// The state root and the directories in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <myrt/container.h>
#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::container {

/// The directory of one container.
struct Entry {
  sys::UniqueFd directory;
  std::string id;
};

/// EINVAL, "invalid container ID format", unless `id` is 1 to 255 of [A-Za-z0-9_+.-] and starts
/// with neither "." nor "-".
Result<void> check_id(std::string_view id);

/// The state root. `create` makes it, mode 0700 with Store::sticky's bit, and its parents. ENOENT:
/// there is none.
Result<sys::UniqueFd> open_root(const Store& store, bool create);

/// Makes the directory of a new container, locked. Of several callers one wins; EEXIST for the
/// others.
Result<Entry> make_entry(int root, std::string_view id);

/// Opens a container's directory. ENOENT, "container does not exist".
Result<Entry> open_entry(const Store& store, std::string_view id);

/// Takes the lock of a container for one command; it goes with the descriptor. Waits at most
/// `milliseconds`; -1 waits for ever. Errors: ETIMEDOUT; ENOENT the container was deleted
/// meanwhile.
Result<void> lock(const Entry& entry, int milliseconds);

void unlock(const Entry& entry);

/// Removes the directory with all that is in it.
Result<void> remove_entry(const Store& store, const Entry& entry);

/// The names in the state root that are container ids, sorted.
Result<std::vector<std::string>> ids(int root);

}  // namespace myrt::container
