// The faults of a config.json as one message for the user.
#pragma once

#include <string>
#include <string_view>

#include "config/document.h"
#include "config/faults.h"

namespace myrt::config {

/// "file:line:column: /pointer: text" for each fault, joined by "; ", at most ten, then "and N
/// more": one line below 4 KiB. `text` is the file's, `document` its tree, for the places.
std::string report(const Findings& findings, const Document& document, std::string_view file,
                   std::string_view text);

}  // namespace myrt::config
