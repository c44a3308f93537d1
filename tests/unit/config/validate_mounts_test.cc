#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/validate.h"
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

/// A config with one id-mapped bind mount.
Spec with_mappings(std::vector<IdMapping> mappings) {
  Spec spec;
  spec.mounts.push_back({.destination = "/a",
                         .source = "/x",
                         .bind = true,
                         .id_mapped = IdMapScope::kMount,
                         .uid_mappings = mappings,
                         .gid_mappings = mappings});
  return spec;
}

TEST(ValidateIdMappedMounts, AcceptsMappingsWithoutAUserNamespace) {
  EXPECT_THAT(faults_of(with_mappings({{.container_id = 0, .host_id = 5, .size = 1}})), IsEmpty());
}

TEST(ValidateIdMappedMounts, AcceptsThoseOfTheUserNamespace) {
  Spec spec = with_mappings({});
  spec.linux.namespaces = {{.kind = NamespaceKind::kUser, .path = "/proc/1/ns/user"}};
  EXPECT_THAT(faults_of(spec), IsEmpty());
}

TEST(ValidateIdMappedMounts, WantsMappingsOrAUserNamespace) {
  EXPECT_THAT(faults_of(with_mappings({})),
              ElementsAre("/mounts/0/options: want uidMappings and gidMappings with an id-mapped "
                          "mount, or a user namespace that has them"));
}

TEST(ValidateIdMappedMounts, HoldsMappingsToWhatTheKernelTakes) {
  Spec spec = with_mappings({{.container_id = 0, .host_id = 5, .size = 2},
                             {.container_id = 1, .host_id = 4294967294, .size = 2}});
  spec.mounts[0].gid_mappings = {{.container_id = 0, .host_id = 5, .size = 1}};
  EXPECT_THAT(
      faults_of(spec),
      ElementsAre("/mounts/0/uidMappings/1: want each container id once, got 1 again",
                  "/mounts/0/uidMappings/1: want host ids up to 4294967294, got 4294967295"));
}

TEST(ValidateIdMappedMounts, TakesNoMoreMappingsThanTheKernel) {
  std::vector<IdMapping> mappings;
  for (std::uint32_t id = 0; id < 341; ++id) {
    mappings.push_back({.container_id = id, .host_id = id, .size = 1});
  }
  EXPECT_THAT(faults_of(with_mappings(std::move(mappings))),
              ElementsAre("/mounts/0/uidMappings: want at most 340 mappings, which is all the "
                          "kernel takes, got 341",
                          "/mounts/0/gidMappings: want at most 340 mappings, which is all the "
                          "kernel takes, got 341"));
}

}  // namespace
}  // namespace myrt::config
