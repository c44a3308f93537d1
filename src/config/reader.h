// Typed access to the fields of a JSON tree. Nothing is coerced: a value of another type or out of
// its range is a fault that names its place, what was wanted, and what is there. Reading goes on
// after a fault, so that all are found; what a faulty field yields is an empty value.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/document.h"
#include "config/faults.h"
#include "config/names.h"

namespace myrt::config {

class Values;

/// A place in the tree: a value, or a field that is not there. Optional fields that are absent or
/// null yield nothing and are no fault; required ones (`need`, elements of arrays) are.
class Value {
 public:
  /// The root. `document` and `findings` must outlive the value.
  Value(const Document& document, Findings& findings)
      : document_(&document), findings_(&findings), node_(kRoot), required_(true) {}

  /// The member `key`, when this is an object; `key` must outlive the result.
  Value operator[](std::string_view key) const { return member(key, false); }
  [[nodiscard]] Value need(std::string_view key) const { return member(key, true); }

  /// What is here; null, too, when nothing is.
  [[nodiscard]] NodeKind kind() const;
  /// Whether there is a value other than null.
  [[nodiscard]] bool present() const { return kind() != NodeKind::kNull; }
  /// Whether this says nothing: absent, null or "". Engines write "" for what they leave out.
  [[nodiscard]] bool is_empty() const {
    return !present() || (kind() == NodeKind::kString && text().empty());
  }
  /// The name of this member of an object.
  [[nodiscard]] std::string_view key() const { return document_->text(document_->node(node_).key); }
  [[nodiscard]] std::string pointer() const;

  /// Whether this is an object.
  [[nodiscard]] bool object() const { return container(NodeKind::kObject, "an object"); }
  /// The elements of an array, the members of an object. `wanted` names the whole: "an array of
  /// hooks".
  [[nodiscard]] Values elements(std::string_view wanted) const;
  [[nodiscard]] Values members(std::string_view wanted) const;

  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::string_view> string(std::string_view wanted = "a string") const;
  /// A string, or "" for an absent one.
  [[nodiscard]] std::string text() const { return std::string(string().value_or("")); }
  /// A string that is not "".
  [[nodiscard]] std::string filled_text(std::string_view wanted) const;
  /// A path that starts with '/'. An optional one may be "".
  [[nodiscard]] std::string absolute_path() const;
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] std::vector<std::string> absolute_paths() const;

  /// An integer in `min`..`max`.
  template <std::integral T>
  [[nodiscard]] std::optional<T> integer(T min = std::numeric_limits<T>::min(),
                                         T max = std::numeric_limits<T>::max()) const {
    if (!present_or_wanted()) {
      return std::nullopt;
    }
    const Node& node = document_->node(node_);
    const auto negative = static_cast<std::int64_t>(node.number);
    if (node.kind == NodeKind::kUnsigned && std::cmp_greater_equal(node.number, min) &&
        std::cmp_less_equal(node.number, max)) {
      return static_cast<T>(node.number);
    }
    if (node.kind == NodeKind::kNegative && std::cmp_greater_equal(negative, min) &&
        std::cmp_less_equal(negative, max)) {
      return static_cast<T>(negative);
    }
    want(base::concat({"an integer from ", std::to_string(min), " to ", std::to_string(max)}));
    return std::nullopt;
  }

  /// What a word stands for. `noun` says what is wanted: "a namespace type".
  template <typename T>
  [[nodiscard]] std::optional<T> word(std::span<const Named<T>> table,
                                      std::string_view noun) const {
    const Named<T>* entry = entry_of(table, noun);
    return entry == nullptr ? std::nullopt : std::optional<T>(entry->value);
  }
  /// A word of `table`, or "".
  [[nodiscard]] std::string name_in(std::span<const Name> table, std::string_view noun) const {
    const Name* entry = entry_of(table, noun);
    return entry == nullptr ? "" : std::string(entry->name);
  }

  /// Adds a fault about this place: "want WANTED, got" and what is there.
  void want(std::string_view wanted) const;
  void fault(std::string text) const { findings_->fault(pointer(), std::move(text)); }
  void warn(std::string_view text) const { findings_->warn(pointer(), text); }

 private:
  friend class Values;
  Value(const Value& from, NodeId node, std::optional<std::string_view> missing, bool required)
      : document_(from.document_),
        findings_(from.findings_),
        node_(node),
        missing_(missing),
        required_(required) {}

  [[nodiscard]] Value member(std::string_view key, bool required) const;
  /// Whether there is a value to read; a fault when there ought to be one.
  [[nodiscard]] bool present_or_wanted() const { return present() || required_; }
  [[nodiscard]] bool container(NodeKind kind, std::string_view wanted) const;
  [[nodiscard]] std::string describe(bool with_value) const;

  template <typename Entry>
  const Entry* entry_of(std::span<const Entry> table, std::string_view noun) const {
    constexpr std::size_t kListed = 9;
    const bool listed = table.size() <= kListed;
    const Entry* entry = nullptr;
    if (present_or_wanted()) {
      entry = kind() == NodeKind::kString ? find_name(table, string().value_or("")) : nullptr;
      if (entry == nullptr) {
        want(listed ? base::concat({noun, " (", name_list(table), ")"}) : std::string(noun));
      }
    }
    return entry;
  }

  const Document* document_;
  Findings* findings_;
  NodeId node_;                              // itself; of a missing member, the object
  std::optional<std::string_view> missing_;  // the name of a missing member
  bool required_;
};

/// The children of a value, to iterate over.
class Values {
 public:
  class Iterator {
   public:
    Value operator*() const { return {parent_, node_, std::nullopt, true}; }
    Iterator& operator++() {
      node_ = parent_.document_->node(node_).next;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    friend class Values;
    Iterator(const Value& parent, NodeId node) : parent_(parent), node_(node) {}
    Value parent_;
    NodeId node_;
  };

  [[nodiscard]] Iterator begin() const { return {parent_, first_}; }
  [[nodiscard]] Iterator end() const { return {parent_, kNoNode}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Value;
  explicit Values(const Value& parent) : parent_(parent) {}
  Value parent_;
  NodeId first_ = kNoNode;
  std::size_t size_ = 0;
};

}  // namespace myrt::config
