// `state` and `list`.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include <myrt/container.h>
#include <myrt/log.h>

#include "base/text.h"
#include "base/time.h"
#include "cgroup/oom.h"
#include "container/process_id.h"
#include "container/record.h"
#include "container/store.h"
#include "sys/file.h"

namespace myrt {

namespace {

/// The user's name from the host's /etc/passwd, read as text: getpwuid(3) would load the name
/// service's libraries.
std::string user_name(std::uint32_t uid) {
  constexpr std::size_t kMaxPasswd = std::size_t{16} << 20U;
  if (uid == 0) {
    return "root";
  }
  const Result<std::string> passwd = sys::read_file(AT_FDCWD, "/etc/passwd", kMaxPasswd);
  if (!passwd.has_value()) {
    return "";  // a host without it has no names
  }
  for (const std::string_view line : base::split(*passwd, '\n')) {
    const auto fields = base::split(line, ':');
    if (fields.size() > 2 && fields[2] == std::to_string(uid)) {
      return std::string(fields[0]);
    }
  }
  return "";
}

/// Cgroups that cannot be read tell nothing; that is no reason to hide the rest of the state.
std::optional<OutOfMemory> known_out_of_memory(const container::Record& record) {
  Result<OutOfMemory> known = cgroup::out_of_memory(record.cgroups);
  return known.has_value() && known->killed > 0 ? std::optional(*std::move(known)) : std::nullopt;
}

State state_of(const container::Record& record, int directory) {
  const Status status = container::status_of(record, directory);
  return {.id = record.id,
          .status = status,
          .pid = status == Status::kStopped ? 0 : record.process.pid,
          .bundle = record.bundle,
          .rootfs = record.rootfs,
          .created = record.created,
          .owner = {},
          .annotations = record.annotations,
          .out_of_memory = known_out_of_memory(record)};
}

/// When the directory of a container was changed last: nearest to when it was created where
/// nothing tells that. Engines read a list only if every entry has a time.
std::string changed(int directory) {
  struct ::stat status = {};
  const bool known = ::fstat(directory, &status) == 0;
  return known ? base::rfc3339(status.st_mtim.tv_sec, status.st_mtim.tv_nsec, 9)
               : base::rfc3339(0, 0, 9);
}

}  // namespace

Result<State> state(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  return state_of(record, entry.directory.get());
}

Result<std::vector<State>> list(const Store& store) {
  Result<sys::UniqueFd> opened = container::open_root(store, false);
  if (!opened.has_value() && opened.error().code() == ENOENT) {
    return std::vector<State>{};
  }
  const sys::UniqueFd root = MYRT_TRY(std::move(opened));
  std::vector<State> states;
  for (const std::string& id : MYRT_TRY(container::ids(root.get()))) {
    Result<container::Entry> entry = container::open_entry(store, id);
    if (!entry.has_value()) {
      continue;  // deleted meanwhile, or a foreign file of that name
    }
    const Result<container::Record> record = container::read_record(entry->directory.get());
    if (record.has_value()) {
      states.push_back(state_of(*record, entry->directory.get()));
      states.back().owner = user_name(record->uid);
      continue;
    }
    log(LogLevel::kDebug, "container " + id + ": " + record.error().text());
    State wreck;
    wreck.id = id;
    wreck.created = changed(entry->directory.get());
    states.push_back(std::move(wreck));
  }
  return states;
}

}  // namespace myrt
