// Where the library's log lines go. The sink is the one piece of global state, set once by the
// program.
#pragma once

#include <string_view>

namespace myrt {

enum class LogLevel { kDebug, kWarning, kError };

using LogSink = void (*)(LogLevel level, std::string_view message);

/// Without a sink, log lines are dropped.
void set_log_sink(LogSink sink);
void log(LogLevel level, std::string_view message);

}  // namespace myrt
