// Typed form of config.json's `root` and `mounts` (runtime-spec 1.3.0, config.md "Root", "Mounts").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <myrt/spec_id_mapping.h>

namespace myrt {

struct Root {
  std::string path;  // as written; relative to the bundle
  bool readonly = false;
  friend bool operator==(const Root&, const Root&) = default;
};

/// Mount attributes to set and to clear, as MOUNT_ATTR_* bits (mount_setattr(2)). The last option
/// given wins; what was cleared explicitly is kept in `clear`, since `rw` on a bind mount must act.
struct MountAttributes {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  friend bool operator==(const MountAttributes&, const MountAttributes&) = default;
};

/// How much of a bind mount shows its files with other owners (mount_setattr(2), "ID-mapped
/// mounts").
enum class IdMapScope {
  kNone,
  kMount,  // option `idmap`, or mappings without an option: the mount alone
  kTree,   // option `ridmap`: and all that is mounted below
};

/// One `mounts` entry with its options taken apart.
struct Mount {
  std::string destination;  // as written
  std::string type;         // empty when absent
  std::string source;       // as written; relative bind sources are relative to the bundle

  bool bind = false;            // option `bind` or `rbind`: `type` is ignored then
  bool bind_recursive = false;  // option `rbind`
  bool remount = false;
  MountAttributes attributes;            // of this mount alone: ro, nosuid, noatime ...
  MountAttributes recursive_attributes;  // of the whole tree: rro, rnosuid ...
  std::vector<unsigned long>
      propagation;  // MS_PRIVATE, MS_SLAVE|MS_REC ..., one mount call each, in order
  std::vector<std::string>
      super_flags;  // superblock words for fsconfig(2): sync, dirsync, lazytime, mand, iversion ...
  std::vector<std::string> data;  // options of the file system: "size=64k", "mode=1777"
  bool copy_up = false;           // option `tmpcopyup`

  IdMapScope id_mapped = IdMapScope::kNone;  // of bind mounts alone
  // A containerID is an owner in the source, its hostID whom the mount shows instead, as the
  // runtime sees it. Both lists or neither; `id_mapped` without them takes those of the container's
  // user namespace.
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  friend bool operator==(const Mount&, const Mount&) = default;
};

}  // namespace myrt
