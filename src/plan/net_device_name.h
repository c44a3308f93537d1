// What a network device is called in the container.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::plan {

/// `wanted` itself or, when it has a "%d", with the lowest number there that makes it a name that
/// is not in `taken`, as the kernel counts. EEXIST: it is taken. ENFILE: no number makes a name of
/// at most 15 bytes.
Result<std::string> net_device_name(std::string_view wanted, std::span<const std::string> taken);

}  // namespace myrt::plan
