// linux.resources.hugepageLimits.

#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>

#include "support/probe.h"
#include "support/resources.h"

namespace myrt::test {
namespace {

// Both what is touched and what is reserved.
INSTANTIATE_TEST_SUITE_P(
    Hugetlb, ResourceField,
    ::testing::Values(
        Field{"limit",
              R"({"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]})",
              "hugetlb",
              {{"hugetlb.2MB.limit_in_bytes: 4194304", "hugetlb.2MB.rsvd.limit_in_bytes: 4194304"}},
              {{"hugetlb.2MB.max: 4194304", "hugetlb.2MB.rsvd.max: 4194304"}}},
        Field{"ban",
              R"({"hugepageLimits": [{"pageSize": "2MB", "limit": 0}]})",
              "hugetlb",
              {{"hugetlb.2MB.limit_in_bytes: 0", "hugetlb.2MB.rsvd.limit_in_bytes: 0"}},
              {{"hugetlb.2MB.max: 0", "hugetlb.2MB.rsvd.max: 0"}}}),
    field_name);

class ResourceHugetlb : public ResourceTest {
 protected:
  void SetUp() override {
    ResourceTest::SetUp();
    const std::string free = read_value("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
    if (free.empty() || std::stoi(free) < 2 || !has_controller("hugetlb")) {
      GTEST_SKIP() << "needs the cgroup controller hugetlb and free huge pages";
    }
  }
  // errno of mapping two huge pages.
  std::string mapping_with_limit(const std::string& bytes) {
    bundle_.set("/linux/resources/hugepageLimits",
                R"([{"pageSize": "2MB", "limit": )" + bytes + "}]");
    add_probe(bundle_);
    bundle_.args(probe_syscall(
        SYS_mmap, {"0", "4194304", std::to_string(PROT_READ | PROT_WRITE),
                   std::to_string(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB), "-1", "0"}));
    return Container(bundle_).run().out;
  }
};

TEST_F(ResourceHugetlb, LimitLetsAsManyPagesBeMapped) {
  EXPECT_EQ(mapping_with_limit("4194304"), "0\n");
}

TEST_F(ResourceHugetlb, LimitLetsNoMoreBeMapped) {
  EXPECT_EQ(mapping_with_limit("2097152"), std::to_string(ENOMEM) + "\n");
}

class MyrtResourceHugetlb : public ResourceTest {};

TEST_F(MyrtResourceHugetlb, SaysWhichSizeTheKernelDoesNotHave) {
  if (!has_controller("hugetlb")) {
    GTEST_SKIP() << "needs the cgroup controller hugetlb";
  }
  const std::string path = "/" + unique_name();
  sleeper()
      .set("/linux/cgroupsPath", json_quote(path))
      .set("/linux/resources/hugepageLimits", R"([{"pageSize": "3MB", "limit": 0}])");
  Container container(bundle_);
  expect_message(container.create(), "create " + container.id() +
                                         ": cgroup: /linux/resources/hugepageLimits/0: " +
                                         cgroup_root("hugetlb").string() + path + "/hugetlb.3MB." +
                                         (cgroup_v2() ? "max" : "limit_in_bytes") +
                                         " is missing: this kernel does not offer it");
}

}  // namespace
}  // namespace myrt::test
