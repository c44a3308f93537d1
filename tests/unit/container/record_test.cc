#include "container/record.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::container {
namespace {

// As record_json writes it, one field a line.
constexpr std::string_view kText = R"({"format":1,)"
                                   R"("id":"c1",)"
                                   R"("phase":"created",)"
                                   R"("creator":{"pid":10,"startTime":1000},)"
                                   R"("process":{"pid":11,"startTime":18446744073709551615},)"
                                   R"("bundle":"/b",)"
                                   R"("rootfs":"/b/rootfs",)"
                                   R"("created":"2025-01-02T03:04:05.000000006Z",)"
                                   R"("uid":1000,)"
                                   R"("hasProcess":true,)"
                                   R"("hasPoststart":true,)"
                                   R"("hasPoststop":false,)"
                                   R"("ownPidNamespace":false,)"
                                   R"("ownMountNamespace":true,"newKeyring":false,)"
                                   R"("cgroups":["/sys/fs/cgroup/a","/sys/fs/cgroup/b"],)"
                                   R"("annotations":{"z":"1","a":"two \"words\""}})"
                                   "\n";

Record sample() {
  return {.id = "c1",
          .phase = Phase::kCreated,
          .creator = {.pid = 10, .start_time = 1000},
          .process = {.pid = 11, .start_time = 18446744073709551615U},
          .bundle = "/b",
          .rootfs = "/b/rootfs",
          .created = "2025-01-02T03:04:05.000000006Z",
          .uid = 1000,
          .has_process = true,
          .has_poststart = true,
          .has_poststop = false,
          .own_pid_namespace = false,
          .own_mount_namespace = true,
          .new_keyring = false,
          .cgroups = {"/sys/fs/cgroup/a", "/sys/fs/cgroup/b"},
          .annotations = {{"z", "1"}, {"a", "two \"words\""}}};
}

/// kText with `from`, which it holds once, replaced.
std::string changed(std::string_view from, std::string_view to) {
  std::string text(kText);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string refusal(std::string_view text) {
  const Result<Record> record = parse_record(text);
  return record.has_value() ? "accepted" : record.error().text();
}

TEST(RecordJson, IsOneLineWithEveryField) { EXPECT_EQ(record_json(sample()), kText); }

TEST(RecordJson, IsReadBackAsItWas) {
  const Result<Record> record = parse_record(record_json(sample()));

  ASSERT_TRUE(record.has_value()) << record.error().text();
  EXPECT_EQ(*record, sample());
}

TEST(RecordJson, HoldsARecordWithoutAnythingToo) {
  const Result<Record> record = parse_record(record_json({}));

  ASSERT_TRUE(record.has_value()) << record.error().text();
  EXPECT_EQ(*record, Record{});
}

TEST(RecordJson, NamesTheMountsThatAreAmongTheCallers) {
  Record record = sample();
  record.shared_mounts = {
      .root = "/b/rootfs", .places = {"/proc", "/dev"}, .earlier = {31, 18446744073709551615U}};

  const std::string json = record_json(record);

  const std::string_view fields = R"("sharedMounts":{"root":"/b/rootfs",)"
                                  R"("places":["/proc","/dev"],)"
                                  R"("earlier":[31,18446744073709551615]})";
  EXPECT_NE(json.find(fields), std::string::npos) << json;
  const Result<Record> read = parse_record(json);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(*read, record);
}

TEST(RecordJson, NamesTheUnitOfAContainerThatSystemdManages) {
  Record record = sample();
  record.unit = {.name = "myrt-c1.scope",
                 .slice = "system.slice",
                 .invocation = "0a1b",
                 .manager = {.address = "unix:path=/run/systemd/private", .peer = true}};

  const std::string json = record_json(record);

  EXPECT_NE(json.find(R"("systemdUnit":{"name":"myrt-c1.scope",)"
                      R"("slice":"system.slice","invocation":"0a1b",)"
                      R"("address":"unix:path=/run/systemd/private","peer":true})"),
            std::string::npos)
      << json;
  const Result<Record> read = parse_record(json);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(*read, record);
}

TEST(RecordJson, ReplacesWhatIsNotUtf8) {
  Record record = sample();
  record.bundle = "/b\xff";

  const Result<Record> read = parse_record(record_json(record));

  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->bundle, "/b\xEF\xBF\xBD");
}

TEST(ParseRecord, IgnoresFieldsOfTheFuture) {
  const Result<Record> record =
      parse_record(changed(R"({"format":1,)", R"({"format":1,"new":[],)"));

  ASSERT_TRUE(record.has_value()) << record.error().text();
  EXPECT_EQ(*record, sample());
}

TEST(ParseRecord, RefusesAnotherFormat) {
  EXPECT_EQ(refusal(R"({"format":2})"), "state.json: written by another version of myrt");
  EXPECT_EQ(refusal(changed("\"format\":1", "\"format\":2")),
            "state.json: written by another version of myrt");
}

TEST(ParseRecord, RefusesARecordWithoutFormat) {
  EXPECT_EQ(refusal(changed("\"format\":1,", "")),
            "state.json:1:1: /format: want an integer from -2147483648 to 2147483647, got nothing");
}

TEST(ParseRecord, RefusesARecordThatLacksAField) {
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {R"("id":"c1",)", "/id: want a string"},
      {R"("phase":"created",)", "/phase: want a phase (created, creating)"},
      {R"("creator":{"pid":10,"startTime":1000},)", "/creator: want an object"},
      {R"("process":{"pid":11,"startTime":18446744073709551615},)", "/process: want an object"},
      {R"("pid":10,)", "/creator/pid: want an integer from 0 to 2147483647"},
      {R"(,"startTime":1000)",
       "/creator/startTime: want an integer from 0 to 18446744073709551615"},
      {R"("bundle":"/b",)", "/bundle: want a string"},
      {R"("rootfs":"/b/rootfs",)", "/rootfs: want a string"},
      {R"("created":"2025-01-02T03:04:05.000000006Z",)", "/created: want a string"},
      {R"("uid":1000,)", "/uid: want an integer from 0 to 4294967295"},
      {R"("hasProcess":true,)", "/hasProcess: want true or false"},
      {R"("hasPoststart":true,)", "/hasPoststart: want true or false"},
      {R"("hasPoststop":false,)", "/hasPoststop: want true or false"},
      {R"("ownPidNamespace":false,)", "/ownPidNamespace: want true or false"},
      {R"("ownMountNamespace":true,)", "/ownMountNamespace: want true or false"},
      {R"("newKeyring":false,)", "/newKeyring: want true or false"},
      {R"("cgroups":["/sys/fs/cgroup/a","/sys/fs/cgroup/b"],)",
       "/cgroups: want an array of strings"},
      {R"(,"annotations":{"z":"1","a":"two \"words\""})",
       "/annotations: want an object of strings"}};
  for (const auto& [field, fault] : wanted) {
    const std::string text = refusal(changed(field, ""));

    EXPECT_NE(text.find(": " + fault), std::string::npos) << field << " gave " << text;
    EXPECT_TRUE(text.ends_with(", got nothing")) << text;
  }
}

TEST(ParseRecord, RefusesAFieldOfAnotherType) {
  EXPECT_EQ(refusal(changed("\"c1\"", "1")), "state.json:1:18: /id: want a string, got 1");
  EXPECT_EQ(refusal(changed("\"created\"", "\"running\"")),
            "state.json:1:31: /phase: want a phase (created, creating), got \"running\"");
  EXPECT_EQ(refusal(changed("\"pid\":10", "\"pid\":-1")),
            "state.json:1:58: /creator/pid: want an integer from 0 to 2147483647, got -1");
  EXPECT_EQ(refusal(changed("[\"/sys/fs/cgroup/a\",", "[7,")),
            "state.json:1:359: /cgroups/0: want a string, got 7");
  EXPECT_EQ(refusal(changed("\"z\":\"1\"", "\"z\":1")),
            "state.json:1:417: /annotations/z: want a string, got 1");
}

TEST(ParseRecord, RefusesWhatIsNoObject) {
  EXPECT_EQ(refusal("[]"), "state.json:1:1: want an object, got an array");
}

TEST(ParseRecord, RefusesATextThatIsCutOff) {
  for (std::size_t size = 0; size + 1 < kText.size(); ++size) {
    const std::string text = refusal(kText.substr(0, size));

    EXPECT_TRUE(text.starts_with("state.json: ")) << size << ": " << text;
  }
}

TEST(ReadRecord, ReadsWhatWasWritten) {
  const sys::TemporaryDirectory directory;
  ASSERT_TRUE(write_record(directory.fd(), {}).has_value());
  ASSERT_TRUE(write_record(directory.fd(), sample()).has_value());

  const Result<Record> record = read_record(directory.fd());

  ASSERT_TRUE(record.has_value()) << record.error().text();
  EXPECT_EQ(*record, sample());
  EXPECT_EQ(sys::text_of(directory / "state.json"), kText);
}

TEST(ReadRecord, SaysThatThereIsNone) {
  const sys::TemporaryDirectory directory;

  const Result<Record> record = read_record(directory.fd());

  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().code(), ENOENT);
  EXPECT_EQ(record.error().text(), "container does not exist");
}

TEST(WriteRecord, LeavesNothingElseAndKeepsOthersOut) {
  const sys::TemporaryDirectory directory;
  ASSERT_TRUE(write_record(directory.fd(), sample()).has_value());

  struct ::stat status = {};
  ASSERT_EQ(::stat((directory / "state.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const std::filesystem::directory_iterator files(directory.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(RecordOfResctrl, NamesWhatWasMadeThere) {
  Record record = sample();
  record.resctrl = {"/sys/fs/resctrl/c1", "/sys/fs/resctrl/c1/mon_groups/c1"};
  const std::string text = record_json(record);
  EXPECT_NE(text.find(R"("resctrl":["/sys/fs/resctrl/c1","/sys/fs/resctrl/c1/mon_groups/c1"])"),
            std::string::npos);
  const Result<Record> parsed = parse_record(text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().text();
  EXPECT_EQ(*parsed, record);
}

}  // namespace
}  // namespace myrt::container
