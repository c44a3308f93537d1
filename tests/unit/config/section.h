// One section of a config.json, parsed alone: what it became, and what was said about it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/reader.h"

namespace myrt::config {

template <typename T>
struct Parsed {
  T value;
  std::vector<std::string> faults;  // "/pointer: text"
  std::vector<std::string> warnings;
};

inline std::vector<std::string> texts_of(const Findings& findings) {
  std::vector<std::string> texts;
  for (const Fault& fault : findings.first_faults()) {
    texts.push_back(fault.pointer + ": " + fault.text);
  }
  return texts;
}

/// `parse` applied to the tree of `json`, which must be JSON.
template <typename Parse>
auto parse_section(Parse parse, std::string_view json) {
  Findings findings;
  const Document document = Document::parse(json, findings).value();
  using T = decltype(parse(Value(document, findings)));
  Parsed<T> parsed{.value = parse(Value(document, findings)), .faults = {}, .warnings = {}};
  parsed.faults = texts_of(findings);
  parsed.warnings = findings.take_warnings();
  return parsed;
}

}  // namespace myrt::config
