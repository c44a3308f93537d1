#include "cli/update_options.h"

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>

#include "base/text.h"

namespace myrt::cli {

namespace {

template <std::integral T>
Result<void> take_number(std::optional<T>& field, std::string_view text,
                         T min = std::numeric_limits<T>::min(),
                         T max = std::numeric_limits<T>::max()) {
  field = base::parse_integer<T>(text, min, max);
  if (!field.has_value()) {
    return std::unexpected(Error(base::concat({"want a number from ", std::to_string(min), " to ",
                                               std::to_string(max), ", got ", base::quote(text)})));
  }
  return {};
}

Result<void> take_bytes(std::optional<std::int64_t>& field, std::string_view text) {
  field = MYRT_TRY(parse_bytes(text));
  return {};
}

Result<void> take_text(std::string& field, std::string_view text) {
  field = text;
  return {};
}

/// 10 to 1000 (config-linux.md "Block IO"); 0 is unset.
Result<void> take_weight(std::optional<std::uint16_t>& field, std::string_view text) {
  constexpr std::uint16_t kMin = 10;
  constexpr std::uint16_t kMax = 1000;
  return text == "0" ? Result<void>{} : take_number<std::uint16_t>(field, text, kMin, kMax);
}

// In the order of the help.
constexpr auto kOptions = std::to_array<LimitOption>({
    {"memory", "Bytes of memory, as 64M or 1g; -1 for no limit",
     [](UpdateOptions& o, std::string_view text) {
       return take_bytes(o.changes.memory.limit, text);
     }},
    {"memory-reservation", "Bytes of memory that are kept for the container",
     [](UpdateOptions& o, std::string_view text) {
       return take_bytes(o.changes.memory.reservation, text);
     }},
    {"memory-swap", "Bytes of memory and swap together; -1 for no limit",
     [](UpdateOptions& o, std::string_view text) {
       return take_bytes(o.changes.memory.swap, text);
     }},
    {"cpu-period", "Microseconds in which --cpu-quota may be used up",
     [](UpdateOptions& o, std::string_view text) {
       return take_number(o.changes.cpu.period, text);
     }},
    {"cpu-quota", "Microseconds of CPU time in each period; -1 for no limit",
     [](UpdateOptions& o, std::string_view text) {
       return take_number<std::int64_t>(o.changes.cpu.quota, text, -1);
     }},
    {"cpu-burst", "Microseconds of unused quota that may be used later",
     [](UpdateOptions& o, std::string_view text) {
       return take_number(o.changes.cpu.burst, text);
     }},
    {"cpu-share", "Weight among others that want CPU time, 2 to 262144",
     [](UpdateOptions& o, std::string_view text) {
       return take_number(o.changes.cpu.shares, text);
     }},
    {"cpu-rt-period", "Microseconds in which --cpu-rt-runtime may be used up",
     [](UpdateOptions& o, std::string_view text) {
       return take_number(o.changes.cpu.realtime_period, text);
     }},
    {"cpu-rt-runtime", "Microseconds of real-time CPU time in each period",
     [](UpdateOptions& o, std::string_view text) {
       return take_number<std::int64_t>(o.changes.cpu.realtime_runtime, text, -1);
     }},
    {"cpu-idle", "1: only CPU time that nobody else wants; 0: as others",
     [](UpdateOptions& o, std::string_view text) {
       return take_number<std::int64_t>(o.changes.cpu.idle, text, 0, 1);
     }},
    {"cpuset-cpus", "CPUs to run on, as 0-3,7",
     [](UpdateOptions& o, std::string_view text) { return take_text(o.changes.cpu.cpus, text); }},
    {"cpuset-mems", "Memory nodes to use, as 0,1",
     [](UpdateOptions& o, std::string_view text) { return take_text(o.changes.cpu.mems, text); }},
    {"pids-limit", "Number of processes and threads; -1 for no limit",
     [](UpdateOptions& o, std::string_view text) {
       return take_number<std::int64_t>(o.changes.pids_limit, text, -1);
     }},
    {"blkio-weight", "Weight among others that want block I/O, 10 to 1000",
     [](UpdateOptions& o, std::string_view text) {
       return take_weight(o.changes.block_io.weight, text);
     }},
    {"l3-cache-schema", "Schema of the L3 cache (resctrl)",
     [](UpdateOptions& o, std::string_view text) { return take_text(o.l3_cache_schema, text); }},
    {"mem-bw-schema", "Schema of the memory bandwidth (resctrl)",
     [](UpdateOptions& o, std::string_view text) { return take_text(o.mem_bw_schema, text); }},
    {"kernel-memory", "",
     [](UpdateOptions& o, std::string_view text) {
       return take_bytes(o.changes.memory.kernel, text);
     }},
    {"kernel-memory-tcp", "",
     [](UpdateOptions& o, std::string_view text) {
       return take_bytes(o.changes.memory.kernel_tcp, text);
     }},
});

/// How often to double for a unit: "", "k", "MB", "gib"; nothing for other words.
std::optional<int> doublings(std::string_view unit) {
  constexpr std::string_view kLetters = "kmgtp";
  const auto is = [](char c, char small) { return c == small || c == small - 'a' + 'A'; };
  if (unit.empty()) {
    return 0;
  }
  int count = 0;
  for (std::size_t i = 0; i < kLetters.size() && count == 0; ++i) {
    count = is(unit.front(), kLetters[i]) ? 10 * (static_cast<int>(i) + 1) : 0;
  }
  if (count > 0) {
    unit.remove_prefix(1);
  }
  if (count > 0 && unit.size() > 1 && is(unit.front(), 'i')) {
    unit.remove_prefix(1);
  }
  const bool known = unit.empty() || (unit.size() == 1 && is(unit.front(), 'b'));
  return known ? std::optional(count) : std::nullopt;
}

}  // namespace

std::span<const LimitOption> limit_options() { return kOptions; }

Result<UpdateOptions> update_options(const std::map<std::string, std::string>& limits) {
  UpdateOptions options;
  for (const LimitOption& option : kOptions) {
    const auto typed = limits.find(std::string(option.name));
    if (typed != limits.end() && !typed->second.empty()) {
      MYRT_TRY(in(base::concat({"--", option.name}), option.take(options, typed->second)));
    }
  }
  return options;
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  if (text == "-1") {
    return -1;
  }
  const auto wrong = [&] {
    return std::unexpected(Error(
        base::concat({"want bytes, as 67108864, 64M or 1.5g, or -1, got ", base::quote(text)})));
  };
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, end);
  std::string_view unit = end == std::string_view::npos ? "" : text.substr(end);
  if (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  const std::optional<int> shift = doublings(unit);
  if (!shift.has_value()) {
    return wrong();
  }
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (number.find('.') == std::string_view::npos) {
    const auto whole = base::parse_integer<std::int64_t>(number, 0, kMax >> *shift);
    return whole.has_value() ? Result<std::int64_t>(*whole << *shift) : wrong();
  }
  double value = 0;
  const char* const last = number.data() + number.size();
  const auto [rest, fault] = std::from_chars(number.data(), last, value, std::chars_format::fixed);
  const double bytes = std::ldexp(value, *shift);
  // The limit itself is not a double, the next above it is.
  if (fault != std::errc() || rest != last || bytes >= std::ldexp(1.0, 63)) {
    return wrong();
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace myrt::cli
