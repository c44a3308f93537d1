#include "sys/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "support.h"
#include "sys/file.h"

namespace myrt::sys {
namespace {

/// A root file system below a directory that also holds what must not be reached:
/// outside/secret, and root/ with etc/passwd, file and the links of each test.
class ResolveTest : public testing::Test {
 protected:
  ResolveTest() {
    std::filesystem::create_directories(top_ / "outside");
    std::filesystem::create_directories(top_ / "root/etc");
    write_text(top_ / "outside/secret", "secret");
    write_text(top_ / "root/etc/passwd", "inside");
    write_text(top_ / "root/file", "file");
    root_ = UniqueFd(::open((top_ / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  [[nodiscard]] int root() const { return root_.get(); }
  /// The host's path of `name` in the root.
  [[nodiscard]] std::string at(std::string_view name) const {
    return top_ / "root/" + std::string(name);
  }
  void link(const std::string& target, std::string_view name) const {
    ASSERT_EQ(::symlink(target.c_str(), at(name).c_str()), 0);
  }
  /// Where an opened path is in the root: "/etc/passwd". With a leading '!' when it is elsewhere.
  [[nodiscard]] std::string place(const Result<UniqueFd>& fd) const {
    if (!fd.has_value()) {
      return fd.error().text();
    }
    const auto path = read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd->get()));
    const std::string top = std::filesystem::canonical(top_ / "root");
    if (*path == top) {
      return "/";
    }
    return path->starts_with(top + "/") ? path->substr(top.size()) : "!" + *path;
  }
  [[nodiscard]] bool outside_is_untouched() const {
    return std::distance(std::filesystem::directory_iterator(top_ / "outside"), {}) == 1;
  }

  const TemporaryDirectory top_;
  UniqueFd root_;
};

TEST_F(ResolveTest, OpensPathsBelowTheRoot) {
  EXPECT_EQ(place(open_in_root(root(), "/etc/passwd", O_PATH)), "/etc/passwd");
  EXPECT_EQ(place(open_in_root(root(), "etc/passwd", O_PATH)), "/etc/passwd");
  EXPECT_EQ(place(open_in_root(root(), "/", O_PATH)), "/");
}

TEST_F(ResolveTest, SetsCloseOnExec) {
  const auto fd = open_in_root(root(), "/etc/passwd", O_RDONLY);
  ASSERT_TRUE(fd.has_value());
  EXPECT_EQ(::fcntl(fd->get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ResolveTest, KeepsDotDotInside) {
  EXPECT_EQ(place(open_in_root(root(), "/../../../etc/../../etc/passwd", O_PATH)), "/etc/passwd");
  EXPECT_EQ(place(open_in_root(root(), "..", O_PATH)), "/");
}

TEST_F(ResolveTest, FollowsAnAbsoluteLinkFromTheRoot) {
  link("/etc/passwd", "link");
  EXPECT_EQ(place(open_in_root(root(), "link", O_PATH)), "/etc/passwd");
}

TEST_F(ResolveTest, KeepsLinksThatClimbInside) {
  link("../../../../../../etc", "climb");
  link("/..", "etc/top");
  EXPECT_EQ(place(open_in_root(root(), "climb/passwd", O_PATH)), "/etc/passwd");
  EXPECT_EQ(place(open_in_root(root(), "etc/top/file", O_PATH)), "/file");
}

TEST_F(ResolveTest, DoesNotFindWhatLiesOutside) {
  link(top_ / "outside/secret", "absolute");
  link("../outside/secret", "relative");
  EXPECT_EQ(place(open_in_root(root(), "absolute", O_PATH)),
            "open absolute in root: No such file or directory");
  EXPECT_EQ(place(open_in_root(root(), "relative", O_PATH)),
            "open relative in root: No such file or directory");
}

TEST_F(ResolveTest, RefusesLoops) {
  link("two", "one");
  link("one", "two");
  EXPECT_EQ(place(open_in_root(root(), "/one", O_PATH)),
            "open /one in root: Too many levels of symbolic links");
}

TEST_F(ResolveTest, RefusesTheMagicLinksOfProc) {
  // The root is /proc/self here, so that its "root" and "fd/N" are real magic links.
  const auto proc = open_at(AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY);
  ASSERT_TRUE(proc.has_value());
  for (const char* path : {"root", "cwd", "exe", "root/etc", "fd/0"}) {
    const auto fd = open_in_root(proc->get(), path, O_PATH);
    ASSERT_FALSE(fd.has_value()) << path;
    EXPECT_EQ(fd.error().code(), ELOOP) << path;
  }
}

TEST_F(ResolveTest, RefusesANulByteInsteadOfCuttingThePath) {
  const auto fd = open_in_root(root(), std::string_view("/etc\0/x", 7), O_PATH);
  ASSERT_FALSE(fd.has_value());
  EXPECT_EQ(fd.error().code(), EINVAL);
}

TEST_F(ResolveTest, NamesThePathThroughAFile) {
  EXPECT_EQ(place(open_in_root(root(), "/file/x", O_PATH)),
            "open /file/x in root: Not a directory");
}

TEST_F(ResolveTest, WithoutLinksRefusesThemInEveryComponent) {
  link("etc", "link");
  link("passwd", "etc/alias");
  EXPECT_EQ(place(open_in_root_no_links(root(), "/etc/passwd", O_PATH)), "/etc/passwd");
  EXPECT_EQ(place(open_in_root_no_links(root(), "/link/passwd", O_PATH)),
            "open /link/passwd in root: Too many levels of symbolic links");
  EXPECT_EQ(place(open_in_root_no_links(root(), "/etc/alias", O_PATH)),
            "open /etc/alias in root: Too many levels of symbolic links");
}

TEST_F(ResolveTest, MakesTheMissingDirectories) {
  ::umask(022);
  EXPECT_EQ(place(make_directories_in_root(root(), "/etc/a//./b/c/", 0750)), "/etc/a/b/c");
  struct stat status{};
  ASSERT_EQ(::stat(at("etc/a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, mode_t{S_IFDIR | 0750});
}

TEST_F(ResolveTest, MakesNothingWhenAllIsThere) {
  EXPECT_EQ(place(make_directories_in_root(root(), "/etc", 0700)), "/etc");
  EXPECT_EQ(place(make_directories_in_root(root(), "/", 0700)), "/");
  EXPECT_EQ(place(make_directories_in_root(root(), "..", 0700)), "/");
}

TEST_F(ResolveTest, MakesDirectoriesBehindLinksWithinTheRoot) {
  std::filesystem::create_directories(at("run"));
  link("/run", "etc/absolute");
  link("../../../run", "etc/climb");
  EXPECT_EQ(place(make_directories_in_root(root(), "/etc/absolute/a/b", 0755)), "/run/a/b");
  EXPECT_EQ(place(make_directories_in_root(root(), "/etc/climb/c/d", 0755)), "/run/c/d");
}

// As the kernel would resolve them with the root as "/".
TEST_F(ResolveTest, MakesInsideTheRootWhatALinkNames) {
  link("/outside/new", "absolute");
  link("../outside/new", "relative");
  link("missing", "dangling");
  EXPECT_EQ(place(make_directories_in_root(root(), "/absolute/a", 0755)), "/outside/new/a");
  EXPECT_EQ(place(make_directories_in_root(root(), "relative", 0755)), "/outside/new");
  EXPECT_EQ(place(make_directories_in_root(root(), "/etc/../dangling/x/y", 0755)), "/missing/x/y");
  EXPECT_TRUE(outside_is_untouched());
}

TEST_F(ResolveTest, GivesUpOnLinksThatLeadToEachOther) {
  link("two/new", "one");
  link("one/new", "two");
  EXPECT_EQ(place(make_directories_in_root(root(), "/one", 0755)),
            "make directory /one in root: open /one in root: Too many levels of symbolic links");
}

TEST_F(ResolveTest, MakesNothingForDotDotOfAMissingDirectory) {
  EXPECT_EQ(place(make_directories_in_root(root(), "/a/../b", 0755)),
            "make directory /a/../b in root: open .. of a missing directory: "
            "No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(at("a")));
}

TEST_F(ResolveTest, MakesNoDirectoryInPlaceOfAFile) {
  EXPECT_EQ(place(make_directories_in_root(root(), "/file", 0755)),
            "make directory /file in root: open /file in root: Not a directory");
  EXPECT_EQ(place(make_directories_in_root(root(), "/file/a", 0755)),
            "make directory /file/a in root: open /file/a in root: Not a directory");
}

TEST_F(ResolveTest, RefusesToMakeTheEmptyPath) {
  EXPECT_EQ(place(make_directories_in_root(root(), "", 0755)),
            "make directory  in root: open  in root: No such file or directory");
}

TEST_F(ResolveTest, GivesTheParentAndTheLastName) {
  auto parent = parent_in_root(root(), "/etc/new/name/");
  ASSERT_TRUE(parent.has_value());
  EXPECT_EQ(parent->name, "name");
  EXPECT_EQ(place(std::move(parent->directory)), "/etc/new");
}

TEST_F(ResolveTest, GivesTheRootAsTheParentOfATopName) {
  auto parent = parent_in_root(root(), "name");
  ASSERT_TRUE(parent.has_value());
  EXPECT_EQ(parent->name, "name");
  EXPECT_EQ(place(std::move(parent->directory)), "/");
}

TEST_F(ResolveTest, HasNoParentForAPathWithoutAName) {
  for (const char* path : {"/", "", ".", "/..", "/etc/..", "//./"}) {
    const auto parent = parent_in_root(root(), path);
    ASSERT_FALSE(parent.has_value()) << path;
    EXPECT_EQ(parent.error().code(), EINVAL) << path;
  }
  EXPECT_EQ(parent_in_root(root(), "/..").error().text(),
            "parent of /.. in root: want the name of a file in a directory: Invalid argument");
}

TEST_F(ResolveTest, MakesAFileAndItsParents) {
  EXPECT_EQ(place(make_file_in_root(root(), "/new/deep/file")), "/new/deep/file");
  EXPECT_TRUE(std::filesystem::is_regular_file(at("new/deep/file")));
  EXPECT_TRUE(std::filesystem::is_empty(at("new/deep/file")));
}

TEST_F(ResolveTest, OpensAFileThatIsThereAndLeavesIt) {
  link("/etc/passwd", "link");
  EXPECT_EQ(place(make_file_in_root(root(), "/link")), "/etc/passwd");
  EXPECT_EQ(text_of(at("etc/passwd")), "inside");
}

TEST_F(ResolveTest, MakesInsideTheRootTheFileThatALinkNames) {
  link("../outside/new", "link");
  link("new", "dangling");
  EXPECT_EQ(place(make_file_in_root(root(), "/link")), "/outside/new");
  EXPECT_EQ(place(make_file_in_root(root(), "/dangling")), "/new");
  EXPECT_TRUE(outside_is_untouched());
}

TEST_F(ResolveTest, MakesNoFileInPlaceOfADirectory) {
  EXPECT_EQ(place(make_file_in_root(root(), "/file/below")),
            "open /file/below in root: Not a directory");
}

/// Exchanges `swap`, a directory, with `evil`, a link out of the root, until it is killed.
class Swapper {
 public:
  explicit Swapper(int root) {
    auto cloned = clone_process({});
    if (cloned.has_value() && cloned->pid == 0) {
      for (;;) {
        ::renameat2(root, "swap", root, "evil", RENAME_EXCHANGE);
      }
    }
    if (cloned.has_value()) {
      cloned_ = *std::move(cloned);
    }
  }
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;
  Swapper(Swapper&&) = delete;
  Swapper& operator=(Swapper&&) = delete;
  ~Swapper() {
    EXPECT_TRUE(pidfd_send_signal(cloned_.pidfd.get(), SIGKILL).has_value());
    EXPECT_TRUE(wait_for(cloned_.pid).has_value());
  }

 private:
  Cloned cloned_;
};

TEST_F(ResolveTest, StaysInsideWhileADirectoryIsSwappedForALink) {
  std::filesystem::create_directories(at("swap/sub"));
  link("../../../../.." + (top_ / "outside"), "evil");
  const Swapper swapper(root());
  int opened = 0;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    // EAGAIN that outlasts every attempt is a failure as any other.
    const auto secret = open_in_root(root(), "/swap/secret", O_PATH);
    EXPECT_FALSE(secret.has_value()) << place(secret);
    const auto sub = open_in_root(root(), "/swap/sub/..", O_PATH);
    opened += sub.has_value() ? 1 : 0;
    EXPECT_FALSE(sub.has_value() && place(sub).starts_with("!")) << place(sub);
  }
  EXPECT_GT(opened, 0);
}

TEST_F(ResolveTest, MakesNothingOutsideWhileADirectoryIsSwappedForALink) {
  std::filesystem::create_directories(at("swap"));
  link("../outside", "evil");
  const Swapper swapper(root());
  int made = 0;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string name = "/swap/" + std::to_string(attempt);
    made += make_directories_in_root(root(), name + "/a/b", 0755).has_value() ? 1 : 0;
    made += make_file_in_root(root(), name + "/f/file").has_value() ? 1 : 0;
  }
  EXPECT_GT(made, 0);
  EXPECT_TRUE(outside_is_untouched());
}

}  // namespace
}  // namespace myrt::sys
