#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

Result<std::vector<std::string>> protected_paths(const std::vector<std::string>& paths,
                                                 std::string_view pointer) {
  std::vector<std::string> clean;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::string path =
        MYRT_TRY(path_in_root(paths[i], base::concat({pointer, "/", std::to_string(i)})));
    if (std::ranges::find(clean, path) == clean.end()) {
      clean.push_back(std::move(path));
    }
  }
  return clean;
}

}  // namespace myrt::plan
