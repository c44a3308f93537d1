#include "plan/net_device_name.h"

#include <algorithm>
#include <cerrno>

#include "base/text.h"

namespace myrt::plan {

namespace {

constexpr std::size_t kMaxBytes = 15;  // IFNAMSIZ with its zero: include/uapi/linux/if.h
constexpr std::string_view kNumber = "%d";

}  // namespace

Result<std::string> net_device_name(std::string_view wanted, std::span<const std::string> taken) {
  const auto is_taken = [taken](const std::string& name) {
    return std::ranges::find(taken, name) != taken.end();
  };
  std::string name(wanted);
  const std::size_t place = wanted.find(kNumber);
  if (place == std::string_view::npos) {
    return is_taken(name)
               ? std::unexpected(Error::from_code(EEXIST, {base::quote(name), " in the container"}))
               : Result<std::string>(std::move(name));
  }
  for (unsigned number = 0;; ++number) {
    name = base::concat(
        {wanted.substr(0, place), std::to_string(number), wanted.substr(place + kNumber.size())});
    if (name.size() > kMaxBytes) {
      return std::unexpected(
          Error::from_code(ENFILE, {"number for ", base::quote(wanted), " in the container"}));
    }
    if (!is_taken(name)) {
      return name;
    }
  }
}

}  // namespace myrt::plan
