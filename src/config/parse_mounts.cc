#include <algorithm>

#include "config/id_mappings.h"
#include "config/mount_options.h"
#include "config/parse.h"

namespace myrt::config {

namespace {

/// Whether a path relative to the root leads out of it. Absolute ones cannot: `..` of the root is
/// the root.
bool climbs_out(std::string_view path) {
  if (path.starts_with('/')) {
    return false;
  }
  int depth = 0;
  for (const std::string_view step : base::split(path, '/')) {
    if (step == "..") {
      --depth;
    } else if (!step.empty() && step != ".") {
      ++depth;
    }
    if (depth < 0) {
      return true;
    }
  }
  return false;
}

std::string parse_destination(const Value& in) {
  constexpr std::string_view kWanted = "a path in the container";
  const std::optional<std::string_view> path = in.string(kWanted);
  if (!path.has_value()) {
    return "";
  }
  if (path->empty() || climbs_out(*path)) {
    in.want(kWanted);
  } else if (!path->starts_with('/')) {
    in.warn("a relative destination is taken from the container's root");
  }
  return std::string(*path);
}

/// An option with its place, and what it is if it is not the file system's own.
struct Option {
  Value place;
  std::string_view word;
  const MountOption* known;
};

std::vector<Option> parse_options(const Value& in) {
  const Values values = in.elements("an array of strings");
  std::vector<Option> options;
  options.reserve(values.size());
  for (const Value& value : values) {
    if (const std::optional<std::string_view> word = value.string(); word.has_value()) {
      options.push_back(
          {.place = value, .word = *word, .known = find_name(mount_options(), *word)});
    }
  }
  return options;
}

bool is_kind(const Option& option, MountOption::Kind kind) {
  return option.known != nullptr && option.known->kind == kind;
}

void apply_option(const Option& option, bool bind, Mount& mount) {
  if (option.known == nullptr) {
    if (bind) {
      // The file system is mounted already: the kernel would ignore the option.
      option.place.want("an option that a bind mount can have");
    }
    mount.data.emplace_back(option.word);
    return;
  }
  if (option.known->kind == MountOption::Kind::kSuper && bind) {
    option.place.warn("has no effect on a bind mount");
  }
  apply(*option.known, mount);
}

bool is_left_out(const Value& list) {
  return !list.present() ||
         (list.kind() == NodeKind::kArray && list.elements("an array of objects").size() == 0);
}

/// Both lists, or neither (config.md "Mounts").
void parse_mount_mappings(const Value& in, Mount& mount) {
  const Value uids = in["uidMappings"];
  const Value gids = in["gidMappings"];
  mount.uid_mappings = parse_id_mappings(uids);
  mount.gid_mappings = parse_id_mappings(gids);
  const bool without_uids = is_left_out(uids);
  const bool without_gids = is_left_out(gids);
  if (without_uids && !without_gids) {
    uids.want("at least one mapping beside gidMappings");
  } else if (without_gids && !without_uids) {
    gids.want("at least one mapping beside uidMappings");
  }
  if (!without_uids && mount.id_mapped == IdMapScope::kNone) {
    mount.id_mapped = IdMapScope::kMount;  // as runc and crun have it
  }
}

/// What only a bind mount can have: a mount that exists keeps its mapping (mount_setattr(2)), and
/// the owners in a new file system are those that the user namespace of its mounter gives it.
void refuse_id_mapping(const Value& in, const std::vector<Option>& options) {
  const auto option = std::ranges::find_if(
      options, [](const Option& one) { return is_kind(one, MountOption::Kind::kIdMap); });
  if (option != options.end()) {
    option->place.fault(base::concat({"want a bind mount with ", base::quote(option->word)}));
    return;
  }
  in["uidMappings"].fault("want a bind mount with it");
}

Mount parse_mount(const Value& in) {
  Mount mount;
  if (!in.object()) {
    return mount;
  }
  mount.destination = parse_destination(in.need("destination"));
  mount.type = in["type"].text();
  mount.source = in["source"].text();
  const std::vector<Option> options = parse_options(in["options"]);
  const bool bind = std::ranges::any_of(
      options, [](const Option& option) { return is_kind(option, MountOption::Kind::kBind); });
  for (const Option& option : options) {
    apply_option(option, bind, mount);
  }
  parse_mount_mappings(in, mount);
  if (mount.id_mapped != IdMapScope::kNone && (!mount.bind || mount.remount)) {
    refuse_id_mapping(in, options);
  }
  return mount;
}

}  // namespace

std::vector<Mount> parse_mounts(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<Mount> mounts;
  mounts.reserve(values.size());
  for (const Value& value : values) {
    mounts.push_back(parse_mount(value));
  }
  return mounts;
}

}  // namespace myrt::config
