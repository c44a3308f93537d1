#include "config/process_file.h"

#include <optional>

#include "config/document.h"
#include "config/parse.h"
#include "config/report.h"

namespace myrt::config {

Result<ProcessFile> parse_process_file(std::string_view text, std::string_view file) {
  Findings findings;
  const std::optional<Document> document = Document::parse(text, findings);
  if (!document.has_value()) {
    return std::unexpected(Error(report(findings, Document(), file, text)));
  }
  const Value in(*document, findings);
  ProcessFile parsed;
  parsed.process = parse_process(in);
  if (findings.fault_count() > 0) {
    return std::unexpected(Error(report(findings, *document, file, text)));
  }
  parsed.has_capabilities = in["capabilities"].present();
  parsed.has_rlimits = in["rlimits"].present();
  parsed.has_no_new_privileges = in["noNewPrivileges"].present();
  parsed.warnings = findings.take_warnings();
  return parsed;
}

}  // namespace myrt::config
