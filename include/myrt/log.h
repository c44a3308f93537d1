// Where the library's log lines go. The sink is the one piece of global state, set once by the
// program.
#pragma once

#include <string_view>

namespace myrt {

enum class LogLevel { kDebug, kWarning, kError };

using LogSink = void (*)(LogLevel level, std::string_view message);

/// Without a sink, log lines are dropped, as are those below `lowest`.
void set_log_sink(LogSink sink, LogLevel lowest);
void log(LogLevel level, std::string_view message);

/// Whether lines of this level go anywhere: for messages that cost something to make.
bool is_logged(LogLevel level);

}  // namespace myrt
