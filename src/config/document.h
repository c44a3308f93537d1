// The text of a JSON file as a compact tree. It is made once, read by reader.h, and dropped when
// the Spec stands. All of it is in two allocations that grow: the nodes, and the bytes of all
// strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/faults.h"

namespace myrt::config {

/// Limits on what is read at all: the caller is trusted, but parts of its config come out of
/// images.
inline constexpr std::size_t kMaxTextBytes = 16UL << 20U;
inline constexpr std::size_t kMaxValues = 1UL << 18U;  // an engine's config has 2,000
inline constexpr std::size_t kMaxDepth = 64;           // a config.json needs 8

enum class NodeKind : std::uint8_t {
  kNull,
  kBoolean,
  kNegative,
  kUnsigned,
  kReal,
  kString,
  kArray,
  kObject
};

using NodeId = std::uint32_t;
inline constexpr NodeId kRoot = 0;
inline constexpr NodeId kNoNode = UINT32_MAX;

/// A string as its place in the document's bytes.
struct Slice {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

struct Node {
  NodeKind kind = NodeKind::kNull;
  NodeId parent = kNoNode;
  NodeId next = kNoNode;  // the next element or member of the parent
  NodeId first_child = kNoNode;
  std::uint32_t children = 0;
  std::uint32_t ordinal = 0;  // how many siblings stand before it in the file
  Slice key;                  // of a member
  Slice text;                 // of a string; of a real number, as it stands in the file
  std::uint64_t number = 0;   // kUnsigned; kNegative in two's complement; kBoolean: 0 or 1
};

class Document {
 public:
  /// The tree of `text`. Duplicate keys and NUL characters are added to `findings`, all of them.
  /// Without a value, `text` is not JSON or exceeds a limit, and exactly one fault tells why.
  static std::optional<Document> parse(std::string_view text, Findings& findings);

  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] std::string_view text(Slice slice) const {
    return std::string_view(bytes_).substr(slice.offset, slice.size);
  }

  /// The member `key` of an object, or kNoNode. Keys are case-sensitive.
  [[nodiscard]] NodeId find(NodeId object, std::string_view key) const;

  /// The JSON pointer (RFC 6901) of a node; "" is the root.
  [[nodiscard]] std::string pointer(NodeId id) const;

  /// The node that `pointer` leads to, or the last one on the way that exists.
  [[nodiscard]] NodeId resolve(std::string_view pointer) const;

  /// The way from the root to a node: its ordinal at each level.
  [[nodiscard]] std::vector<std::uint32_t> path(NodeId id) const;

 private:
  friend class TreeBuilder;

  std::vector<Node> nodes_;
  std::string bytes_;
};

/// `pointer` with one more step to the member `key`.
std::string pointer_to(std::string pointer, std::string_view key);

}  // namespace myrt::config
