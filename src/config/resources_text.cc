// `linux.resources` alone, as a text of its own.
#include <optional>

#include <myrt/update.h>

#include "config/parse.h"
#include "config/report.h"

namespace myrt {

Result<Resources> parse_resources(std::string_view text, std::string_view file) {
  config::Findings findings;
  const std::optional<config::Document> document = config::Document::parse(text, findings);
  if (!document.has_value()) {
    return std::unexpected(Error(config::report(findings, config::Document(), file, text)));
  }
  Resources resources = config::parse_limits(config::Value(*document, findings));
  if (findings.fault_count() > 0) {
    return std::unexpected(Error(config::report(findings, *document, file, text)));
  }
  return resources;
}

}  // namespace myrt
