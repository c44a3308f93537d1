#include "systemd_bus/library.h"

#include <dlfcn.h>

namespace myrt::systemd_bus {

namespace {

template <typename Function>
bool find(void* handle, const char* name, Function*& function) {
  // dlsym(3) has one type for all it may find.
  function = reinterpret_cast<Function*>(dlsym(handle, name));
  return function != nullptr;
}

}  // namespace

const char* load(Library& library) {
  void* const handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
  const bool complete =
      handle != nullptr && find(handle, "sd_bus_new", library.bus_new) &&
      find(handle, "sd_bus_set_address", library.bus_set_address) &&
      find(handle, "sd_bus_set_bus_client", library.bus_set_bus_client) &&
      find(handle, "sd_bus_start", library.bus_start) &&
      find(handle, "sd_bus_unref", library.bus_unref) &&
      find(handle, "sd_bus_match_signal", library.bus_match_signal) &&
      find(handle, "sd_bus_call", library.bus_call) &&
      find(handle, "sd_bus_process", library.bus_process) &&
      find(handle, "sd_bus_wait", library.bus_wait) &&
      find(handle, "sd_bus_error_free", library.error_free) &&
      find(handle, "sd_bus_message_new_method_call", library.message_new_method_call) &&
      find(handle, "sd_bus_message_unref", library.message_unref) &&
      find(handle, "sd_bus_message_append_basic", library.message_append_basic) &&
      find(handle, "sd_bus_message_open_container", library.message_open_container) &&
      find(handle, "sd_bus_message_close_container", library.message_close_container) &&
      find(handle, "sd_bus_message_peek_type", library.message_peek_type) &&
      find(handle, "sd_bus_message_read_basic", library.message_read_basic) &&
      find(handle, "sd_bus_message_enter_container", library.message_enter_container) &&
      find(handle, "sd_bus_message_exit_container", library.message_exit_container);
  return complete ? nullptr : dlerror();
}

}  // namespace myrt::systemd_bus
