// Base of the suites whose containers have their cgroups made by systemd. They skip where there is
// none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "support/fixture.h"
#include "support/systemd.h"

namespace myrt::test {

class SystemdTest : public RuntimeTest {
 protected:
  static void SetUpTestSuite() {
    if (Systemd::missing().empty()) {
      systemd_.emplace();
    }
  }
  static void TearDownTestSuite() { systemd_.reset(); }

  void SetUp() override {
    if (!systemd_.has_value()) {
      GTEST_SKIP() << Systemd::missing();
    }
    RuntimeTest::SetUp();
    bundle_.args({"/bin/sleep", "100"});
  }
  void TearDown() override {
    if (systemd_.has_value()) {
      RuntimeTest::TearDown();
    }
  }

  static Systemd& systemd() { return *systemd_; }

  /// The scope that place() asks for.
  static std::string unit(const Container& container) { return "it-" + container.id() + ".scope"; }
  void place(const Container& container, const std::string& slice = "user.slice") {
    bundle_.set("/linux/cgroupsPath", json_quote(slice + ":it:" + container.id()));
  }
  Outcome create(Container& container, const std::string& slice = "user.slice") {
    place(container, slice);
    return container.create(systemd().managed(container.create_command()));
  }
  Outcome run_in_scope(Container& container) {
    place(container);
    return container.run(systemd().managed(container.run_command()));
  }

  static std::string show(const Container& container, const std::string& property) {
    return systemd().show(unit(container), property);
  }
  /// The part of "V1|V2" that is for this machine.
  static std::string choice(const std::string& text) {
    const std::size_t bar = text.find('|');
    if (bar == std::string::npos) {
      return text;
    }
    return cgroup_v2() ? text.substr(bar + 1) : text.substr(0, bar);
  }
  /// What the kernel's file says; both may be "V1|V2".
  static std::string value(const Container& container, const std::string& controller,
                           const std::string& file) {
    return read_value(cgroup_of(container.pid(), controller) / choice(file));
  }

 private:
  static inline std::optional<Systemd> systemd_;
};

}  // namespace myrt::test
