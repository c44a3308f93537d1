// linux.resources.rdma. No machine of the tests has such hardware: what is written is shown by the
// unit tests, that it reaches the kernel by its answer.

#include "support/resources.h"

namespace myrt::test {
namespace {

class ResourceRdma : public ResourceTest {};

TEST_F(ResourceRdma, OfADeviceThatTheMachineLacksIsRefused) {
  sleeper().set("/linux/resources/rdma", R"({"nope0": {"hcaHandles": 3, "hcaObjects": 10000}})");
  EXPECT_TRUE(failed(Container(bundle_).create()));
}

class MyrtResourceRdma : public ResourceTest {};

TEST_F(MyrtResourceRdma, SaysWhichDeviceIsMissing) {
  if (!has_controller("rdma")) {
    GTEST_SKIP() << "needs the cgroup controller rdma";
  }
  const std::string path = "/" + unique_name();
  sleeper()
      .set("/linux/cgroupsPath", json_quote(path))
      .set("/linux/resources/rdma", R"({"nope0": {"hcaHandles": 3, "hcaObjects": 10000}})");
  Container container(bundle_);
  expect_message(
      container.create(),
      "create " + container.id() +
          ": cgroup: /linux/resources/rdma: write \"nope0 hca_handle=3 hca_object=10000\" to " +
          cgroup_root("rdma").string() + path + "/rdma.max: No such device");
}

}  // namespace
}  // namespace myrt::test
