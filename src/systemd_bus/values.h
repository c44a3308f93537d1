// D-Bus values as text, in the form that packet.h tells of, and back.
#pragma once

#include "systemd_bus/library.h"
#include "systemd_bus/packet.h"

namespace myrt::systemd_bus {

/// Appends the arguments that `signature` asks for. A negative errno: EINVAL when a text is not of
/// its type.
int append(const Library& library, Message* message, const char* signature, Request& arguments);

/// Adds all that is left to read in the message. A negative errno.
int read_all(const Library& library, Message* message, Reply& reply);

}  // namespace myrt::systemd_bus
