#include <fcntl.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "container/inputs.h"

namespace myrt {
namespace {

using Names = std::vector<std::string>;

std::string refusal(std::string_view argument) {
  const Result<OverlayRequest> request = parse_overlay(argument);
  return request.has_value() ? "accepted" : request.error().text();
}

TEST(ParseOverlay, TakesOneLowerDirectory) {
  const Result<OverlayRequest> request = parse_overlay("/layer");

  ASSERT_TRUE(request.has_value()) << request.error().text();
  EXPECT_EQ(request->lower, Names{"/layer"});
  EXPECT_EQ(request->upper, "");
  EXPECT_EQ(request->work, "");
}

TEST(ParseOverlay, TakesLowerDirectoriesAndBothOthersInAnyOrder) {
  for (const char* argument : {"/a:b:/c,upper=/u,work=/w", "/a:b:/c,work=/w,upper=/u"}) {
    const Result<OverlayRequest> request = parse_overlay(argument);

    ASSERT_TRUE(request.has_value()) << request.error().text();
    EXPECT_EQ(request->lower, (Names{"/a", "b", "/c"}));
    EXPECT_EQ(request->upper, "/u");
    EXPECT_EQ(request->work, "/w");
  }
}

TEST(ParseOverlay, UndoesEscapes) {
  const Result<OverlayRequest> request =
      parse_overlay(R"(/a\:b:/c\,d:/e\\:f,upper=/u\,v,work=/w\:x\\)");

  ASSERT_TRUE(request.has_value()) << request.error().text();
  EXPECT_EQ(request->lower, (Names{"/a:b", "/c,d", "/e\\", "f"}));
  EXPECT_EQ(request->upper, "/u,v");
  EXPECT_EQ(request->work, "/w:x\\");
}

TEST(ParseOverlay, TakesAColonInUpperAsItIs) {
  const Result<OverlayRequest> request = parse_overlay("/a,upper=/u:1,work=/w:2");

  ASSERT_TRUE(request.has_value()) << request.error().text();
  EXPECT_EQ(request->upper, "/u:1");
  EXPECT_EQ(request->work, "/w:2");
}

TEST(ParseOverlay, RefusesEscapesOfOtherCharacters) {
  EXPECT_EQ(refusal(R"(/a\b)"), R"(--overlay: \ must stand before :, a comma or \ in /a\b)");
  EXPECT_EQ(refusal(R"(/a\)"), R"(--overlay: \ must stand before :, a comma or \ in /a\)");
  EXPECT_EQ(refusal(R"(/a,upper=\u,work=w)"),
            R"(--overlay: \ must stand before :, a comma or \ in \u)");
}

TEST(ParseOverlay, RefusesDirectoriesWithoutAName) {
  for (const char* argument : {"", ":", "/a:", ":/a", "/a::/b", ",upper=/u,work=/w",
                               "/a,upper=,work=/w", "/a,upper=/u,work="}) {
    EXPECT_EQ(refusal(argument), "--overlay: a directory without a name") << argument;
  }
}

TEST(ParseOverlay, RefusesOtherFields) {
  EXPECT_EQ(refusal("/a,"), "--overlay: want upper=DIR or work=DIR, got ");
  EXPECT_EQ(refusal("/a,/b"), "--overlay: want upper=DIR or work=DIR, got /b");
  EXPECT_EQ(refusal("/a,lower=/b"), "--overlay: want upper=DIR or work=DIR, got lower=/b");
  EXPECT_EQ(refusal("/a,upper"), "--overlay: want upper=DIR or work=DIR, got upper");
}

TEST(ParseOverlay, RefusesAFieldThatIsGivenTwice) {
  EXPECT_EQ(refusal("/a,upper=/u,upper=/v,work=/w"), "--overlay: upper is given twice");
  EXPECT_EQ(refusal("/a,work=/v,work=/w"), "--overlay: work is given twice");
}

TEST(ParseOverlay, RefusesUpperWithoutWork) {
  EXPECT_EQ(refusal("/a,upper=/u"), "--overlay: upper and work go together");
  EXPECT_EQ(refusal("/a,work=/w"), "--overlay: upper and work go together");
}

class OverlayPlanTest : public testing::Test {
 protected:
  OverlayPlanTest() {
    for (const char* name : {"l1", "l2", "u", "w", "annotated"}) {
      std::filesystem::create_directory(bundle / name);
    }
  }
  std::string refusal() {
    const auto plan = container::overlay_plan(spec, options, bundle.path());
    return plan.has_value() ? "accepted" : plan.error().text();
  }

  sys::TemporaryDirectory bundle;
  Spec spec;
  CreateOptions options;
};

TEST_F(OverlayPlanTest, IsNoneWhenNobodyAsks) {
  const auto plan = container::overlay_plan(spec, options, bundle.path());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(*plan, std::nullopt);
}

TEST_F(OverlayPlanTest, HasAbsoluteDirectories) {
  options.overlay = OverlayRequest{.lower = {"l1", bundle / "l2"}, .upper = "u", .work = "./w/"};

  const auto plan = container::overlay_plan(spec, options, bundle.path());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(*plan, (plan::OverlayPlan{.lower = {bundle / "l1", bundle / "l2"},
                                      .upper = bundle / "u",
                                      .work = bundle / "w"}));
}

TEST_F(OverlayPlanTest, IsReadOnlyWithTheRoot) {
  spec.root.readonly = true;
  options.overlay = OverlayRequest{.lower = {"l1"}, .upper = {}, .work = {}};

  const auto plan = container::overlay_plan(spec, options, bundle.path());

  ASSERT_TRUE(plan.has_value() && plan->has_value());
  EXPECT_TRUE((*plan)->read_only);
}

TEST_F(OverlayPlanTest, SaysWhichDirectoryIsMissing) {
  options.overlay = OverlayRequest{.lower = {"none"}, .upper = {}, .work = {}};
  EXPECT_EQ(refusal(), "overlay lower directory: open directory " + (bundle / "none") +
                           ": No such file or directory");

  sys::write_text(bundle / "file", "");
  options.overlay = OverlayRequest{.lower = {"l1"}, .upper = "file", .work = "w"};
  EXPECT_EQ(refusal(),
            "overlay upper directory: open directory " + (bundle / "file") + ": Not a directory");

  options.overlay = OverlayRequest{.lower = {"l1"}, .upper = "u", .work = "none"};
  EXPECT_EQ(refusal(), "overlay work directory: open directory " + (bundle / "none") +
                           ": No such file or directory");
}

TEST_F(OverlayPlanTest, HonoursAnnotationsOnlyWhenToldTo) {
  spec.annotations = {{"org.myrt.overlay.lowerdir", "annotated:l1"},
                      {"org.myrt.overlay.upperdir", "u"},
                      {"org.myrt.overlay.workdir", "w"},
                      {"other", "x"}};
  const auto ignored = container::overlay_plan(spec, options, bundle.path());
  options.overlay_annotations = true;
  const auto honoured = container::overlay_plan(spec, options, bundle.path());

  ASSERT_TRUE(ignored.has_value()) << ignored.error().text();
  EXPECT_EQ(*ignored, std::nullopt);
  ASSERT_TRUE(honoured.has_value()) << honoured.error().text();
  EXPECT_EQ(*honoured, (plan::OverlayPlan{.lower = {bundle / "annotated", bundle / "l1"},
                                          .upper = bundle / "u",
                                          .work = bundle / "w"}));
}

TEST_F(OverlayPlanTest, TakesTheOptionBeforeAnnotations) {
  spec.annotations = {{"org.myrt.overlay.lowerdir", "annotated"}};
  options.overlay_annotations = true;
  options.overlay = OverlayRequest{.lower = {"l1"}, .upper = {}, .work = {}};

  const auto plan = container::overlay_plan(spec, options, bundle.path());

  ASSERT_TRUE(plan.has_value() && plan->has_value());
  EXPECT_EQ((*plan)->lower, Names{bundle / "l1"});
}

TEST_F(OverlayPlanTest, RefusesAnnotationsThatMakeNoOverlay) {
  options.overlay_annotations = true;
  const std::string incomplete =
      "annotations org.myrt.overlay.*: want lowerdir, and upperdir and workdir together or not at "
      "all";

  spec.annotations = {{"org.myrt.overlay.upperdir", "u"}, {"org.myrt.overlay.workdir", "w"}};
  EXPECT_EQ(refusal(), incomplete);
  spec.annotations = {{"org.myrt.overlay.lowerdir", "l1"}, {"org.myrt.overlay.workdir", "w"}};
  EXPECT_EQ(refusal(), incomplete);
  spec.annotations = {{"org.myrt.overlay.lowerdir", "l1:"}};
  EXPECT_EQ(refusal(), "annotation org.myrt.overlay.lowerdir: a directory without a name");
  spec.annotations = {{"org.myrt.overlay.size", "1"}};
  EXPECT_EQ(refusal(), "annotation org.myrt.overlay.size: unknown");
}

}  // namespace
}  // namespace myrt
