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

const BusEnvironment kSession = {.user_name = "ann", .runtime_directory = "/run/user/1000"};
const host::HostFacts kRoot = {.uid = 0};
const host::HostFacts kUser = {.uid = 1000};
const host::HostFacts kRootOfANamespace = {.uid = 0, .in_user_namespace = true};

TEST(HasUserManager, IsTrueOfAUserAlone) {
  EXPECT_FALSE(has_user_manager(kSession, kRoot, std::nullopt));
  EXPECT_TRUE(has_user_manager(kSession, kUser, std::nullopt));
}

TEST(HasUserManager, IsTrueOfRootInTheNamespaceOfAUser) {
  EXPECT_TRUE(has_user_manager(kSession, kRootOfANamespace, std::nullopt));
}

TEST(HasUserManager, IsFalseInTheNamespaceOfAMachine) {
  const BusEnvironment login = {.user_name = "root", .runtime_directory = "/run/user/0"};
  EXPECT_FALSE(has_user_manager(login, kRootOfANamespace, std::nullopt));
  EXPECT_FALSE(has_user_manager({}, kRootOfANamespace, std::nullopt));
}

TEST(HasUserManager, IsWhatTheCallerSays) {
  EXPECT_TRUE(has_user_manager(kSession, kRoot, true));
  EXPECT_FALSE(has_user_manager(kSession, kUser, false));
}

const RecordedUnit kUnit = {.name = "myrt-c1.scope",
                            .slice = "a.slice",
                            .invocation = "0a",
                            .manager = {.address = "unix:path=/bus"}};

TEST(HolderOf, IsTheContainerOfTheSameInvocation) {
  EXPECT_EQ(holder_of(kUnit, cgroup::UnitIdentity{.slice = "a.slice", .invocation = "0a"}),
            UnitHolder::kContainer);
}

TEST(HolderOf, IsTheContainerWhoseInvocationIsNotRecordedYet) {
  RecordedUnit unit = kUnit;
  unit.invocation.clear();
  EXPECT_EQ(holder_of(unit, cgroup::UnitIdentity{.slice = "a.slice", .invocation = "0b"}),
            UnitHolder::kContainer);
}

TEST(HolderOf, IsAnotherOneAfterAnotherStart) {
  EXPECT_EQ(holder_of(kUnit, cgroup::UnitIdentity{.slice = "a.slice", .invocation = "0b"}),
            UnitHolder::kOther);
}

TEST(HolderOf, IsNobodyWhenTheUnitIsGoneOrElsewhere) {
  RecordedUnit unit = kUnit;
  unit.invocation.clear();
  EXPECT_EQ(holder_of(kUnit, std::nullopt), UnitHolder::kNobody);
  EXPECT_EQ(holder_of(unit, cgroup::UnitIdentity{.slice = "b.slice", .invocation = "0a"}),
            UnitHolder::kNobody);
}

}  // namespace
}  // namespace myrt::container
