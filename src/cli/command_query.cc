// `state`, `list` and `features`.
#include <algorithm>
#include <array>

#include <myrt/runtime.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/version.h"

namespace myrt::cli {

namespace {

using Row = std::array<std::string, 6>;

/// Columns as wide as their widest cell and three spaces, at least 12, as runc lays them out.
std::string table(const std::vector<Row>& rows) {
  constexpr std::size_t kGap = 3;
  constexpr std::size_t kNarrowest = 12;
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  widths.fill(kNarrowest);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size() + kGap);
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += row[i] + std::string(widths[i] - row[i].size(), ' ');
    }
    text += row.back() + "\n";
  }
  return text;
}

std::string ids(const std::vector<State>& states) {
  std::string text;
  for (const State& state : states) {
    text += state.id + "\n";
  }
  return text;
}

}  // namespace

Result<int> execute(const Globals& globals, const StateCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const State known = MYRT_TRY(state(store, command.id));
  MYRT_TRY(print(state_json(known)));
  return 0;
}

Result<int> execute(const Globals& globals, const ListCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const std::vector<State> states = MYRT_TRY(list(store));
  if (command.quiet || command.json) {
    MYRT_TRY(print(command.quiet ? ids(states) : states_json(states)));
    return 0;
  }
  std::vector<Row> rows = {{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const State& state : states) {
    rows.push_back({state.id, std::to_string(state.pid), std::string(status_word(state.status)),
                    state.bundle, state.created, state.owner});
  }
  MYRT_TRY(print(table(rows)));
  return 0;
}

Result<int> execute(const Globals& /*globals*/, const FeaturesCommand& /*command*/) {
  MYRT_TRY(print(features_json(version())));
  return 0;
}

}  // namespace myrt::cli
