// What the runtime prints is valid by the schemas of spec/, and every value that the schema of
// config.json forbids is refused.

#include "schema/schema.h"

#include <array>
#include <set>

#include "support/fixture.h"
#include "support/schemas.h"

namespace myrt::test {
namespace {

/// All faults of a document by a schema, a line each; "" when it is valid.
std::string faults(const char* schema, const std::string& document) {
  std::string lines;
  for (const std::string& fault : SchemaValidator(schema).faults(document)) {
    lines += fault + "\n";
  }
  return lines;
}

class Schema : public RuntimeTest {};

TEST_F(Schema, TakesTheStateOfEveryStatus) {
  bundle_.set("/annotations", R"({"org.example.note": "kept"})").args({"/bin/sleep", "1000"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(container.status(), "created");
  EXPECT_EQ(faults(kStateSchema, container.state()), "");
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(container.status(), "running");
  EXPECT_EQ(faults(kStateSchema, container.state()), "");
  ASSERT_TRUE(succeeded(container.call({"pause", container.id()})));
  EXPECT_EQ(container.status(), "paused");
  EXPECT_EQ(faults(kStateSchema, container.state()), "");
  ASSERT_TRUE(succeeded(container.call({"resume", container.id()})));
  ASSERT_TRUE(succeeded(container.kill("KILL")));
  container.wait_exit();
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_EQ(faults(kStateSchema, container.state()), "");
}

TEST_F(Schema, TakesTheStateThatHooksGet) {
  std::vector<std::string> files;
  for (const char* kind : {"createRuntime", "poststart", "poststop"}) {
    files.push_back(workspace() / kind);
    bundle_.set("/hooks/" + std::string(kind) + "/0",
                R"({"path": "/bin/sh", "args": ["sh", "-c", "cat >)" + files.back() + R"("]})");
  }
  ASSERT_TRUE(succeeded(Container(bundle_).run()));
  for (const std::string& file : files) {
    EXPECT_EQ(faults(kStateSchema, read_file(file)), "") << file;
  }
}

TEST_F(Schema, TakesTheConfigThatSpecWrites) {
  const std::filesystem::path file = workspace() / "config.json";
  ASSERT_TRUE(succeeded(call({"spec", "--bundle", workspace()})));
  EXPECT_EQ(faults(kConfigSchema, read_file(file)), "");
  std::filesystem::remove(file);
  ASSERT_TRUE(succeeded(call({"spec", "--rootless", "--bundle", workspace()})));
  EXPECT_EQ(faults(kConfigSchema, read_file(file)), "");
}

class MyrtSchema : public RuntimeTest {};

TEST_F(MyrtSchema, TakesTheFeatures) {
  EXPECT_EQ(faults(kFeaturesSchema, call({"features"}).out), "");
}

class MyrtBadValue : public RuntimeTest {
 protected:
  /// What `create` says of the bundle's config with `value` at `pointer`.
  std::string told(const std::string& pointer, const std::string& value) {
    const std::string config = bundle_.config();
    bundle_.raw_config(gap_at(config, pointer).filled(value));
    const Outcome outcome =
        run(Container(bundle_).create_command());  // the fixture sees what it leaves behind
    bundle_.raw_config(config);
    EXPECT_EQ(outcome.exit_code, 1) << pointer << " " << value;
    return outcome.err;
  }
};

// All of them are parsed in unit/config/schema_test.cc; here one of each kind.
TEST_F(MyrtBadValue, IsRefusedByItsPointerInEveryProperty) {
  for (const Property& property : schema_properties(kConfigSchema)) {
    const std::string place = place_of(property, bundle_.config());
    std::set<BadValue::Kind> kinds;
    for (const BadValue& bad : bad_values(property)) {
      if (kinds.insert(bad.kind).second) {
        const std::string message = told(place, bad.value);
        EXPECT_TRUE(contains(message, ": " + place + ": "))
            << place << " " << bad.value << ": " << message;
      }
    }
  }
  EXPECT_EQ(call({"list", "-q"}).out, "");
}

}  // namespace
}  // namespace myrt::test
