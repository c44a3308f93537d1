// Configs that are no configs: each is refused with exit status 1, in little memory, and leaves
// nothing.

#include <ostream>

#include "support/fixture.h"

namespace myrt::test {
namespace {

struct BadConfig {
  const char* name;
  std::string bytes;

  friend std::ostream& operator<<(std::ostream& stream, const BadConfig& config) {
    return stream << config.name;
  }
};

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int count = 0; count < times; ++count) {
    result += text;
  }
  return result;
}

class BadInput : public RuntimeTest {
 protected:
  // The fixture checks that nothing is left behind.
  void expect_refused() {
    const Outcome outcome = Container(bundle_).create();
    EXPECT_TRUE(failed(outcome));
    EXPECT_EQ(outcome.out, "");
    EXPECT_LT(outcome.peak_memory_kib, 64 * 1024);
  }
};

class BadSyntax : public BadInput, public ::testing::WithParamInterface<BadConfig> {};

TEST_P(BadSyntax, IsRefused) {
  bundle_.raw_config(GetParam().bytes);
  expect_refused();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSyntax,
    ::testing::Values(BadConfig{"empty_file", ""}, BadConfig{"white_space", " \n"},
                      BadConfig{"null", "null"}, BadConfig{"array", "[]"},
                      BadConfig{"string", "\"config\""}, BadConfig{"number", "1"},
                      BadConfig{"empty_object", "{}"}, BadConfig{"open_object", "{"},
                      BadConfig{"half_a_key", R"({"ociVersion": "1.0.2", "proc)"},
                      BadConfig{"comma_at_the_end", R"({"ociVersion": "1.0.2",})"},
                      BadConfig{"comment", "// config\n{}"},
                      BadConfig{"single_quotes", "{'ociVersion': '1.0.2'}"},
                      BadConfig{"bytes", std::string("\0\xff\xfe\x01", 4)},
                      BadConfig{"nested_objects",
                                repeated("{\"a\":", 200'000) + "1" + repeated("}", 200'000)},
                      BadConfig{"nested_objects_left_open", repeated("{\"a\":", 200'000)},
                      BadConfig{"nested_arrays", repeated("[", 200'000) + repeated("]", 200'000)}),
    [](const auto& config) { return std::string(config.param.name); });

struct BadValue {
  const char* name;
  const char* pointer;
  const char* value;

  friend std::ostream& operator<<(std::ostream& stream, const BadValue& bad) {
    return stream << bad.name;
  }
};

class BadType : public BadInput, public ::testing::WithParamInterface<BadValue> {};

TEST_P(BadType, IsRefused) {
  bundle_.set(GetParam().pointer, GetParam().value);
  expect_refused();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadType,
    ::testing::Values(BadValue{"uid_as_string", "/process/user/uid", R"("1000")"},
                      BadValue{"gid_too_large", "/process/user/gid", "4294967296"},
                      BadValue{"uid_below_zero", "/process/user/uid", "-1"},
                      BadValue{"uid_with_fraction", "/process/user/uid", "1.5"},
                      BadValue{"groups_as_strings", "/process/user/additionalGids", R"(["5"])"},
                      BadValue{"terminal_as_string", "/process/terminal", R"("true")"},
                      BadValue{"no_new_privileges_as_number", "/process/noNewPrivileges", "1"},
                      BadValue{"capabilities_as_array", "/process/capabilities", R"(["CAP_KILL"])"},
                      BadValue{"number_in_env", "/process/env", R"(["PATH=/bin", 5])"},
                      BadValue{"args_as_string", "/process/args", R"("/bin/true")"},
                      BadValue{"cwd_as_number", "/process/cwd", "1"},
                      BadValue{"process_as_array", "/process", "[]"},
                      BadValue{"root_as_string", "/root", R"("rootfs")"},
                      BadValue{"readonly_as_string", "/root/readonly", R"("false")"},
                      BadValue{"mounts_as_object", "/mounts", R"({"/proc": {}})"},
                      BadValue{"mount_options_as_string", "/mounts/0/options", R"("ro")"},
                      BadValue{"namespaces_as_object", "/linux/namespaces", R"({"pid": {}})"},
                      BadValue{"hooks_as_array", "/hooks", "[1]"},
                      BadValue{"annotation_as_number", "/annotations", R"({"key": 1})"},
                      BadValue{"memory_limit_as_string", "/linux/resources/memory",
                               R"({"limit": "1g"})"},
                      BadValue{"memory_limit_too_large", "/linux/resources/memory",
                               R"({"limit": 9223372036854775808})"},
                      BadValue{"masked_paths_as_string", "/linux/maskedPaths", R"("/proc/kcore")"}),
    [](const auto& bad) { return std::string(bad.param.name); });

class NulByte : public BadInput, public ::testing::WithParamInterface<BadValue> {};

// The system call would see the text up to the NUL: another path, another argument than the config
// says.
TEST_P(NulByte, IsRefused) {
  bundle_.set(GetParam().pointer, GetParam().value);
  expect_refused();
}

INSTANTIATE_TEST_SUITE_P(
    All, NulByte,
    ::testing::Values(
        BadValue{"in_an_argument", "/process/args", R"(["/bin/true", "a\u0000b"])"},
        BadValue{"in_the_program", "/process/args", R"(["/bin/true\u0000b"])"},
        BadValue{"in_env", "/process/env", R"(["A=b\u0000c"])"},
        BadValue{"in_cwd", "/process/cwd", R"("/tmp\u0000x")"},
        BadValue{"in_the_root", "/root/path", R"("rootfs\u0000x")"},
        BadValue{"in_a_destination", "/mounts/0/destination", R"("/proc\u0000x")"},
        BadValue{"in_a_source", "/mounts/0/source", R"("proc\u0000x")"},
        BadValue{"in_an_option", "/mounts/1/options", R"(["nosuid\u0000x"])"},
        BadValue{"in_a_masked_path", "/linux/maskedPaths", R"(["/proc/kcore\u0000x"])"},
        BadValue{"in_a_readonly_path", "/linux/readonlyPaths", R"(["/proc/sys\u0000x"])"},
        BadValue{"in_a_namespace_path", "/linux/namespaces/0",
                 R"({"type": "network", "path": "/proc/self/ns/net\u0000x"})"},
        BadValue{"in_the_cgroup_path", "/linux/cgroupsPath", R"("/a\u0000b")"},
        BadValue{"in_the_hostname", "/hostname", R"("a\u0000b")"}),
    [](const auto& bad) { return std::string(bad.param.name); });

class Config : public BadInput {};

TEST_F(Config, MayHaveUnknownProperties) {
  bundle_.set("/x-unknown", R"({"deep": [1, 2, {"more": null}]})")
      .set("/process/unknown", "17")
      .set("/linux/alsoUnknown", R"("text")")
      .shell("echo ran");
  EXPECT_EQ(Container(bundle_).run().out, "ran\n");
}

TEST_F(Config, HasCaseSensitiveKeys) {
  bundle_.erase("/hostname").set("/Hostname", R"("other")").args({"/bin/hostname"});
  EXPECT_EQ(Container(bundle_).run().out, read_value("/proc/sys/kernel/hostname") + "\n");
}

TEST_F(Config, WithADuplicateKeyIsRefused) {
  std::string text = bundle_.config();
  text.insert(text.find('{') + 1, R"("hostname": "first",)");
  bundle_.raw_config(text);
  expect_refused();
}

TEST_F(Config, WithTextAfterItIsRefused) {
  bundle_.raw_config(bundle_.config() + "{}");
  expect_refused();
}

TEST_F(Config, WithBadUtf8IsRefused) {
  std::string text = bundle_.set("/annotations", R"({"key": "@@"})").config();
  text.replace(text.find("@@"), 2, "\xc3\x28");
  bundle_.raw_config(text);
  expect_refused();
}

TEST_F(Config, OfManyVersionsIsAccepted) {
  for (const char* version : {"1.0.0", "1.0.2-dev", "1.1.0", "1.2.1"}) {
    bundle_.set("/ociVersion", json_quote(version)).shell("echo ran");
    EXPECT_EQ(Container(bundle_).run().out, "ran\n") << version;
  }
}

TEST_F(Config, OfAnotherMajorVersionIsRefused) {
  bundle_.set("/ociVersion", R"("2.0.0")");
  expect_refused();
}

TEST_F(Config, NeedsAVersion) {
  bundle_.erase("/ociVersion");
  expect_refused();
}

TEST_F(Config, NeedsAVersionThatIsOne) {
  bundle_.set("/ociVersion", R"("latest")");
  expect_refused();
}

TEST_F(Config, ThatIsADirectoryIsRefused) {
  std::filesystem::remove(bundle_.path() / "config.json");
  std::filesystem::create_directory(bundle_.path() / "config.json");
  expect_refused();
}

TEST_F(Config, ThatNeverEndsIsRefused) {
  std::filesystem::remove(bundle_.path() / "config.json");
  std::filesystem::create_symlink("/dev/zero", bundle_.path() / "config.json");
  expect_refused();
}

TEST_F(Config, MayBeLarge) {
  std::vector<std::string> env = {"PATH=/bin"};
  for (int count = 0; count < 300; ++count) {
    env.push_back("VARIABLE_" + std::to_string(count) + "=" + std::string(1000, 'x'));
  }
  bundle_.set("/process/env", json_strings(env));
  bundle_.shell("env | grep -c VARIABLE_");
  EXPECT_EQ(Container(bundle_).run().out, "300\n");
}

}  // namespace
}  // namespace myrt::test
