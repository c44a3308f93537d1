#include "sys/directory.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Names : public testing::Test {
 protected:
  TemporaryDirectory directory_;

  void make(const std::string& name) { std::filesystem::create_directory(directory_ / name); }
};

TEST_F(Names, OfAnEmptyDirectoryAreNone) {
  EXPECT_THAT(names_in(directory_.fd(), ".").value(), IsEmpty());
}

TEST_F(Names, AreOfFilesAndDirectories) {
  make("a");
  write_text(directory_ / "b", "");
  write_text(directory_ / ".c", "");
  std::filesystem::create_symlink("nowhere", directory_ / "d");

  EXPECT_THAT(names_in(directory_.fd(), ".").value(), UnorderedElementsAre("a", "b", ".c", "d"));
}

TEST_F(Names, AreFoundByPathAsWell) {
  make("a");
  write_text(directory_ / "a/b", "");

  EXPECT_THAT(names_in(directory_.fd(), "a").value(), UnorderedElementsAre("b"));
  EXPECT_THAT(names_in(AT_FDCWD, directory_ / "a").value(), UnorderedElementsAre("b"));
}

TEST_F(Names, AreAllThereAgainTheNextTime) {
  make("a");
  const UniqueFd open(::open(directory_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));

  EXPECT_THAT(names_in(open.get(), ".").value(), UnorderedElementsAre("a"));
  EXPECT_THAT(names_in(open.get(), ".").value(), UnorderedElementsAre("a"));
}

TEST_F(Names, NeedADirectory) {
  write_text(directory_ / "file", "");

  EXPECT_EQ(names_in(directory_.fd(), "file").error().text(),
            "open directory file: Not a directory");
  EXPECT_EQ(names_in(directory_.fd(), "none").error().code(), ENOENT);
}

TEST_F(Names, OfDirectoriesAloneLeaveFilesAndLinksOut) {
  make("a");
  write_text(directory_ / "b", "");
  std::filesystem::create_symlink("a", directory_ / "d");

  EXPECT_THAT(directories_in(directory_.fd(), ".").value(), UnorderedElementsAre("a"));
}

}  // namespace
}  // namespace myrt::sys
