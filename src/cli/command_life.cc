// `start`, `kill` and `delete`.
#include <regex.h>

#include <memory>

#include "cli/commands.h"

namespace myrt::cli {

namespace {

/// A POSIX extended regular expression (regex(7)) that must match somewhere in the id.
class Pattern {
 public:
  static Result<std::unique_ptr<Pattern>> compile(const std::string& text) {
    auto pattern = std::make_unique<Pattern>();
    const int code = ::regcomp(&pattern->regex_, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
      std::string reason(::regerror(code, &pattern->regex_, nullptr, 0), '\0');
      ::regerror(code, &pattern->regex_, reason.data(), reason.size());
      reason.pop_back();  // its NUL
      return std::unexpected(Error("--regex " + text + ": " + reason));
    }
    pattern->compiled_ = true;
    return pattern;
  }
  Pattern() = default;
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() {
    if (compiled_) {
      ::regfree(&regex_);
    }
  }
  [[nodiscard]] bool matches(const std::string& id) const {
    return ::regexec(&regex_, id.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  ::regex_t regex_ = {};
  bool compiled_ = false;
};

/// All are tried; the first failure is told.
Result<void> delete_matching(const Store& store, const DeleteCommand& command) {
  const std::unique_ptr<Pattern> pattern = MYRT_TRY(Pattern::compile(command.id));
  Result<void> outcome;
  for (const State& state : MYRT_TRY(list(store))) {
    if (!pattern->matches(state.id)) {
      continue;
    }
    Result<void> removed = remove(store, state.id, command.force);
    if (!removed.has_value() && outcome.has_value()) {
      outcome = in(state.id, std::move(removed));
    }
  }
  return outcome;
}

}  // namespace

Result<int> execute(const Globals& globals, const StartCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  MYRT_TRY(start(store, command.id, notify_socket()));
  return 0;
}

Result<int> execute(const Globals& globals, const KillCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const int signal = MYRT_TRY(parse_signal(command.signal));
  MYRT_TRY(kill(store, command.id, signal, command.all));
  return 0;
}

Result<int> execute(const Globals& globals, const DeleteCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  MYRT_TRY(command.regex ? delete_matching(store, command)
                         : remove(store, command.id, command.force));
  return 0;
}

}  // namespace myrt::cli
