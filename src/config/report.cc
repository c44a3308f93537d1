#include "config/report.h"

#include <cstddef>

#include "base/text.h"
#include "config/locate.h"

namespace myrt::config {

namespace {

constexpr std::size_t kShownFaults = 10;
// One line of a log: engines read it with a buffer, and a write below PIPE_BUF (4 KiB) is not mixed
// with others.
constexpr std::size_t kMessageBytes = 4095;
constexpr std::size_t kMoreBytes = 32;  // "; and N more"
// Escaping makes four bytes of one at most, and a fault's own text is below 1 KiB, so one always
// fits.
constexpr std::size_t kFileBytes = 256;
constexpr std::size_t kPointerBytes = 256;

std::string sentence(const Fault& fault, std::string_view file, Position position) {
  const std::string line = std::to_string(position.line);
  const std::string column = std::to_string(position.column);
  const std::string pointer =
      fault.pointer.empty() ? "" : base::escape(fault.pointer, kPointerBytes) + ": ";
  return base::concat({file, ":", line, ":", column, ": ", pointer, fault.text});
}

}  // namespace

std::string report(const Findings& findings, const Document& document, std::string_view file,
                   std::string_view text) {
  const std::string shown_file = base::escape(file, kFileBytes);
  std::string message;
  std::size_t shown = 0;
  for (const Fault& fault : findings.first_faults()) {
    const std::size_t offset =
        fault.offset.has_value() ? *fault.offset
                                 : offset_of(text, document.path(document.resolve(fault.pointer)));
    const std::string next = sentence(fault, shown_file, position_of(text, offset));
    const bool fits = message.size() + 2 + next.size() + kMoreBytes <= kMessageBytes;
    if (shown == kShownFaults || !fits) {
      break;
    }
    message += shown == 0 ? "" : "; ";
    message += next;
    ++shown;
  }
  if (findings.fault_count() > shown) {
    message += "; and " + std::to_string(findings.fault_count() - shown) + " more";
  }
  return message;
}

}  // namespace myrt::config
