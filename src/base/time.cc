#include "base/time.h"

#include <chrono>

namespace myrt::base {

namespace {

std::string padded(std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string rfc3339(std::int64_t seconds, std::int64_t nanoseconds, int digits) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock(time - day);
  std::string text = padded(static_cast<int>(date.year()), 4) + "-" +
                     padded(static_cast<unsigned>(date.month()), 2) + "-" +
                     padded(static_cast<unsigned>(date.day()), 2) + "T" +
                     padded(clock.hours().count(), 2) + ":" + padded(clock.minutes().count(), 2) +
                     ":" + padded(clock.seconds().count(), 2);
  if (digits > 0) {
    text += "." + padded(nanoseconds, 9).substr(0, static_cast<std::size_t>(digits));
  }
  return text + "Z";
}

std::string now_rfc3339(int digits) {
  const std::chrono::nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return rfc3339(seconds.count(), (now - seconds).count(), digits);
}

}  // namespace myrt::base
