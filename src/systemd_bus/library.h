// The functions of libsystemd that this program needs (sd-bus(3)), found when it runs: a host
// without systemd has no such library, and building needs nothing of it. Their form is part of
// libsystemd.so.0's ABI.
#pragma once

#include <cstdint>

namespace myrt::systemd_bus {

struct Bus;      // sd_bus
struct Message;  // sd_bus_message
struct Slot;     // sd_bus_slot

/// sd_bus_error.
struct BusError {
  const char* name;
  const char* message;
  int need_free;
};

using SignalHandler = int (*)(Message*, void*, BusError*);

struct Library {
  int (*bus_new)(Bus**);
  int (*bus_set_address)(Bus*, const char*);
  int (*bus_set_bus_client)(Bus*, int);
  int (*bus_start)(Bus*);
  Bus* (*bus_unref)(Bus*);
  int (*bus_match_signal)(Bus*, Slot**, const char* sender, const char* path, const char* interface,
                          const char* member, SignalHandler, void*);
  int (*bus_call)(Bus*, Message*, std::uint64_t microseconds, BusError*, Message** reply);
  int (*bus_process)(Bus*, Message**);
  int (*bus_wait)(Bus*, std::uint64_t microseconds);
  void (*error_free)(BusError*);
  int (*message_new_method_call)(Bus*, Message**, const char* destination, const char* path,
                                 const char* interface, const char* member);
  Message* (*message_unref)(Message*);
  int (*message_append_basic)(Message*, char type, const void*);
  int (*message_open_container)(Message*, char type, const char* contents);
  int (*message_close_container)(Message*);
  int (*message_peek_type)(Message*, char* type, const char** contents);
  int (*message_read_basic)(Message*, char type, void*);
  int (*message_enter_container)(Message*, char type, const char* contents);
  int (*message_exit_container)(Message*);
};

/// Loads the library. Null, or what is wrong.
const char* load(Library& library);

}  // namespace myrt::systemd_bus
