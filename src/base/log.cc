#include <myrt/log.h>

namespace myrt {

namespace {
LogSink g_sink = nullptr;
LogLevel g_lowest = LogLevel::kError;
}  // namespace

void set_log_sink(LogSink sink, LogLevel lowest) {
  g_sink = sink;
  g_lowest = lowest;
}

bool is_logged(LogLevel level) { return g_sink != nullptr && level >= g_lowest; }

void log(LogLevel level, std::string_view message) {
  if (is_logged(level)) {
    g_sink(level, message);
  }
}

}  // namespace myrt
