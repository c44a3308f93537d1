#include "cgroup/apply.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "sys/file.h"
#include "sys/unique_fd.h"

namespace myrt::cgroup {

namespace {

/// The number that a file such as memory.current holds.
std::optional<std::uint64_t> number_in(const std::string& path) {
  const Result<std::string> text = sys::read_value(AT_FDCWD, path);
  if (!text.has_value()) {
    return std::nullopt;
  }
  return base::parse_integer<std::uint64_t>(base::split(*text, '\n').front());
}

struct Agreeing {
  std::string_view file;
  std::string_view other;  // below the container's directory
};

// A limit of memory is at most that of memory and swap together, a burst at most the quota; an idle
// group has no weight of its own, and realtime at most what the cgroup above has.
constexpr auto kAgreeing = std::to_array<Agreeing>({
    {"cpu.cfs_burst_us", "cpu.cfs_quota_us"},
    {"cpu.cfs_quota_us", "cpu.cfs_burst_us"},
    {"cpu.max", "cpu.max.burst"},
    {"cpu.max.burst", "cpu.max"},
    {"cpu.rt_runtime_us", "../cpu.rt_runtime_us"},
    {"cpu.shares", "cpu.idle"},
    {"cpu.weight", "cpu.idle"},
    {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes"},
    {"memory.memsw.limit_in_bytes", "memory.limit_in_bytes"},
});

class Writer {
 public:
  /// `journal` may be null.
  Writer(const std::string& directory, Journal* journal)
      : directory_(directory), journal_(journal) {}

  Result<void> write(const FileWrite& write) {
    MYRT_TRY(check_usage(write));
    Result<bool> written = write_if_there(write.file, write.value);
    if (written.has_value() && !*written && write.alternative.has_value()) {
      written = write_if_there(write.alternative->file, write.alternative->value);
    }
    if (!written.has_value()) {
      return std::unexpected(std::move(written).error());
    }
    if (!*written && !write.optional) {
      // Without errno's text: "No such file or directory" means the container's program to engines.
      return std::unexpected(
          Error(base::concat({path(write.file), " is missing: this kernel does not offer it"})));
    }
    return {};
  }

 private:
  [[nodiscard]] std::string path(std::string_view file) const {
    return base::concat({directory_, "/", file});
  }

  /// False when there is no such file.
  Result<bool> write_if_there(const std::string& file, const std::string& value) {
    if (file != open_file_) {
      Result<sys::UniqueFd> fd = sys::open_at(AT_FDCWD, path(file), O_WRONLY);
      if (!fd.has_value()) {
        if (fd.error().code() == ENOENT) {
          return false;
        }
        return std::unexpected(std::move(fd).error());
      }
      fd_ = *std::move(fd);
      open_file_ = file;
    }
    std::optional<Undo> undo;
    if (journal_ != nullptr) {
      note_lost_weight(file, value);
      undo = undo_of(directory_, file, value);
    }
    const Result<void> written = sys::write_all(fd_.get(), value, file);
    if (!written.has_value()) {
      const int code = written.error().code();
      return std::unexpected(
          Error::from_code(code, {"write ", base::quote(value), " to ", path(file),
                                  code == EBUSY    ? usage_text(file)
                                  : code == EINVAL ? other_file_text(file)
                                                   : ""}));
    }
    if (undo.has_value()) {
      journal_->note(*std::move(undo));
    }
    return true;
  }

  /// Leaving the idle class again gives a group the default weight (sched_group_set_idle): what it
  /// had is put back after that.
  void note_lost_weight(std::string_view file, std::string_view value) {
    if (file != "cpu.idle" || value != "1") {
      return;
    }
    for (const char* weight : {"cpu.weight", "cpu.shares"}) {
      if (std::optional<Undo> undo = undo_of(directory_, weight, ""); undo.has_value()) {
        journal_->note(*std::move(undo));
      }
    }
  }

  [[nodiscard]] Result<void> check_usage(const FileWrite& write) const {
    if (!write.usage_file.has_value()) {
      return {};
    }
    const std::optional<std::uint64_t> limit = base::parse_integer<std::uint64_t>(write.value);
    const std::optional<std::uint64_t> used = number_in(path(*write.usage_file));
    if (limit.has_value() && used.has_value() && *limit < *used) {
      return std::unexpected(Error::from_code(EBUSY, {"write ", base::quote(write.value), " to ",
                                                      path(write.file), usage_text(write.file)}));
    }
    return {};
  }

  /// What a limit of memory runs up against, in words to append.
  [[nodiscard]] std::string usage_text(std::string_view file) const {
    if (!file.starts_with("memory.")) {
      return {};
    }
    const bool with_swap = file.starts_with("memory.memsw.");
    const std::initializer_list<std::pair<const char*, const char*>> candidates = {
        {with_swap ? "memory.memsw.usage_in_bytes" : "memory.usage_in_bytes",
         with_swap ? "memory.memsw.max_usage_in_bytes" : "memory.max_usage_in_bytes"},
        {"memory.current", "memory.peak"}};
    for (const auto& [usage_file, peak_file] : candidates) {
      if (const std::optional<std::uint64_t> used = number_in(path(usage_file))) {
        const std::optional<std::uint64_t> peak = number_in(path(peak_file));
        return base::concat({" (", std::to_string(*used), " bytes in use, at most ",
                             peak.has_value() ? std::to_string(*peak) : "unknown", " so far)"});
      }
    }
    return {};
  }

  /// What EINVAL of `file` may come from: the file that its value has to agree with, in words to
  /// append.
  [[nodiscard]] std::string other_file_text(std::string_view file) const {
    const auto* const pair = std::ranges::find(kAgreeing, file, &Agreeing::file);
    if (pair == kAgreeing.end()) {
      return {};
    }
    const Result<std::string> value = sys::read_value(AT_FDCWD, path(pair->other));
    return value.has_value()
               ? base::concat({" (", pair->other, " is ", base::split(*value, '\n').front(), ")"})
               : "";
  }

  const std::string& directory_;
  Journal* journal_;
  // The file of the last write: device rules come by the dozen.
  std::string open_file_;
  sys::UniqueFd fd_;
};

/// Where a failure of `write` comes from. The rules that the runtime adds itself have no field.
std::string_view step_of(const FileWrite& write) {
  return write.field.empty() ? "the devices of every container" : std::string_view(write.field);
}

Result<void> apply_with(Writer writer, std::span<const FileWrite> writes) {
  std::vector<const FileWrite*> deferred;
  for (const FileWrite& write : writes) {
    Result<void> written = writer.write(write);
    if (!written.has_value() && written.error().code() == EINVAL && write.deferrable) {
      deferred.push_back(&write);
      continue;
    }
    MYRT_TRY(in(step_of(write), std::move(written)));
  }
  for (const FileWrite* const write : deferred) {
    MYRT_TRY(in(step_of(*write), writer.write(*write)));
  }
  return {};
}

}  // namespace

Result<void> apply_writes(const std::string& directory, std::span<const FileWrite> writes) {
  return apply_with(Writer(directory, nullptr), writes);
}

Result<void> apply_writes(const std::string& directory, std::span<const FileWrite> writes,
                          Journal& journal) {
  return apply_with(Writer(directory, &journal), writes);
}

}  // namespace myrt::cgroup
