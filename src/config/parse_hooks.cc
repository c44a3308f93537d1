#include "config/parse.h"

namespace myrt::config {

namespace {

std::vector<Hook> parse_hook_list(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<Hook> hooks;
  hooks.reserve(values.size());
  for (const Value& value : values) {
    if (!value.object()) {
      continue;
    }
    Hook hook;
    hook.path = value.need("path").absolute_path();
    hook.args = value["args"].texts();
    if (const Value env = value["env"]; env.present()) {
      hook.env = parse_environment(env);
    }
    hook.timeout_seconds = value["timeout"].integer<int>(1);
    hooks.push_back(std::move(hook));
  }
  return hooks;
}

}  // namespace

Hooks parse_hooks(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.prestart = parse_hook_list(in["prestart"]),
          .create_runtime = parse_hook_list(in["createRuntime"]),
          .create_container = parse_hook_list(in["createContainer"]),
          .start_container = parse_hook_list(in["startContainer"]),
          .poststart = parse_hook_list(in["poststart"]),
          .poststop = parse_hook_list(in["poststop"])};
}

}  // namespace myrt::config
