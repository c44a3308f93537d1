#include "config/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;

/// What is wrong with `text`, with the place of what a parser stops at.
std::vector<std::string> faults_of(std::string_view text) {
  Findings findings;
  (void)Document::parse(text, findings);
  return texts_of(findings);
}

std::string nested_objects(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) {
    text += "{\"a\":";
  }
  text += "0";
  return text + std::string(depth, '}');
}

TEST(Document, KeepsTypesAndOrder) {
  Findings findings;
  const std::string_view text =
      R"({"n": null, "b": true, "i": -1, "u": 18446744073709551615, "r": 1.50, "s": "x", "a": [1, 2]})";
  const Document document = Document::parse(text, findings).value();

  EXPECT_EQ(document.node(kRoot).kind, NodeKind::kObject);
  EXPECT_EQ(document.node(kRoot).children, 7U);
  EXPECT_EQ(document.node(document.find(kRoot, "n")).kind, NodeKind::kNull);
  EXPECT_EQ(document.node(document.find(kRoot, "b")).number, 1U);
  EXPECT_EQ(document.node(document.find(kRoot, "i")).kind, NodeKind::kNegative);
  EXPECT_EQ(document.node(document.find(kRoot, "u")).number, 18446744073709551615U);
  const Node& real = document.node(document.find(kRoot, "r"));
  EXPECT_EQ(real.kind, NodeKind::kReal);
  EXPECT_EQ(document.text(real.text), "1.50");
  EXPECT_EQ(document.text(document.node(document.find(kRoot, "s")).text), "x");
  EXPECT_EQ(document.node(document.find(kRoot, "a")).children, 2U);
  EXPECT_EQ(texts_of(findings).size(), 0U);
}

TEST(Document, TellsNumbersThatNoIntegerHoldsFromIntegers) {
  Findings findings;
  const Document document =
      Document::parse(R"([18446744073709551616, 1.0, 1e3])", findings).value();
  for (NodeId id = document.node(kRoot).first_child; id != kNoNode; id = document.node(id).next) {
    EXPECT_EQ(document.node(id).kind, NodeKind::kReal);
  }
}

TEST(Document, FindsMembersByTheirExactName) {
  Findings findings;
  const Document document = Document::parse(R"({"Process": 1, "process": 2})", findings).value();
  EXPECT_EQ(document.node(document.find(kRoot, "process")).number, 2U);
  EXPECT_EQ(document.find(kRoot, "PROCESS"), kNoNode);
}

TEST(Document, WritesPointersAsRfc6901) {
  Findings findings;
  const Document document = Document::parse(R"({"a": [0, {"b/c~d": 1}]})", findings).value();
  const NodeId inner = document.resolve("/a/1/b~1c~0d");
  EXPECT_EQ(document.node(inner).number, 1U);
  EXPECT_EQ(document.pointer(inner), "/a/1/b~1c~0d");
  EXPECT_THAT(document.path(inner), ElementsAre(0, 1, 0));
}

TEST(Document, ResolvesAPointerAsFarAsItGoes) {
  Findings findings;
  const Document document = Document::parse(R"({"a": {"b": 1}})", findings).value();
  EXPECT_EQ(document.pointer(document.resolve("/a/x/y")), "/a");
  EXPECT_EQ(document.pointer(document.resolve("")), "");
}

TEST(Document, RefusesEveryDuplicateKey) {
  EXPECT_THAT(faults_of(R"({"a": 1, "b": {"c": 1, "d": 2, "c": 3}, "a": 2, "a": 3})"),
              ElementsAre("/b/c: want one member of this name, got another",
                          "/a: want one member of this name, got another",
                          "/a: want one member of this name, got another"));
}

TEST(Document, SeesDuplicatesThroughEscapes) {
  EXPECT_THAT(faults_of(R"({"a": 1, "\u0061": 2})"),
              ElementsAre("/a: want one member of this name, got another"));
}

TEST(Document, RefusesNulInStringsAndNames) {
  EXPECT_THAT(faults_of(R"({"a": ["/mnt\u0000/evil"], "b\u0000": 1})"),
              ElementsAre("/a/0: want a string without NUL, got \"/mnt\\x00/evil\"",
                          std::string("/b\0: want a name without NUL", 28)));
}

TEST(Document, LimitsTheNesting) {
  EXPECT_THAT(faults_of(nested_objects(64)), ElementsAre());
  const std::vector<std::string> faults = faults_of(nested_objects(65));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].starts_with("/a/a/a/"));
  EXPECT_TRUE(faults[0].ends_with("/a: want at most 64 levels of nesting"));
}

TEST(Document, LimitsTheNumberOfValues) {
  std::string text = "[0";
  for (std::size_t i = 0; i < (1U << 18U); ++i) {
    text += ",0";
  }
  EXPECT_THAT(faults_of(text + "]"),
              ElementsAre("/262143: want at most 262144 values in the file"));
}

TEST(Document, LimitsTheSize) {
  EXPECT_THAT(faults_of(std::string((16U << 20U) + 1, ' ')),
              ElementsAre(": want at most 16777216 bytes, got 16777217"));
}

}  // namespace
}  // namespace myrt::config
