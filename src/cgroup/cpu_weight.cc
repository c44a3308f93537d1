// cpu.shares of cgroup v1 as cpu.weight of v2. The logarithm and the power are sums of a few terms
// here, since libm would be a library to load at every start; a test compares every value with
// libm's.
#include "cgroup/writes_v2.h"

namespace myrt::cgroup {

namespace {

constexpr double kLn2 = 0.693147180559945309417;
constexpr double kLn10 = 2.302585092994045684018;

/// The binary logarithm of `value` >= 1.
double binary_logarithm(double value) {
  double whole = 0;
  while (value >= 2) {
    value /= 2;
    whole += 1;
  }
  // ln(v) = 2 artanh((v - 1) / (v + 1)); the argument is at most 1/3, so 20 terms are more than a
  // double holds.
  const double t = (value - 1) / (value + 1);
  double term = t;
  double sum = 0;
  for (int n = 1; n < 40; n += 2) {
    sum += term / n;
    term *= t * t;
  }
  return whole + 2 * sum / kLn2;
}

/// 10 to the power of `exponent`, 0..4.
double power_of_ten(double exponent) {
  const double x = exponent * kLn10;
  double term = 1;
  double sum = 1;
  for (int n = 1; n < 64; ++n) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

}  // namespace

std::uint64_t cpu_weight(std::uint64_t shares) {
  constexpr std::uint64_t kMinShares = 2;
  constexpr std::uint64_t kMaxShares = 262144;
  if (shares <= kMinShares) {
    return 1;
  }
  if (shares >= kMaxShares) {
    return 10000;
  }
  const double l = binary_logarithm(static_cast<double>(shares));
  const double weight = power_of_ten((l * l + 125 * l) / 612.0 - 7.0 / 34.0);
  // Rounded up, but 100.0000000001 is 100: 1024 shares are meant to be the default weight.
  constexpr double kNoise = 1e-12;
  const auto whole = static_cast<std::uint64_t>(weight);
  return weight - static_cast<double>(whole) > kNoise * weight ? whole + 1 : whole;
}

}  // namespace myrt::cgroup
