#include "cgroup/systemd_annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "systemd_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string variant(std::string_view value) {
  const Result<UnitProperty> parsed = parse_variant(value);
  return parsed.has_value() ? text(*parsed) : parsed.error().text();
}

using Annotations = std::vector<std::pair<std::string, std::string>>;

std::string error_of(const std::string& name, const std::string& value = "true") {
  const Annotations annotations = {{"org.systemd.property." + name, value}};
  const auto properties = annotated_properties(annotations);
  return properties.has_value() ? "no error" : properties.error().text();
}

TEST(ParseVariant, KnowsBooleansNumbersAndStrings) {
  EXPECT_EQ(variant("true"), " b 1");
  EXPECT_EQ(variant("false"), " b 0");
  EXPECT_EQ(variant("-5"), " i -5");
  EXPECT_EQ(variant("1.5"), " d 1.5");
  EXPECT_EQ(variant("'a b'"), " s a b");
  EXPECT_EQ(variant("\"it's\""), " s it's");
  EXPECT_EQ(variant("'it\\'s'"), " s it's");
}

TEST(ParseVariant, TakesATypeInFrontOfAValue) {
  EXPECT_EQ(variant("uint64 18446744073709551615"), " t 18446744073709551615");
  EXPECT_EQ(variant("byte 255"), " y 255");
  EXPECT_EQ(variant("@u 7"), " u 7");
  EXPECT_EQ(variant("objectpath '/a'"), " o /a");
}

TEST(ParseVariant, KnowsArraysAndTuples) {
  EXPECT_EQ(variant("['a', 'b']"), " as 2 a b");
  EXPECT_EQ(variant("[uint32 1, 2]"), " au 2 1 2");
  EXPECT_EQ(variant("@as []"), " as 0");
  EXPECT_EQ(variant("[('/dev/null', 'rw'), ('/dev/zero', 'r')]"),
            " a(ss) 2 /dev/null rw /dev/zero r");
  EXPECT_EQ(variant("('a', false, uint64 3)"), " (sbt) a 0 3");
}

TEST(ParseVariant, SaysWhatItWanted) {
  EXPECT_EQ(variant(""), "want a value, got \"\"");
  EXPECT_EQ(variant("nonsense"), "want a value, got \"nonsense\"");
  EXPECT_EQ(variant("byte 256"), "want a value, got \"256\"");
  EXPECT_EQ(variant("5 6"), "want the end, got \"6\"");
  EXPECT_EQ(variant("'open"), "want the end of the string, got \"'open\"");
  EXPECT_EQ(variant("[1, 'a']"), "want a number, got \"]\"");
  EXPECT_EQ(variant("[1"), "want \",\" or \"]\", got \"\"");
  EXPECT_EQ(variant("[(1, 2), (1, 'a')]"), "want elements of one type");
  EXPECT_EQ(variant(std::string(40, '[')),
            "want fewer levels, got \"" + std::string(24, '[') + "\"");
}

TEST(AnnotatedProperties, AreThoseOfTheirPrefix) {
  const Annotations annotations = {{"io.kubernetes.cri.container-type", "sandbox"},
                                   {"org.systemd.property.KillSignal", "10"},
                                   {"org.systemd.property.After", "['a.service']"}};
  EXPECT_THAT(text(annotated_properties(annotations).value()),
              ElementsAre("KillSignal i 10", "After as 1 a.service"));
  EXPECT_THAT(annotated_properties({}).value(), IsEmpty());
}

TEST(AnnotatedProperties, TakeTimesInSeconds) {
  const Annotations annotations = {{"org.systemd.property.TimeoutStopSec", "uint64 7"},
                                   {"org.systemd.property.RuntimeMaxSec", "0.5"},
                                   {"org.systemd.property.TimeoutStopUSec", "uint64 9"}};
  EXPECT_THAT(
      text(annotated_properties(annotations).value()),
      ElementsAre("TimeoutStopUSec t 7000000", "RuntimeMaxUSec t 500000", "TimeoutStopUSec t 9"));
  EXPECT_EQ(error_of("TimeoutStopSec", "'7'"),
            "/annotations/org.systemd.property.TimeoutStopSec: want a number of seconds");
  EXPECT_EQ(error_of("TimeoutStopSec", "-1"),
            "/annotations/org.systemd.property.TimeoutStopSec: want a number of seconds");
}

TEST(AnnotatedProperties, DoNotUndoWhatTheRuntimeSets) {
  EXPECT_EQ(error_of("Slice", "'a.slice'"),
            "/annotations/org.systemd.property.Slice: is set by the runtime itself");
  EXPECT_EQ(error_of("Delegate", "false"),
            "/annotations/org.systemd.property.Delegate: is set by the runtime itself");
  EXPECT_EQ(error_of("DelegateSubgroup", "'a'"),
            "/annotations/org.systemd.property.DelegateSubgroup: is set by the runtime itself");
  EXPECT_EQ(error_of("DevicePolicy", "'auto'"),
            "/annotations/org.systemd.property.DevicePolicy: is set by the runtime itself");
}

// They may come with an image, which must not stop a service of the host's.
TEST(AnnotatedProperties, DoNotReachOtherUnits) {
  for (const char* name :
       {"Conflicts", "Requires", "BindsTo", "OnFailure", "FailureAction", "Wants"}) {
    EXPECT_EQ(error_of(name, "['a.service']"),
              "/annotations/org.systemd.property." + std::string(name) +
                  ": acts on other units than the container's own");
  }
}

TEST(AnnotatedProperties, HaveNamesOfLetters) {
  EXPECT_EQ(error_of(""), "/annotations/org.systemd.property.: is not the name of a property");
  EXPECT_EQ(error_of("A.B"),
            "/annotations/org.systemd.property.A.B: is not the name of a property");
}

}  // namespace
}  // namespace myrt::cgroup
