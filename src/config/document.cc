#include "config/document.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "config/locate.h"
#include "config/syntax.h"

namespace myrt::config {

/// Takes nlohmann's events. Its parser keeps its own stack, so nesting costs no recursion, and an
/// event that returns false ends it without an exception.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, Findings& findings) : text_(text), findings_(findings) {
    // Measured on engines' configs: 1 value for 20 bytes, half of the bytes in strings.
    document_.nodes_.reserve(std::min(text.size() / 16, kMaxValues));
    document_.bytes_.reserve(text.size() / 2);
  }

  Document take() && { return std::move(document_); }

  // The names are nlohmann's.
  bool null() { return add({.kind = NodeKind::kNull}); }
  bool boolean(bool value) { return add({.kind = NodeKind::kBoolean, .number = value ? 1U : 0U}); }
  bool number_integer(std::int64_t value) {
    return add({.kind = NodeKind::kNegative, .number = static_cast<std::uint64_t>(value)});
  }
  bool number_unsigned(std::uint64_t value) {
    return add({.kind = NodeKind::kUnsigned, .number = value});
  }
  bool number_float(double /*value*/, const std::string& text) {
    return add({.kind = NodeKind::kReal, .text = keep(text)});
  }
  bool string(const std::string& value) {
    const bool added = add({.kind = NodeKind::kString, .text = keep(value)});
    if (added && value.find('\0') != std::string::npos) {
      // The kernel would see the part before the NUL: another path than the one that was checked.
      fault(last(), base::concat({"want a string without NUL, got ", base::quote(value)}));
    }
    return added;
  }
  bool key(const std::string& name) {
    key_ = keep(name);
    after_key_ = true;
    return true;
  }
  bool binary(const std::vector<std::uint8_t>& /*value*/) { return false; }  // not in JSON texts
  bool start_object(std::size_t /*size*/) { return open(NodeKind::kObject); }
  bool start_array(std::size_t /*size*/) { return open(NodeKind::kArray); }
  bool end_array() {
    open_.pop_back();
    return true;
  }
  bool end_object() {
    find_duplicates(open_.back().node);
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;  // nlohmann's number for what no double can hold
    const bool overflow = error.id == kNumberOverflow;
    findings_.fatal(syntax_fault(text_, position, overflow ? SyntaxState::kHugeNumber : state()));
    return false;
  }

 private:
  struct Open {
    NodeId node;
    NodeId last_child;
  };

  [[nodiscard]] NodeId last() const { return static_cast<NodeId>(document_.nodes_.size() - 1); }

  Slice keep(std::string_view text) {
    const Slice slice{.offset = static_cast<std::uint32_t>(document_.bytes_.size()),
                      .size = static_cast<std::uint32_t>(text.size())};
    document_.bytes_ += text;
    return slice;
  }

  [[nodiscard]] SyntaxState state() const {
    if (open_.empty()) {
      return document_.nodes_.empty() ? SyntaxState::kStart : SyntaxState::kDone;
    }
    if (document_.node(open_.back().node).kind == NodeKind::kArray) {
      return SyntaxState::kInArray;
    }
    return after_key_ ? SyntaxState::kAfterName : SyntaxState::kInObject;
  }

  void fault(NodeId id, std::string text) {
    findings_.fault(document_.pointer(id), std::move(text));
  }

  /// Ends parsing: what has been found so far gives way to the limit.
  bool refuse(std::string text) {
    findings_.fatal({.pointer = document_.pointer(last()),
                     .text = std::move(text),
                     .offset = offset_of(text_, document_.path(last()))});
    return false;
  }

  bool add(Node node) {
    const auto id = static_cast<NodeId>(document_.nodes_.size());
    if (!open_.empty()) {
      Open& parent = open_.back();
      node.parent = parent.node;
      node.key = std::exchange(key_, Slice{});
      NodeId& link = parent.last_child == kNoNode ? document_.nodes_[parent.node].first_child
                                                  : document_.nodes_[parent.last_child].next;
      link = id;
      parent.last_child = id;
      node.ordinal = document_.nodes_[parent.node].children++;
    }
    document_.nodes_.push_back(node);
    if (after_key_ && document_.text(node.key).find('\0') != std::string_view::npos) {
      fault(id, "want a name without NUL");
    }
    after_key_ = false;
    if (document_.nodes_.size() > kMaxValues) {
      return refuse(
          base::concat({"want at most ", std::to_string(kMaxValues), " values in the file"}));
    }
    return true;
  }

  bool open(NodeKind kind) {
    if (!add({.kind = kind})) {
      return false;
    }
    if (open_.size() == kMaxDepth) {
      return refuse(
          base::concat({"want at most ", std::to_string(kMaxDepth), " levels of nesting"}));
    }
    open_.push_back({.node = last(), .last_child = kNoNode});
    return true;
  }

  /// Parsers differ in which of two equal keys they take, so a config that has them may mean
  /// something else to whoever looked at it before us.
  void find_duplicates(NodeId object) {
    members_.clear();
    for (NodeId id = document_.node(object).first_child; id != kNoNode;
         id = document_.node(id).next) {
      members_.push_back(id);
    }
    const auto key_of = [this](NodeId id) { return document_.text(document_.node(id).key); };
    std::ranges::stable_sort(members_, {}, key_of);
    for (std::size_t i = 1; i < members_.size(); ++i) {
      if (key_of(members_[i]) == key_of(members_[i - 1])) {
        fault(members_[i], "want one member of this name, got another");
      }
    }
  }

  std::string_view text_;
  Findings& findings_;
  Document document_;
  std::vector<Open> open_;
  std::vector<NodeId> members_;  // of the object at hand, kept for its capacity
  Slice key_;
  bool after_key_ = false;
};

std::optional<Document> Document::parse(std::string_view text, Findings& findings) {
  if (text.size() > kMaxTextBytes) {
    findings.fatal({.pointer = "",
                    .text = base::concat({"want at most ", std::to_string(kMaxTextBytes),
                                          " bytes, got ", std::to_string(text.size())}),
                    .offset = 0});
    return std::nullopt;
  }
  // nlohmann-json takes a NUL for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    findings.fatal({.pointer = "", .text = "want JSON, got a NUL byte", .offset = nul});
    return std::nullopt;
  }
  TreeBuilder builder(text, findings);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return std::nullopt;
  }
  return std::move(builder).take();
}

NodeId Document::find(NodeId object, std::string_view key) const {
  for (NodeId id = nodes_[object].first_child; id != kNoNode; id = nodes_[id].next) {
    if (text(nodes_[id].key) == key) {
      return id;
    }
  }
  return kNoNode;
}

std::vector<std::uint32_t> Document::path(NodeId id) const {
  std::vector<std::uint32_t> steps;
  for (; id != kRoot; id = nodes_[id].parent) {
    steps.push_back(nodes_[id].ordinal);
  }
  std::ranges::reverse(steps);
  return steps;
}

std::string Document::pointer(NodeId id) const {
  std::vector<NodeId> way;
  for (; id != kRoot; id = nodes_[id].parent) {
    way.push_back(id);
  }
  std::string pointer;
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    const bool in_object = nodes_[nodes_[*step].parent].kind == NodeKind::kObject;
    pointer = pointer_to(std::move(pointer), in_object ? text(nodes_[*step].key)
                                                       : std::to_string(nodes_[*step].ordinal));
  }
  return pointer;
}

NodeId Document::resolve(std::string_view pointer) const {
  NodeId at = kRoot;
  while (!pointer.empty()) {
    const std::size_t end = pointer.find('/', 1);
    const std::string_view step = pointer.substr(0, end);
    const bool in_object = nodes_[at].kind == NodeKind::kObject;
    // The last of equal keys: a fault that names a duplicate means the later one.
    NodeId found = kNoNode;
    for (NodeId id = nodes_[at].first_child; id != kNoNode; id = nodes_[id].next) {
      const Node& child = nodes_[id];
      if (pointer_to("", in_object ? text(child.key) : std::to_string(child.ordinal)) == step) {
        found = id;
      }
    }
    if (found == kNoNode) {
      break;
    }
    at = found;
    pointer = end == std::string_view::npos ? "" : pointer.substr(end);
  }
  return at;
}

std::string pointer_to(std::string pointer, std::string_view key) {
  pointer += '/';
  for (const char byte : key) {
    if (byte == '~') {
      pointer += "~0";
    } else if (byte == '/') {
      pointer += "~1";
    } else {
      pointer += byte;
    }
  }
  return pointer;
}

}  // namespace myrt::config
