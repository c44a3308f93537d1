#include "init/program.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

/// The working directory while this lives.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::string& path) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;
  ~WorkingDirectory() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

class FindProgramTest : public testing::Test {
 protected:
  FindProgramTest() {
    for (const char* name : {"a", "b"}) {
      std::filesystem::create_directory(root / name);
    }
  }
  /// A file below the temporary directory.
  void make(std::string_view name, mode_t mode) {
    sys::write_text(root / name, "#!/bin/sh\n");
    ASSERT_EQ(::chmod((root / name).c_str(), mode), 0);
  }
  /// PATH: a, b.
  [[nodiscard]] std::string path() const { return root / "a" + ":" + (root / "b"); }

  static std::string refusal(const std::string& name, std::string_view search_path) {
    const Result<std::string> found = find_program(name, search_path);
    return found.has_value() ? "found " + *found : found.error().text();
  }

  sys::TemporaryDirectory root;
};

TEST_F(FindProgramTest, TakesTheFirstDirectoryThatHasIt) {
  make("a/tool", 0755);
  make("b/tool", 0755);

  EXPECT_EQ(find_program("tool", path()), root / "a/tool");
}

TEST_F(FindProgramTest, GoesOnToTheNextDirectory) {
  make("b/tool", 0755);

  EXPECT_EQ(find_program("tool", "/nowhere:" + path()), root / "b/tool");
}

TEST_F(FindProgramTest, PassesOverAFileThatMayNotBeExecuted) {
  make("a/tool", 0644);
  make("b/tool", 0755);

  EXPECT_EQ(find_program("tool", path()), root / "b/tool");
}

TEST_F(FindProgramTest, PassesOverADirectory) {
  std::filesystem::create_directory(root / "a/tool");
  make("b/tool", 0755);

  EXPECT_EQ(find_program("tool", path()), root / "b/tool");
}

TEST_F(FindProgramTest, TakesAnEmptyEntryForTheWorkingDirectory) {
  make("b/tool", 0755);
  const WorkingDirectory here(root / "b");

  EXPECT_EQ(find_program("tool", ""), "./tool");
  EXPECT_EQ(find_program("tool", root / "a" + ":"), "./tool");
  EXPECT_EQ(find_program("tool", ":" + (root / "a")), "./tool");
  EXPECT_EQ(find_program("tool", root / "a" + "::/nowhere"), "./tool");
}

TEST_F(FindProgramTest, FollowsLinks) {
  make("b/tool", 0755);
  std::filesystem::create_symlink(root / "b/tool", root / "a/tool");

  EXPECT_EQ(find_program("tool", path()), root / "a/tool");
}

TEST_F(FindProgramTest, TakesANameWithASlashAsItIs) {
  make("a/tool", 0755);
  const WorkingDirectory here(root.path());

  EXPECT_EQ(find_program(root / "a/tool", "/nowhere"), root / "a/tool");
  EXPECT_EQ(find_program("a/tool", "/nowhere"), "a/tool");
}

TEST_F(FindProgramTest, SaysThatNoDirectoryHasIt) {
  EXPECT_EQ(refusal("tool", path()), "exec: \"tool\": executable file not found in $PATH");
  EXPECT_EQ(refusal("", path()), "exec: \"\": executable file not found in $PATH");
  EXPECT_EQ(refusal("..", path()), "exec: \"..\": executable file not found in $PATH");
}

TEST_F(FindProgramTest, RemembersAFileThatMayNotBeExecuted) {
  make("a/tool", 0644);

  const Result<std::string> found = find_program("tool", path());

  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().text(), "exec: \"tool\": permission denied");
}

TEST_F(FindProgramTest, SaysWhyAPathCannotBeExecuted) {
  make("a/tool", 0644);
  ASSERT_EQ(::mkfifo((root / "a/fifo").c_str(), 0755), 0);
  const WorkingDirectory here(root.path());

  EXPECT_EQ(refusal("./none", ""), "exec: \"./none\": stat ./none: no such file or directory");
  EXPECT_EQ(refusal("a/tool/x", ""), "exec: \"a/tool/x\": stat a/tool/x: not a directory");
  EXPECT_EQ(refusal("a/tool", ""), "exec: \"a/tool\": permission denied");
  EXPECT_EQ(refusal("a/fifo", ""), "exec: \"a/fifo\": permission denied");
  EXPECT_EQ(refusal("./a", ""), "exec: \"./a\": is a directory: permission denied");
}

TEST_F(FindProgramTest, EscapesNamesThatWouldSteerATerminal) {
  EXPECT_EQ(refusal("\033[2J\n", path()),
            "exec: \"\\x1b[2J\\n\": executable file not found in $PATH");
  EXPECT_EQ(refusal("/\033[2J", ""),
            "exec: \"/\\x1b[2J\": stat /\\x1b[2J: no such file or directory");
}

}  // namespace
}  // namespace myrt::init
