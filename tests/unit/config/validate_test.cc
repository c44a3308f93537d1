#include "config/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> faults_of(const Spec& spec) {
  Findings findings;
  validate(spec, findings);
  return texts_of(findings);
}

Spec with_namespaces(std::vector<Namespace> namespaces) {
  Spec spec;
  spec.linux.namespaces = std::move(namespaces);
  return spec;
}

TEST(Validate, FindsNothingInAnEmptySpec) { EXPECT_THAT(faults_of(Spec{}), IsEmpty()); }

TEST(Validate, WantsAUtsNamespaceForNames) {
  Spec spec;
  spec.hostname = "a";
  spec.domainname = "b";
  EXPECT_THAT(
      faults_of(spec),
      ElementsAre("/hostname: want a uts namespace with it, or the host would be renamed",
                  "/domainname: want a uts namespace with it, or the host would be renamed"));
  spec.linux.namespaces = {{.kind = NamespaceKind::kUts, .path = "/proc/7/ns/uts"}};
  EXPECT_THAT(faults_of(spec), IsEmpty());
}

TEST(Validate, WantsAMountNamespaceForProtectedPaths) {
  Spec spec = with_namespaces({{.kind = NamespaceKind::kPid, .path = ""}});
  spec.linux.masked_paths = {"/proc/kcore"};
  spec.linux.readonly_paths = {"/proc/sys"};
  EXPECT_THAT(faults_of(spec), ElementsAre("/linux/maskedPaths: want a mount namespace with it",
                                           "/linux/readonlyPaths: want a mount namespace with it"));
  spec.linux.namespaces = {{.kind = NamespaceKind::kMount, .path = ""}};
  EXPECT_THAT(faults_of(spec), IsEmpty());
}

TEST(Validate, WantsANewMountNamespaceForAReadOnlyRoot) {
  Spec spec = with_namespaces({{.kind = NamespaceKind::kPid, .path = ""}});
  spec.root.readonly = true;
  EXPECT_THAT(faults_of(spec), ElementsAre("/root/readonly: want a new mount namespace with it"));
  spec.linux.namespaces = {{.kind = NamespaceKind::kMount, .path = "/proc/7/ns/mnt"}};
  EXPECT_THAT(faults_of(spec), ElementsAre("/root/readonly: want a new mount namespace with it"));
  spec.linux.namespaces = {{.kind = NamespaceKind::kMount, .path = ""}};
  EXPECT_THAT(faults_of(spec), IsEmpty());
}

// sched(7): fork(2) of a deadline process fails with EAGAIN.
TEST(Validate, WantsADeadlineProcessThatCanRunItsHooks) {
  Spec spec;
  spec.process = Process{.scheduler = Scheduler{.policy = 6}};  // SCHED_DEADLINE, linux/sched.h
  EXPECT_THAT(faults_of(spec), IsEmpty());
  spec.hooks.start_container = {{.path = "/bin/hook"}};
  EXPECT_THAT(faults_of(spec),
              ElementsAre("/process/scheduler: want SCHED_FLAG_RESET_ON_FORK with SCHED_DEADLINE "
                          "and startContainer hooks"));
  spec.process->scheduler->flags = 1;  // SCHED_FLAG_RESET_ON_FORK
  EXPECT_THAT(faults_of(spec), IsEmpty());
}

TEST(Validate, SaysNothingOfTheConsequencesOfOtherFaults) {
  Spec spec;
  spec.hostname = "a";
  for (const char* pointer :
       {"/linux", "/linux/namespaces", "/linux/namespaces/0/type", "/hostname"}) {
    Findings findings;
    findings.fault(pointer, "bad");
    validate(spec, findings);
    EXPECT_EQ(findings.fault_count(), 1U) << pointer;
  }
  Findings findings;
  findings.fault("/linux/namespacesX", "bad");
  validate(spec, findings);
  EXPECT_EQ(findings.fault_count(), 2U);
}

TEST(Validate, AsksEveryRuleWhateverTheOthersFound) {
  Spec spec;
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 4294967294, .size = 2}};
  spec.linux.gid_mappings = {{.container_id = 0, .host_id = 1, .size = 1}};
  EXPECT_THAT(faults_of(spec),
              ElementsAre("/linux/uidMappings: want a user namespace with it",
                          "/linux/gidMappings: want a user namespace with it",
                          "/linux/uidMappings/0: want host ids up to 4294967294, got 4294967295"));
}

}  // namespace
}  // namespace myrt::config
