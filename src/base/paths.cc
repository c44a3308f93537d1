#include "base/paths.h"

#include <vector>

#include "base/text.h"

namespace myrt::base {

namespace {

struct Cleaned {
  std::string path;
  bool climbed = false;
};

Cleaned clean(std::string_view path) {
  std::vector<std::string_view> kept;
  bool climbed = false;
  for (const std::string_view component : split(path, '/')) {
    if (component.empty() || component == ".") {
      continue;
    }
    if (component != "..") {
      kept.push_back(component);
    } else if (kept.empty()) {
      climbed = true;
    } else {
      kept.pop_back();
    }
  }
  return {.path = "/" + join(kept, "/"), .climbed = climbed};
}

}  // namespace

std::string clean_absolute(std::string_view path) { return clean(path).path; }

std::optional<std::string> clean_inside_root(std::string_view path) {
  Cleaned cleaned = clean(path);
  if (cleaned.climbed) {
    return std::nullopt;
  }
  return std::move(cleaned.path);
}

bool is_below(std::string_view path, std::string_view directory) {
  if (directory == "/") {
    return path.size() > 1;
  }
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

std::string absolute_from(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) {
    return std::string(path);
  }
  return concat({directory, directory.ends_with('/') ? "" : "/", path});
}

}  // namespace myrt::base
