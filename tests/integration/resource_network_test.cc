// linux.resources.network, which v2 has nothing for.

#include "support/resources.h"

namespace myrt::test {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Network, ResourceField,
    ::testing::Values(
        Field{"class_id",
              R"({"network": {"classID": 1048577}})",
              "net_cls",
              {{"net_cls.classid: 1048577"}},
              kRefused},
        Field{"class_id_of_0_is_none", R"({"network": {"classID": 0}})", "memory", {{}}, {{}}},
        Field{"priorities",
              R"({"network": {"priorities": [{"name": "lo", "priority": 5}]}})",
              "net_prio",
              {{"net_prio.ifpriomap: lo 5"}},
              kRefused}),
    field_name);

class MyrtResourceNetwork : public ResourceTest {
 protected:
  void create_says(const std::string& network, const std::string& message) {
    sleeper().set("/linux/resources/network", network);
    EXPECT_TRUE(failed(Container(bundle_).create(), ": " + message + "\n"));
  }
};

TEST_F(MyrtResourceNetwork, SaysWhatVersion2CannotDo) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  create_says(R"({"classID": 7})",
              "/linux/resources/network/classID: cgroup v2 has nothing like it");
  create_says(R"({"priorities": [{"name": "lo", "priority": 5}]})",
              "/linux/resources/network/priorities: cgroup v2 has nothing like it");
}

TEST_F(MyrtResourceNetwork, SaysWhichControllerIsMissing) {
  if (cgroup_v2() || has_controller("net_cls") || has_controller("net_prio")) {
    GTEST_SKIP() << "needs cgroup v1 without net_cls and net_prio";
  }
  create_says(
      R"({"classID": 7})",
      "/linux/resources/network/classID: this host has no cgroup v1 controller \"net_cls\"");
  create_says(R"({"priorities": [{"name": "lo", "priority": 5}]})",
              "/linux/resources/network/priorities/0: this host has no cgroup v1 controller "
              "\"net_prio\"");
}

TEST_F(MyrtResourceNetwork, SaysWhichInterfaceIsMissing) {
  if (!has_controller("net_prio")) {
    GTEST_SKIP() << "needs the cgroup controller net_prio";
  }
  const std::string path = "/" + unique_name();
  bundle_.set("/linux/cgroupsPath", json_quote(path));
  create_says(R"({"priorities": [{"name": "nope0", "priority": 5}]})",
              "/linux/resources/network/priorities/0: write \"nope0 5\" to " +
                  cgroup_root("net_prio").string() + path + "/net_prio.ifpriomap: No such device");
}

}  // namespace
}  // namespace myrt::test
