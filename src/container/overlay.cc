// `--overlay` and the org.myrt.overlay.* annotations.
#include <fcntl.h>

#include <string_view>

#include <myrt/log.h>

#include "container/inputs.h"
#include "sys/file.h"

namespace myrt {

namespace {

constexpr std::string_view kUpper = "upper=";
constexpr std::string_view kWork = "work=";

/// Splits at unescaped `separator`s. Escapes stay: a field is split again by another separator.
std::vector<std::string> split_escaped(std::string_view text, char separator) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      pieces.back() += text[i];
      pieces.back() += text[++i];
    } else if (text[i] == separator) {
      pieces.emplace_back();
    } else {
      pieces.back() += text[i];
    }
  }
  return pieces;
}

/// `\` before `:`, `,` and itself goes; before anything else it is an error, so that a typing error
/// is not a path.
Result<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || (text[i] != ':' && text[i] != ',' && text[i] != '\\')) {
        return std::unexpected(
            Error("\\ must stand before :, a comma or \\ in " + std::string(text)));
      }
    }
    plain += text[i];
  }
  return plain;
}

Result<std::string> directory_name(std::string_view text) {
  std::string name = MYRT_TRY(unescape(text));
  if (name.empty()) {
    return std::unexpected(Error("a directory without a name"));
  }
  return name;
}

Result<std::vector<std::string>> lower_names(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& piece : split_escaped(text, ':')) {
    names.push_back(MYRT_TRY(directory_name(piece)));
  }
  return names;
}

Result<void> set_once(std::string& field, std::string_view name, std::string_view text) {
  if (!field.empty()) {
    return std::unexpected(Error(std::string(name) + " is given twice"));
  }
  field = MYRT_TRY(directory_name(text));
  return {};
}

Result<OverlayRequest> parse(std::string_view argument) {
  const std::vector<std::string> fields = split_escaped(argument, ',');
  OverlayRequest request;
  request.lower = MYRT_TRY(lower_names(fields.front()));
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const std::string_view field = fields[i];
    if (field.starts_with(kUpper)) {
      MYRT_TRY(set_once(request.upper, "upper", field.substr(kUpper.size())));
    } else if (field.starts_with(kWork)) {
      MYRT_TRY(set_once(request.work, "work", field.substr(kWork.size())));
    } else {
      return std::unexpected(Error("want upper=DIR or work=DIR, got " + fields[i]));
    }
  }
  if (request.upper.empty() != request.work.empty()) {
    return std::unexpected(Error("upper and work go together"));
  }
  return request;
}

}  // namespace

Result<OverlayRequest> parse_overlay(std::string_view argument) {
  return in("--overlay", parse(argument));
}

namespace container {

namespace {

constexpr std::string_view kPrefix = "org.myrt.overlay.";

/// What the annotations ask for, if they ask.
Result<std::optional<OverlayRequest>> annotated(const Spec& spec, bool allowed) {
  OverlayRequest request;
  bool found = false;
  for (const auto& [key, value] : spec.annotations) {
    if (!key.starts_with(kPrefix)) {
      continue;
    }
    if (!allowed) {
      // Image labels become annotations: an image must not choose directories of the host.
      log(LogLevel::kDebug,
          "annotation " + key + " is ignored without --allow-annotations=overlay");
      continue;
    }
    found = true;
    const std::string_view name = std::string_view(key).substr(kPrefix.size());
    if (name == "lowerdir") {
      request.lower = MYRT_TRY(in("annotation " + key, lower_names(value)));
    } else if (name == "upperdir") {
      request.upper = MYRT_TRY(in("annotation " + key, directory_name(value)));
    } else if (name == "workdir") {
      request.work = MYRT_TRY(in("annotation " + key, directory_name(value)));
    } else {
      return std::unexpected(Error("annotation " + key + ": unknown"));
    }
  }
  if (!found) {
    return std::nullopt;
  }
  if (request.lower.empty() || request.upper.empty() != request.work.empty()) {
    return std::unexpected(
        Error("annotations org.myrt.overlay.*: want lowerdir, and upperdir and workdir together or "
              "not at all"));
  }
  return request;
}

/// The absolute path of a directory that exists, relative ones below the bundle.
Result<std::string> layer(const std::string& bundle, const std::string& name) {
  const std::string path = name.starts_with('/') ? name : bundle + "/" + name;
  MYRT_TRY(sys::open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY));
  return real_path(path);
}

}  // namespace

Result<std::optional<plan::OverlayPlan>> overlay_plan(const Spec& spec,
                                                      const CreateOptions& options,
                                                      const std::string& bundle) {
  std::optional<OverlayRequest> request = MYRT_TRY(annotated(spec, options.overlay_annotations));
  if (options.overlay.has_value()) {
    request = options.overlay;
  }
  if (!request.has_value()) {
    return std::nullopt;
  }
  plan::OverlayPlan plan;
  for (const std::string& name : request->lower) {
    plan.lower.push_back(MYRT_TRY(in("overlay lower directory", layer(bundle, name))));
  }
  if (!request->upper.empty()) {
    plan.upper = MYRT_TRY(in("overlay upper directory", layer(bundle, request->upper)));
    plan.work = MYRT_TRY(in("overlay work directory", layer(bundle, request->work)));
  }
  plan.read_only = spec.root.readonly;
  return plan;
}

}  // namespace container

}  // namespace myrt
