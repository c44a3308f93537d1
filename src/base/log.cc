#include <myrt/log.h>

namespace myrt {

namespace {
LogSink g_sink = nullptr;
}  // namespace

void set_log_sink(LogSink sink) { g_sink = sink; }

void log(LogLevel level, std::string_view message) {
  if (g_sink != nullptr) {
    g_sink(level, message);
  }
}

}  // namespace myrt
