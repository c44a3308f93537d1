#include "plan/resctrl.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ResctrlStep::Kind;

ResctrlPlan plan_of(const IntelRdt& rdt) { return resctrl_plan(rdt, "c1").value().value(); }

ResctrlStep directory(const std::string& path) {
  return {.kind = Kind::kMakeDirectory, .path = path, .value = {}};
}

ResctrlStep schemata(const std::string& path, const std::string& value) {
  return {.kind = Kind::kWrite, .path = path, .value = value};
}

std::vector<ResctrlStep> steps_of(const IntelRdt& rdt, const ResctrlState& state = {}) {
  const auto steps = resctrl_steps(plan_of(rdt), state);
  EXPECT_TRUE(steps.has_value()) << steps.error().text();
  return steps.value_or(std::vector<ResctrlStep>());
}

Error refusal_of(const IntelRdt& rdt, const ResctrlState& state = {}) {
  const auto steps = resctrl_steps(plan_of(rdt), state);
  return steps.has_value() ? Error("accepted") : steps.error();
}

TEST(ResctrlPlan, IsNoneWithoutTheSection) {
  EXPECT_EQ(resctrl_plan(std::nullopt, "c1").value(), std::nullopt);
}

TEST(ResctrlPlan, RefusesAnIdThatIsTheKernels) {
  const auto plan = resctrl_plan(IntelRdt{}, "info");
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().text(), "/linux/intelRdt: the id \"info\" is no name for a resctrl group");
  EXPECT_FALSE(
      resctrl_plan(IntelRdt{.clos_id = "/", .monitoring = true}, "mon_groups").has_value());
  EXPECT_TRUE(resctrl_plan(IntelRdt{.clos_id = "gold"}, "info").has_value());
}

TEST(ResctrlSteps, MakeAGroupOfTheContainersOwnWithoutClosId) {
  EXPECT_THAT(steps_of({}), ElementsAre(directory("c1")));
}

TEST(ResctrlSteps, WriteCacheAndBandwidthAsOneAndSchemataLast) {
  EXPECT_THAT(steps_of({.schemata = {"L2:0=f", "L3:1=3"},
                        .l3_cache_schema = "L3:0=7f0;1=1f",
                        .mem_bw_schema = "MB:0=20;1=70"}),
              ElementsAre(directory("c1"), schemata("c1/schemata", "L3:0=7f0;1=1f\nMB:0=20;1=70\n"),
                          schemata("c1/schemata", "L2:0=f\nL3:1=3\n")));
}

TEST(ResctrlSteps, MakeTheGroupOfClosIdWhenItIsMissing) {
  EXPECT_THAT(steps_of({.clos_id = "gold", .l3_cache_schema = "L3:0=f"}),
              ElementsAre(directory("gold"), schemata("gold/schemata", "L3:0=f\n")));
}

TEST(ResctrlSteps, LeaveAGroupOfClosIdThatAgreesAsItIs) {
  EXPECT_THAT(steps_of({.clos_id = "gold", .l3_cache_schema = "L3:0=f"},
                       {.group_exists = true, .schemata = "    L3:0=00f;1=fff\n"}),
              IsEmpty());
}

TEST(ResctrlSteps, RefuseAGroupOfClosIdThatSaysOtherwise) {
  const Error error = refusal_of({.clos_id = "gold", .mem_bw_schema = "MB:0=20"},
                                 {.group_exists = true, .schemata = "    MB:0=  30\n"});
  EXPECT_EQ(error.text(),
            "/linux/intelRdt: resctrl group \"gold\" is there with other schemata: \"    MB:0=  "
            "30\\n\", not \"MB:0=20\\n\"");
}

TEST(ResctrlSteps, WantAGroupOfClosIdAloneToBeThere) {
  EXPECT_THAT(steps_of({.clos_id = "gold"}, {.group_exists = true}), IsEmpty());
  const Error error = refusal_of({.clos_id = "gold"});
  EXPECT_EQ(error.code(), ENOENT);
  EXPECT_EQ(error.text(),
            "/linux/intelRdt/closID: resctrl group \"gold\", without schemata: No such file or "
            "directory");
}

TEST(ResctrlSteps, RefuseAGroupWithTheIdThatIsAnothers) {
  const Error error = refusal_of({}, {.group_exists = true});
  EXPECT_EQ(error.code(), EEXIST);
  EXPECT_EQ(error.text(), "/linux/intelRdt: resctrl group \"c1\": File exists");
}

TEST(ResctrlSteps, MakeNoGroupForTheDefaultOne) {
  EXPECT_THAT(steps_of({.clos_id = "/"}, {.group_exists = true}), IsEmpty());
  EXPECT_THAT(steps_of({.clos_id = "/", .monitoring = true}, {.group_exists = true}),
              ElementsAre(directory("mon_groups/c1")));
}

TEST(ResctrlSteps, MakeAMonitoringGroupInTheGroup) {
  EXPECT_THAT(steps_of({.monitoring = true}),
              ElementsAre(directory("c1"), directory("c1/mon_groups/c1")));
  EXPECT_THAT(steps_of({.clos_id = "gold", .monitoring = true}, {.group_exists = true}),
              ElementsAre(directory("gold/mon_groups/c1")));
  EXPECT_EQ(refusal_of({.clos_id = "gold", .monitoring = true},
                       {.group_exists = true, .monitoring_exists = true})
                .text(),
            "/linux/intelRdt/enableMonitoring: \"gold/mon_groups/c1\": File exists");
}

TEST(ResctrlTasks, AreTheGroupsThenTheMonitoringGroups) {
  EXPECT_THAT(resctrl_tasks(plan_of({})), ElementsAre("c1/tasks"));
  EXPECT_THAT(resctrl_tasks(plan_of({.clos_id = "gold", .monitoring = true})),
              ElementsAre("gold/tasks", "gold/mon_groups/c1/tasks"));
  EXPECT_THAT(resctrl_tasks(plan_of({.clos_id = "/", .monitoring = true})),
              ElementsAre("tasks", "mon_groups/c1/tasks"));
}

TEST(CombinedSchema, EndsInANewline) {
  EXPECT_EQ(combined_schema("L3:0=f", ""), "L3:0=f\n");
  EXPECT_EQ(combined_schema("", "MB:0=20"), "MB:0=20\n");
  EXPECT_EQ(combined_schema("L3:0=f\n", "MB:0=20"), "L3:0=f\nMB:0=20\n");
  EXPECT_EQ(combined_schema("", ""), "");
}

TEST(CombinedSchema, TakesTheBandwidthOfItsOwnField) {
  EXPECT_EQ(combined_schema("L3:0=f\nMB:0=50\nL2:0=1", "MB:0=20"), "L3:0=f\nL2:0=1\nMB:0=20\n");
  EXPECT_EQ(combined_schema("L3:0=f\nMB:0=50", ""), "L3:0=f\nMB:0=50\n");
}

TEST(SchemataAgree, WhenEachNamedDomainHasTheValue) {
  // As the kernel shows them: names and masks are padded.
  const std::string shown = "    MB:0= 100;1=  20\n    L3:0=00ff0;1=0001f\n";
  EXPECT_TRUE(schemata_agree("L3:0=ff0;1=1f\n", shown));
  EXPECT_TRUE(schemata_agree("L3:1=0x1F\n", shown));
  EXPECT_TRUE(schemata_agree("MB:0=100;1=20\nL3:0=FF0\n", shown));
  EXPECT_FALSE(schemata_agree("L3:0=ff\n", shown));
  EXPECT_FALSE(schemata_agree("L3:2=ff0\n", shown));
  EXPECT_FALSE(schemata_agree("L2:0=ff0\n", shown));
  EXPECT_FALSE(schemata_agree("MB:0=100;1=30\n", shown));
}

}  // namespace
}  // namespace myrt::plan
