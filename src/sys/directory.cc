#include "sys/directory.h"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <tuple>

#include "sys/file.h"

namespace myrt::sys {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

template <typename Wanted>
Result<std::vector<std::string>> matching(int directory, const std::string& path, Wanted wanted) {
  // Opened anew: the place where reading goes on belongs to the open file, and so to its duplicates
  // as well.
  UniqueFd fd = MYRT_TRY(open_at(directory, path, O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(fd.get()));
  if (!stream) {
    return std::unexpected(Error::from_errno({"read directory ", path}));
  }
  std::ignore = fd.release();  // closedir(3) closes it
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const struct ::dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && wanted(*entry)) {
      names.emplace_back(name);
    }
  }
  if (errno != 0) {
    return std::unexpected(Error::from_errno({"read directory ", path}));
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> names_in(int directory, const std::string& path) {
  return matching(directory, path, [](const struct ::dirent&) { return true; });
}

Result<std::vector<std::string>> directories_in(int directory, const std::string& path) {
  return matching(directory, path,
                  [](const struct ::dirent& entry) { return entry.d_type == DT_DIR; });
}

}  // namespace myrt::sys
