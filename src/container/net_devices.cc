#include "container/net_devices.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <ranges>

#include <myrt/log.h>

#include "config/document.h"
#include "plan/net_device_name.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

/// Whether an address is there until somebody takes it away, and reaches beyond the link.
bool is_lasting(const sys::Address& address) {
  return (address.flags & IFA_F_PERMANENT) != 0 && address.scope == RT_SCOPE_UNIVERSE;
}

Result<NetDeviceState> read_net_device(sys::NetlinkSocket& socket, const NetDevice& device) {
  NetDeviceState state{.name = device.name, .link = {}, .addresses = {}};
  state.link = MYRT_TRY(socket.link(device.host_name));
  for (sys::Address& address : MYRT_TRY(socket.addresses(state.link.index))) {
    if (is_lasting(address)) {
      state.addresses.push_back(std::move(address));
    }
  }
  return state;
}

/// Moving takes addresses away and sets a device down.
Result<void> restore(sys::NetlinkSocket& socket, int index, const NetDeviceState& device, bool up) {
  for (const sys::Address& address : device.addresses) {
    MYRT_TRY(socket.add_address(index, address));
  }
  return up ? socket.set_up(index) : Result<void>{};
}

}  // namespace

Result<std::vector<NetDeviceState>> read_net_devices(const std::vector<NetDevice>& devices) {
  std::vector<NetDeviceState> states;
  if (devices.empty()) {
    return states;
  }
  sys::NetlinkSocket socket = MYRT_TRY(in("/linux/netDevices", sys::NetlinkSocket::open()));
  for (const NetDevice& device : devices) {
    states.push_back(MYRT_TRY(in(config::pointer_to("/linux/netDevices", device.host_name),
                                 read_net_device(socket, device))));
  }
  return states;
}

Result<void> MovedNetDevices::move(const std::vector<NetDeviceState>& devices,
                                   sys::UniqueFd network) {
  sys::NetlinkSocket host = MYRT_TRY(sys::NetlinkSocket::open());
  sys::NetlinkSocket container = MYRT_TRY(sys::NetlinkSocket::open_in(network.get()));
  // Of the calling thread: that is the one the first socket belongs to.
  sys::UniqueFd own = MYRT_TRY(sys::open_at(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY));
  sockets_ = std::make_unique<Sockets>(Sockets{.host = std::move(host),
                                               .container = std::move(container),
                                               .own = std::move(own),
                                               .network = std::move(network)});
  for (const NetDeviceState& device : devices) {
    MYRT_TRY(in("network device " + device.link.name, move_one(device)));
  }
  return {};
}

Result<void> MovedNetDevices::move_one(const NetDeviceState& device) {
  std::vector<std::string> taken;
  for (sys::Link& link : MYRT_TRY(sockets_->container.links())) {
    taken.push_back(std::move(link.name));
  }
  const std::string name = MYRT_TRY(plan::net_device_name(device.name, taken));
  const Result<void> moved = sockets_->host.move(
      {.index = device.link.index, .network = sockets_->network.get(), .name = name});
  if (!moved.has_value()) {
    const Result<sys::Link> here = sockets_->host.link(device.link.name);
    if (!here.has_value() || here->index != device.link.index) {
      moved_.push_back({.state = device, .name = device.link.name});  // renaming alone failed
    }
    return moved;
  }
  moved_.push_back({.state = device, .name = name});
  // Its old index may have been taken there.
  const sys::Link link = MYRT_TRY(sockets_->container.link(name));
  return restore(sockets_->container, link.index, device, true);
}

Result<void> MovedNetDevices::move_back(const Moved& device) {
  const std::string& name = device.state.link.name;
  const sys::Link there = MYRT_TRY(sockets_->container.link(device.name));
  MYRT_TRY(sockets_->container.move(
      {.index = there.index, .network = sockets_->own.get(), .name = name}));
  const sys::Link here = MYRT_TRY(sockets_->host.link(name));
  return restore(sockets_->host, here.index, device.state, (device.state.link.flags & IFF_UP) != 0);
}

MovedNetDevices::~MovedNetDevices() {
  for (const Moved& device : moved_ | std::views::reverse) {
    const Result<void> back = move_back(device);
    if (!back.has_value()) {
      // The failure that led here is the one to report, and a warning has no words that engines
      // take for a cause.
      const std::string& name = device.state.link.name;
      log(LogLevel::kWarning, "network device " + name + " is not back as it was");
      log(LogLevel::kDebug, "undo: network device " + name + ": " + back.error().text());
    }
  }
}

}  // namespace myrt::container
