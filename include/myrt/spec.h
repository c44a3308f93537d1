// Spec: config.json, parsed and checked (runtime-spec 1.3.0, config.md). It owns its strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_hooks.h>
#include <myrt/spec_linux.h>
#include <myrt/spec_mount.h>
#include <myrt/spec_process.h>

namespace myrt {

struct Spec {
  std::string oci_version;
  std::optional<Process> process;
  Root root;
  std::string hostname;
  std::string domainname;
  std::vector<Mount> mounts;
  Hooks hooks;
  std::vector<std::pair<std::string, std::string>> annotations;  // in the file's order
  Linux linux;
  // What is accepted but worth telling, each as "/pointer: text": unknown capabilities ...
  std::vector<std::string> warnings;
  friend bool operator==(const Spec&, const Spec&) = default;
};

/// Parses and validates the text of a config.json. `file` is its name for messages. All faults are
/// found: the message is one line, "file:line:column: /pointer: wanted, got", joined by "; ", at
/// most ten, below 4 KiB. Fields that myrt does not support yet are faults, never ignored; unknown
/// fields are ignored (config.md "Extensibility").
Result<Spec> parse_spec(std::string_view text, std::string_view file);

/// The text of the config.json that `myrt spec` writes: a shell in ./rootfs with a terminal, as
/// runc's. With `rootless`, one for a user without privileges whose ids are `uid` and `gid`.
std::string default_spec(bool rootless, unsigned uid, unsigned gid);

}  // namespace myrt
