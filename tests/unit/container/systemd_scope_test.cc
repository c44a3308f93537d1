#include "container/systemd_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::container {
namespace {

using cgroup::BusAddress;
using testing::ElementsAre;

TEST(BusAddresses, OfTheSystemAreItsBusAndThenTheManagerItself) {
  EXPECT_THAT(bus_addresses({}, false).value(),
              ElementsAre(BusAddress{.address = "unix:path=/run/dbus/system_bus_socket"},
                          BusAddress{.address = "unix:path=/run/systemd/private", .peer = true}));
}

TEST(BusAddresses, OfAUserAreInTheRuntimeDirectory) {
  EXPECT_THAT(
      bus_addresses({.runtime_directory = "/run/user/1000"}, true).value(),
      ElementsAre(BusAddress{.address = "unix:path=/run/user/1000/bus"},
                  BusAddress{.address = "unix:path=/run/user/1000/systemd/private", .peer = true}));
}

TEST(BusAddresses, AreThoseOfTheEnvironmentWhenItHasSome) {
  const BusEnvironment environment = {.system_bus = "unix:path=/system",
                                      .session_bus = "unix:path=/session",
                                      .runtime_directory = "/run/user/1000"};
  EXPECT_THAT(bus_addresses(environment, false).value(),
              ElementsAre(BusAddress{.address = "unix:path=/system"}));
  EXPECT_THAT(bus_addresses(environment, true).value(),
              ElementsAre(BusAddress{.address = "unix:path=/session"}));
}

TEST(BusAddresses, OfAUserWithoutASessionAreUnknown) {
  EXPECT_EQ(bus_addresses({}, true).error().text(),
            "systemd: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR tells where the user's "
            "service manager is");
}

}  // namespace
}  // namespace myrt::container
