// `linux.netDevices` (config-linux.md "Network Devices"): devices of the runtime's network
// namespace move into the container's, with their lasting addresses. All of it runs in the runtime:
// it has the right to both, which a container process in a user namespace has not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec.h>

#include "sys/netlink_message.h"
#include "sys/netlink_socket.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// A device as it is before it moves.
struct NetDeviceState {
  std::string name;  // what it is to be called: NetDevice::name
  sys::Link link;
  std::vector<sys::Address> addresses;  // permanent ones of global scope
};

/// Looks the devices up in the caller's network namespace. Errors begin with the pointer of the
/// device in config.json. ENODEV: it is missing.
Result<std::vector<NetDeviceState>> read_net_devices(const std::vector<NetDevice>& devices);

/// Devices that have moved. They return, with their old names, addresses and state, when this is
/// destroyed without commit(). Until then it keeps the container's namespace, with which the kernel
/// would destroy virtual devices.
class MovedNetDevices {
 public:
  MovedNetDevices() = default;
  MovedNetDevices(const MovedNetDevices&) = delete;
  MovedNetDevices& operator=(const MovedNetDevices&) = delete;
  ~MovedNetDevices();

  /// Moves them, in order, to the network namespace that is open as `network`, and sets them up
  /// there. EEXIST: it has a device of the name.
  Result<void> move(const std::vector<NetDeviceState>& devices, sys::UniqueFd network);
  void commit() { moved_.clear(); }

 private:
  struct Moved {
    NetDeviceState state;
    std::string name;  // in the container
  };
  struct Sockets {
    sys::NetlinkSocket host;
    sys::NetlinkSocket container;
    sys::UniqueFd own;      // the runtime's network namespace
    sys::UniqueFd network;  // the container's
  };

  Result<void> move_one(const NetDeviceState& device);
  Result<void> move_back(const Moved& device);

  std::unique_ptr<Sockets> sockets_;
  std::vector<Moved> moved_;
};

}  // namespace myrt::container
