#include "sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

TEST(OpenAt, SetsCloseOnExec) {
  const auto fd = open_at(AT_FDCWD, "/dev/null", O_RDONLY);
  ASSERT_TRUE(fd.has_value());
  EXPECT_EQ(::fcntl(fd->get(), F_GETFD), FD_CLOEXEC);
}

TEST(OpenAt, NamesThePathThatIsMissing) {
  const auto fd = open_at(AT_FDCWD, "/nonexistent/x", O_RDONLY);
  ASSERT_FALSE(fd.has_value());
  EXPECT_EQ(fd.error().code(), ENOENT);
  EXPECT_EQ(fd.error().text(), "open /nonexistent/x: No such file or directory");
}

TEST(OpenAt, SaysThatADirectoryWasWanted) {
  const auto fd = open_at(AT_FDCWD, "/dev/null", O_RDONLY | O_DIRECTORY);
  ASSERT_FALSE(fd.has_value());
  EXPECT_EQ(fd.error().text(), "open directory /dev/null: Not a directory");
}

TEST(ReadFile, GivesAllOfAFile) {
  const TemporaryDirectory directory;
  const std::string text(100'000, 'x');
  write_text(directory / "file", text);
  EXPECT_EQ(read_file(directory.fd(), "file", 1'000'000), text);
}

TEST(ReadFile, GivesAnEmptyTextForAnEmptyFile) {
  EXPECT_EQ(read_file(AT_FDCWD, "/dev/null", 10), "");
}

TEST(ReadFile, TakesAFileOfExactlyTheLimit) {
  const TemporaryDirectory directory;
  write_text(directory / "file", "12345");
  EXPECT_EQ(read_file(directory.fd(), "file", 5), "12345");
}

TEST(ReadFile, RefusesAFileBeyondTheLimit) {
  const TemporaryDirectory directory;
  write_text(directory / "file", "123456");
  const auto text = read_file(directory.fd(), "file", 5);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().text(), "read file (limit 5 bytes): File too large");
}

TEST(ReadFile, EndsOnAFileWithoutEnd) {
  const auto text = read_file(AT_FDCWD, "/dev/zero", 100);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code(), EFBIG);
}

TEST(ReadFile, NamesADirectoryThatCannotBeRead) {
  const auto text = read_file(AT_FDCWD, "/proc", 100);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().text(), "read /proc: Is a directory");
}

TEST(WriteAll, WritesMoreThanAPipeHolds) {
  constexpr std::size_t kSize = 300'000;  // a pipe holds 65,536 bytes (pipe(7))
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const auto child = clone_process({});
  ASSERT_TRUE(child.has_value());
  if (child->pid == 0) {
    child_exit(write_all(writer.get(), std::string(kSize, 'y'), "pipe").has_value() ? 0 : 1);
  }
  writer.reset();
  const auto text = read_all(reader.get(), "pipe", kSize);
  const auto status = wait_for(child->pid);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->size(), kSize);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(WriteValue, WritesIntoAnExistingFile) {
  const TemporaryDirectory directory;
  write_text(directory / "memory.max", "");
  ASSERT_TRUE(write_value(directory.fd(), "memory.max", "100").has_value());
  EXPECT_EQ(text_of(directory / "memory.max"), "100");
}

TEST(WriteValue, NeverCreatesAFile) {
  const TemporaryDirectory directory;
  const auto done = write_value(directory.fd(), "memory.max", "100");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "open memory.max to write \"100\": No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(directory / "memory.max"));
}

TEST(WriteValue, NamesPathAndValueOfARefusedWrite) {
  const auto done = write_value(AT_FDCWD, "/dev/full", "0 1000 1\n");  // full(4)
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), R"(write "0 1000 1\n" to /dev/full: No space left on device)");
}

TEST(ReplaceFile, MakesAFileWithTheMode) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(replace_file(directory.fd(), "state.json", "{}", 0600).has_value());
  EXPECT_EQ(text_of(directory / "state.json"), "{}");
  struct stat status{};
  ASSERT_EQ(::stat((directory / "state.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, mode_t{S_IFREG | 0600});
}

TEST(ReplaceFile, ReplacesASymbolicLinkWithoutFollowingIt) {
  const TemporaryDirectory directory;
  write_text(directory / "victim", "precious");
  ASSERT_EQ(::symlink("victim", (directory / "pid").c_str()), 0);
  ASSERT_TRUE(replace_file(directory.fd(), "pid", "42", 0644).has_value());
  EXPECT_FALSE(std::filesystem::is_symlink(directory / "pid"));
  EXPECT_EQ(text_of(directory / "pid"), "42");
  EXPECT_EQ(text_of(directory / "victim"), "precious");
}

TEST(ReplaceFile, WorksInTheDirectoryThatAPathNames) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(replace_file(AT_FDCWD, directory / "pid", "42", 0644).has_value());
  EXPECT_EQ(text_of(directory / "pid"), "42");
}

TEST(ReplaceFile, LeavesNothingBehindWhenItFails) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "taken");
  const auto done = replace_file(directory.fd(), "taken", "x", 0644);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), EISDIR);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_EQ(names, std::vector<std::string>{"taken"});
}

TEST(StatusOf, NamesTheFileOfABadDescriptor) {
  const auto status = status_of(-1, "/dev/null");
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().text(), "stat /dev/null: Bad file descriptor");
}

TEST(StatusOf, TellsADeviceFromAFile) {
  const auto fd = open_at(AT_FDCWD, "/dev/null", O_PATH);
  ASSERT_TRUE(fd.has_value());
  const auto status = status_of(fd->get(), "/dev/null");
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(S_ISCHR(status->st_mode));
}

TEST(ReadLink, GivesALongTargetWhole) {
  const TemporaryDirectory directory;
  const std::string target(3000, 't');
  ASSERT_EQ(::symlink(target.c_str(), (directory / "link").c_str()), 0);
  EXPECT_EQ(read_link(directory.fd(), "link"), target);
}

TEST(ReadLink, NamesWhatIsNoLink) {
  const auto target = read_link(AT_FDCWD, "/dev/null");
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().text(), "readlink /dev/null: Invalid argument");
}

TEST(Duplicate, GivesAnotherDescriptorWithCloseOnExec) {
  const auto fd = open_at(AT_FDCWD, "/dev/null", O_RDONLY);
  ASSERT_TRUE(fd.has_value());
  const auto copy = duplicate(fd->get());
  ASSERT_TRUE(copy.has_value());
  EXPECT_NE(copy->get(), fd->get());
  EXPECT_EQ(::fcntl(copy->get(), F_GETFD), FD_CLOEXEC);
}

TEST(Duplicate, NamesTheDescriptorThatIsNotOpen) {
  const auto copy = duplicate(-1);
  ASSERT_FALSE(copy.has_value());
  EXPECT_EQ(copy.error().text(), "duplicate descriptor -1: Bad file descriptor");
}

}  // namespace
}  // namespace myrt::sys
