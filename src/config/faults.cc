#include "config/faults.h"

#include <algorithm>

#include "base/text.h"

namespace myrt::config {

namespace {

constexpr std::size_t kKeptFaults = 1000;
constexpr std::size_t kKeptWarnings = 100;

/// Whether `pointer` is `ancestor` or lies below it.
bool is_within(std::string_view pointer, std::string_view ancestor) {
  return pointer.starts_with(ancestor) &&
         (pointer.size() == ancestor.size() || pointer[ancestor.size()] == '/');
}

}  // namespace

void Findings::fault(std::string pointer, std::string text) {
  ++fault_count_;
  if (faults_.size() < kKeptFaults) {
    faults_.push_back(
        {.pointer = std::move(pointer), .text = std::move(text), .offset = std::nullopt});
  }
}

void Findings::fatal(Fault fault) {
  faults_ = {std::move(fault)};
  fault_count_ = 1;
}

void Findings::warn(std::string_view pointer, std::string_view text) {
  if (warnings_.size() < kKeptWarnings) {
    warnings_.push_back(base::concat({pointer, ": ", text}));
  } else if (warnings_.size() == kKeptWarnings) {
    warnings_.emplace_back("more warnings are left out");
  }
}

bool Findings::touch(std::string_view pointer) const {
  return std::ranges::any_of(faults_, [pointer](const Fault& fault) {
    return is_within(fault.pointer, pointer) || is_within(pointer, fault.pointer);
  });
}

}  // namespace myrt::config
