#include "config/reader.h"

namespace myrt::config {

namespace {

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBoolean:
      return "a boolean";
    case NodeKind::kNegative:
    case NodeKind::kUnsigned:
    case NodeKind::kReal:
      return "a number";
    case NodeKind::kString:
      return "a string";
    case NodeKind::kArray:
      return "an array";
    case NodeKind::kObject:
      return "an object";
  }
  return "";
}

bool is_absolute(std::string_view path) { return path.starts_with('/'); }

}  // namespace

Value Value::member(std::string_view key, bool required) const {
  const bool in_object = !missing_.has_value() && kind() == NodeKind::kObject;
  const NodeId found = in_object ? document_->find(node_, key) : kNoNode;
  if (found == kNoNode) {
    return {*this, node_, key, required && in_object};
  }
  return {*this, found, std::nullopt, required};
}

NodeKind Value::kind() const {
  return missing_.has_value() ? NodeKind::kNull : document_->node(node_).kind;
}

std::string Value::pointer() const {
  std::string pointer = document_->pointer(node_);
  return missing_.has_value() ? pointer_to(std::move(pointer), *missing_) : pointer;
}

bool Value::container(NodeKind wanted_kind, std::string_view wanted) const {
  if (!present_or_wanted()) {
    return false;
  }
  if (kind() != wanted_kind) {
    fault(base::concat({"want ", wanted, ", got ", describe(false)}));
    return false;
  }
  return true;
}

Values Value::elements(std::string_view wanted) const {
  Values values(*this);
  if (container(NodeKind::kArray, wanted)) {
    values.first_ = document_->node(node_).first_child;
    values.size_ = document_->node(node_).children;
  }
  return values;
}

Values Value::members(std::string_view wanted) const {
  Values values(*this);
  if (container(NodeKind::kObject, wanted)) {
    values.first_ = document_->node(node_).first_child;
    values.size_ = document_->node(node_).children;
  }
  return values;
}

std::optional<bool> Value::boolean() const {
  if (!present_or_wanted()) {
    return std::nullopt;
  }
  if (kind() != NodeKind::kBoolean) {
    want("true or false");
    return std::nullopt;
  }
  return document_->node(node_).number != 0;
}

std::optional<std::string_view> Value::string(std::string_view wanted) const {
  if (!present_or_wanted()) {
    return std::nullopt;
  }
  if (kind() != NodeKind::kString) {
    want(wanted);
    return std::nullopt;
  }
  return document_->text(document_->node(node_).text);
}

std::string Value::filled_text(std::string_view wanted) const {
  const std::optional<std::string_view> text = string(wanted);
  if (text == "") {
    want(wanted);
  }
  return std::string(text.value_or(""));
}

std::string Value::absolute_path() const {
  constexpr std::string_view kWanted = "an absolute path";
  const std::optional<std::string_view> path = string(kWanted);
  if (path.has_value() && !is_absolute(*path) && (required_ || !path->empty())) {
    want(kWanted);
  }
  return std::string(path.value_or(""));
}

std::vector<std::string> Value::texts() const {
  const Values values = elements("an array of strings");
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const Value& value : values) {
    texts.push_back(value.text());
  }
  return texts;
}

std::vector<std::string> Value::absolute_paths() const {
  const Values values = elements("an array of absolute paths");
  std::vector<std::string> paths;
  paths.reserve(values.size());
  for (const Value& value : values) {
    paths.push_back(value.absolute_path());
  }
  return paths;
}

void Value::want(std::string_view wanted) const {
  fault(base::concat({"want ", wanted, ", got ", describe(true)}));
}

std::string Value::describe(bool with_value) const {
  if (missing_.has_value()) {
    return "nothing";
  }
  const Node& node = document_->node(node_);
  if (!with_value) {
    return std::string(kind_name(node.kind));
  }
  switch (node.kind) {
    case NodeKind::kBoolean:
      return node.number != 0 ? "true" : "false";
    case NodeKind::kNegative:
      return std::to_string(static_cast<std::int64_t>(node.number));
    case NodeKind::kUnsigned:
      return std::to_string(node.number);
    case NodeKind::kReal:
      return base::escape(document_->text(node.text), base::kQuotedBytes);
    case NodeKind::kString:
      return base::quote(document_->text(node.text));
    case NodeKind::kArray:
      return node.children == 0 ? "an empty array" : "an array";
    default:
      return std::string(kind_name(node.kind));
  }
}

}  // namespace myrt::config
