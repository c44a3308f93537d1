#include "seccomp/notify.h"

#include "sys/socket.h"

namespace myrt::seccomp {

Result<sys::UniqueFd> connect_agent(const std::string& listener_path) {
  return sys::connect_stream(listener_path);
}

Result<void> send_listener(int agent, std::string_view process_state, int listener) {
  return sys::send_descriptor(agent, process_state, listener);
}

}  // namespace myrt::seccomp
