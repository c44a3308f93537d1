#include "config/syntax.h"

#include <span>

#include <gtest/gtest.h>

#include <myrt/spec.h>

namespace myrt::config {
namespace {

struct Case {
  std::string_view text;
  std::string_view message;
};

void expect_messages(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const Result<Spec> spec = parse_spec(c.text, "config.json");
    ASSERT_FALSE(spec.has_value()) << c.text;
    EXPECT_EQ(spec.error().text(), c.message) << c.text;
  }
}

TEST(Syntax, SaysWhatMayStandThere) {
  const Case cases[] = {
      {"", "config.json:1:1: want an object, got an empty file"},
      {" \n\n", "config.json:3:1: want an object, got an empty file"},
      {"nul", "config.json:1:1: want an object, got \"nul\""},
      {"}", "config.json:1:1: want an object, got '}'"},
      {"{", "config.json:1:2: want a name in double quotes or '}', got the end of the file"},
      {"{\n  1: 2}", "config.json:2:3: want a name in double quotes or '}', got '1'"},
      {"{'a': 2}", "config.json:1:2: want a name in double quotes or '}', got \"'a'\""},
      {R"({"a" 1})", "config.json:1:6: want ':', got '1'"},
      {R"({"a": })", "config.json:1:7: want a value, got '}'"},
      {R"({"a": nulll})", "config.json:1:7: want a value, got \"nulll\""},
      {R"({"a": True})", "config.json:1:7: want a value, got \"True\""},
      {R"({"a": 01})", "config.json:1:7: want a value, got \"01\""},
      {R"({"a": -})", "config.json:1:7: want a value, got '-'"},
      {R"({"a": 1.})", "config.json:1:7: want a value, got \"1.\""},
      {R"({"a": 0x10})", "config.json:1:7: want a value, got \"0x10\""},
      {R"({"a": 1e999})", "config.json:1:7: want a number below 1.8e308, got \"1e999\""},
      {R"({"a": 1 "b": 2})", "config.json:1:9: want ',' or '}', got \"b\""},
      {R"({"a": "x"; "b": 2})", "config.json:1:10: want ',' or '}', got ';'"},
      {R"({"a": 1,})", "config.json:1:9: want a name in double quotes, got '}'"},
      {R"({"a": 1)", "config.json:1:8: want ',' or '}', got the end of the file"},
      {R"({"a": [)", "config.json:1:8: want a value or ']', got the end of the file"},
      {R"({"a": [1,]})", "config.json:1:10: want a value, got ']'"},
      {R"({"a": [1 2]})", "config.json:1:10: want ',' or ']', got '2'"},
      {R"({"a": [1}})", "config.json:1:9: want ',' or ']', got '}'"},
      {"{} {}", "config.json:1:4: want the end of the file, got '{'"},
      {"{}\n// comment", "config.json:2:1: want the end of the file, got \"//\""},
      {"{ /* comment */ }", "config.json:1:3: want a name in double quotes or '}', got \"/*\""},
      {R"({"a": NaN})", "config.json:1:7: want a value, got \"NaN\""},
  };
  expect_messages(cases);
}

TEST(Syntax, SaysWhatIsWrongInsideAString) {
  const Case cases[] = {
      {"{\"a\": \"b\n\"}",
       "config.json:1:9: want control characters in a string escaped, got \"\\n\""},
      {"{\"a\": \"\xff\"}", "config.json:1:8: want UTF-8, got \"\\xff\""},
      {"{\"a\": \"\xc3\"}", "config.json:1:8: want UTF-8, got \"\\xc3\""},
      {"{\"a\": \"\xc0\xaf\"}", "config.json:1:8: want UTF-8, got \"\\xc0\""},
      {"{\"\xff\": 1}", "config.json:1:3: want UTF-8, got \"\\xff\""},
      {R"({"a": "\q"})", R"(config.json:1:8: want an escape sequence, got "\\q")"},
      {R"({"a": "\u12"})", R"(config.json:1:8: want an escape sequence, got "\\u12\"}")"},
      {R"({"a": "\ud800"})", R"(config.json:1:8: want an escape sequence, got "\\ud800")"},
      {R"({"a": "\udc00x"})", R"(config.json:1:8: want an escape sequence, got "\\udc00")"},
      {R"({"a": "\ud83d\u0041"})", R"(config.json:1:8: want an escape sequence, got "\\ud83d")"},
      {R"({"a": "b})",
       "config.json:1:7: want a closing '\"' of this string, got the end of the file"},
      {R"({"a": "b\)", R"(config.json:1:9: want an escape sequence, got "\\")"},
  };
  expect_messages(cases);
}

TEST(Syntax, CountsLinesAndCharacters) {
  const Case cases[] = {
      {"{\r\n\t\"é\": \"火\" x}", "config.json:2:11: want ',' or '}', got 'x'"},
      {"\xEF\xBB\xBF{\"a\" 1}", "config.json:1:7: want ':', got '1'"},
  };
  expect_messages(cases);
}

}  // namespace
}  // namespace myrt::config
