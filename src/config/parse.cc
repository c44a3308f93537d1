#include "config/parse.h"

#include <algorithm>

#include "config/report.h"
#include "config/validate.h"

namespace myrt::config {

namespace {

constexpr unsigned kNewestMinor = 3;   // runtime-spec 1.3.0
constexpr std::size_t kUtsBytes = 64;  // __NEW_UTS_LEN, include/uapi/linux/utsname.h

/// A version's major and minor number.
struct Version {
  unsigned major = 0;
  unsigned minor = 0;
};

/// A number of SemVer: digits without a leading zero.
std::optional<unsigned> version_number(std::string_view text) {
  const bool leading_zero = text.size() > 1 && text.starts_with('0');
  return leading_zero ? std::nullopt : base::parse_integer<unsigned>(text);
}

/// Whether `text` is what may follow '-' or '+' (semver.org, 9 and 10): identifiers with dots
/// between.
bool is_version_suffix(std::string_view text) {
  static constexpr std::string_view kLetters =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return std::ranges::all_of(base::split(text, '.'), [](std::string_view identifier) {
    return !identifier.empty() && identifier.find_first_not_of(kLetters) == std::string_view::npos;
  });
}

std::optional<Version> parse_version(std::string_view text) {
  const std::size_t plus = text.find('+');
  const std::string_view before_build = text.substr(0, plus);
  const std::size_t minus = before_build.find('-');
  if ((plus != std::string_view::npos && !is_version_suffix(text.substr(plus + 1))) ||
      (minus != std::string_view::npos && !is_version_suffix(before_build.substr(minus + 1)))) {
    return std::nullopt;
  }
  const std::vector<std::string_view> numbers = base::split(before_build.substr(0, minus), '.');
  if (numbers.size() != 3) {
    return std::nullopt;
  }
  const std::optional<unsigned> major = version_number(numbers[0]);
  const std::optional<unsigned> minor = version_number(numbers[1]);
  if (!major.has_value() || !minor.has_value() || !version_number(numbers[2]).has_value()) {
    return std::nullopt;
  }
  return Version{.major = *major, .minor = *minor};
}

std::string parse_oci_version(const Value& in) {
  constexpr std::string_view kWanted = "a version 1.x.y";
  const std::optional<std::string_view> text = in.string(kWanted);
  if (!text.has_value()) {
    return "";
  }
  const std::optional<Version> version = parse_version(*text);
  if (!version.has_value() || version->major != 1) {
    in.want(kWanted);
  } else if (version->minor > kNewestMinor) {
    in.warn(base::concat({*text, " is newer than 1.3.0: fields that it adds are not known here"}));
  }
  return std::string(*text);
}

Root parse_root(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.path = in.need("path").filled_text("a path"),
          .readonly = in["readonly"].boolean().value_or(false)};
}

/// A name for sethostname(2) or setdomainname(2).
std::string parse_uts_name(const Value& in) {
  std::string name = in.text();
  if (name.size() > kUtsBytes) {
    in.want("at most 64 bytes");
  }
  return name;
}

std::vector<std::pair<std::string, std::string>> parse_annotations(const Value& in) {
  const Values members = in.members("an object of strings");
  std::vector<std::pair<std::string, std::string>> annotations;
  annotations.reserve(members.size());
  for (const Value& value : members) {
    if (value.key().empty()) {
      value.fault("want a name, got \"\"");
    }
    annotations.emplace_back(value.key(), value.text());
  }
  return annotations;
}

Spec parse_root_object(const Value& in) {
  Spec spec;
  if (!in.object()) {
    return spec;
  }
  spec.oci_version = parse_oci_version(in.need("ociVersion"));
  if (const Value process = in["process"]; process.present()) {
    spec.process = parse_process(process);
  }
  spec.root = parse_root(in.need("root"));
  spec.hostname = parse_uts_name(in["hostname"]);
  spec.domainname = parse_uts_name(in["domainname"]);
  spec.mounts = parse_mounts(in["mounts"]);
  spec.hooks = parse_hooks(in["hooks"]);
  spec.annotations = parse_annotations(in["annotations"]);
  spec.linux = parse_linux(in["linux"]);
  return spec;
}

}  // namespace

}  // namespace myrt::config

namespace myrt {

Result<Spec> parse_spec(std::string_view text, std::string_view file) {
  config::Findings findings;
  const std::optional<config::Document> document = config::Document::parse(text, findings);
  if (!document.has_value()) {
    return std::unexpected(Error(config::report(findings, config::Document(), file, text)));
  }
  Spec spec = config::parse_root_object(config::Value(*document, findings));
  config::validate(spec, findings);
  if (findings.fault_count() > 0) {
    return std::unexpected(Error(config::report(findings, *document, file, text)));
  }
  spec.warnings = findings.take_warnings();
  return spec;
}

}  // namespace myrt
