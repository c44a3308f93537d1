#include "container/store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "sys/process.h"

namespace myrt::container {
namespace {

TEST(CheckId, AcceptsWhatEnginesUse) {
  for (const std::string& id :
       {std::string("c1"), std::string("a"), std::string("0"), std::string("_x"), std::string("+"),
        std::string("A.b-c_d+e.9"), std::string("a.."), std::string(255, 'a')}) {
    EXPECT_TRUE(check_id(id).has_value()) << id;
  }
}

TEST(CheckId, RefusesWhatCannotBeAName) {
  for (const std::string& id :
       {std::string(), std::string("."), std::string(".."), std::string(".a"), std::string("-a"),
        std::string("a/b"), std::string("/"), std::string("a b"), std::string("a\n"),
        std::string("a\0b", 3), std::string("a:b"), std::string("\xC3\xA4"), std::string("a*"),
        std::string(256, 'a')}) {
    const Result<void> checked = check_id(id);

    ASSERT_FALSE(checked.has_value()) << id;
    EXPECT_EQ(checked.error().code(), EINVAL);
    EXPECT_EQ(checked.error().text(), "invalid container ID format");
  }
}

TEST(DefaultStore, IsInRunForRoot) {
  EXPECT_EQ(default_store({.uid = 0}).root, "/run/myrt");
  const Store store = default_store({.uid = 0, .runtime_directory = "/run/user/0"});
  EXPECT_EQ(store.root, "/run/myrt");
  EXPECT_FALSE(store.sticky);
}

TEST(DefaultStore, IsInTheRuntimeDirectoryOfAUser) {
  const Store store = default_store({.uid = 1000, .runtime_directory = "/run/user/1000"});
  EXPECT_EQ(store.root, "/run/user/1000/myrt");
  EXPECT_TRUE(store.sticky);
  EXPECT_EQ(default_store({.uid = 1000}).root, "/run/myrt");
}

TEST(DefaultStore, IsTheUsersForRootOfAUserNamespaceUnlessNamedRoot) {
  Keeper keeper{.uid = 0, .in_user_namespace = true, .user_name = "me", .runtime_directory = "/x"};
  EXPECT_EQ(default_store(keeper).root, "/x/myrt");
  keeper.user_name = "";
  EXPECT_EQ(default_store(keeper).root, "/x/myrt");
  keeper.user_name = "root";
  EXPECT_EQ(default_store(keeper).root, "/run/myrt");
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<sys::UniqueFd> opened = open_root(store, true);
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    root = std::move(*opened);
  }
  Entry make(std::string_view id) {
    Result<Entry> entry = make_entry(root.get(), id);
    if (!entry.has_value()) {
      ADD_FAILURE() << entry.error().text();
      return {};
    }
    return std::move(*entry);
  }

  sys::TemporaryDirectory directory;
  Store store{.root = directory / "run/myrt"};
  sys::UniqueFd root;
};

mode_t mode_of(const std::string& path) {
  struct ::stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

TEST_F(StoreTest, RootIsMadeWithItsParentsForItsOwnerAlone) {
  EXPECT_EQ(mode_of(directory / "run"), 0700U);
  EXPECT_EQ(mode_of(directory / "run/myrt"), 0700U);
  EXPECT_TRUE(open_root(store, true).has_value());
}

TEST_F(StoreTest, RootIsNotMadeByWhoOnlyLooks) {
  const Result<sys::UniqueFd> opened = open_root({.root = directory / "none"}, false);

  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), ENOENT);
  EXPECT_EQ(opened.error().text(),
            "state root: open directory " + (directory / "none") + ": No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(directory / "none"));
}

TEST_F(StoreTest, RootMustBeADirectory) {
  sys::write_text(directory / "file", "");

  EXPECT_EQ(open_root({.root = directory / "file"}, true).error().text(),
            "state root: open directory " + (directory / "file") + ": Not a directory");
  EXPECT_EQ(open_root({.root = directory / "file/root"}, true).error().code(), ENOTDIR);
}

TEST_F(StoreTest, EntryIsADirectoryForItsOwnerAlone) {
  const Entry entry = make("c1");

  EXPECT_EQ(entry.id, "c1");
  EXPECT_EQ(mode_of(directory / "run/myrt/c1"), 0700U);
  EXPECT_EQ(::fcntl(entry.directory.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(StoreTest, EntryIsMadeOnce) {
  const Entry entry = make("c1");

  const Result<Entry> again = make_entry(root.get(), "c1");

  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), EEXIST);
  EXPECT_EQ(again.error().text(), "container with given ID already exists");
}

TEST_F(StoreTest, EntryHasAnIdOfTheRightForm) {
  EXPECT_EQ(make_entry(root.get(), "../c1").error().text(), "invalid container ID format");
  EXPECT_EQ(open_entry(store, "../c1").error().text(), "invalid container ID format");
}

TEST_F(StoreTest, EntryIsLockedFromTheBeginning) {
  const Entry made = make("c1");
  const Result<Entry> opened = open_entry(store, "c1");
  ASSERT_TRUE(opened.has_value()) << opened.error().text();

  const Result<void> locked = lock(*opened, 0);

  ASSERT_FALSE(locked.has_value());
  EXPECT_EQ(locked.error().code(), ETIMEDOUT);
  EXPECT_EQ(locked.error().text(),
            "lock container c1, which another command holds: Connection timed out");
}

TEST_F(StoreTest, LockGoesWithTheDescriptor) {
  Entry made = make("c1");
  const Result<Entry> opened = open_entry(store, "c1");
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  made.directory.reset();

  EXPECT_TRUE(lock(*opened, 0).has_value());
}

TEST_F(StoreTest, LockIsWaitedFor) {
  // The lock belongs to the open directory, which the child shares: it goes when both have closed
  // theirs.
  Entry made = make("c1");
  const Result<sys::Cloned> holder = sys::clone_process({});
  ASSERT_TRUE(holder.has_value());
  if (holder->pid == 0) {
    sys::child_exit(0);
  }
  made.directory.reset();
  const Result<Entry> opened = open_entry(store, "c1");
  ASSERT_TRUE(opened.has_value()) << opened.error().text();

  EXPECT_TRUE(lock(*opened, -1).has_value());
  EXPECT_TRUE(sys::wait_for(holder->pid).has_value());
}

TEST_F(StoreTest, UnknownContainerDoesNotExist) {
  const Result<Entry> opened = open_entry(store, "c1");
  const Result<Entry> elsewhere = open_entry({.root = directory / "none"}, "c1");

  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), ENOENT);
  EXPECT_EQ(opened.error().text(), "container does not exist");
  ASSERT_FALSE(elsewhere.has_value());
  EXPECT_EQ(elsewhere.error().text(), "container does not exist");
}

TEST_F(StoreTest, LinkIsNoContainer) {
  std::filesystem::create_directory_symlink("/tmp", directory / "run/myrt/c1");

  EXPECT_FALSE(open_entry(store, "c1").has_value());
  EXPECT_EQ(make_entry(root.get(), "c1").error().code(), EEXIST);
}

TEST_F(StoreTest, EntryIsRemovedWithItsFiles) {
  const Entry entry = make("c1");
  sys::write_text(directory / "run/myrt/c1/state.json", "{}");
  ASSERT_EQ(::mkfifo((directory / "run/myrt/c1/exec.fifo").c_str(), 0600), 0);

  const Result<void> removed = remove_entry(store, entry);

  EXPECT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_FALSE(std::filesystem::exists(directory / "run/myrt/c1"));
}

TEST_F(StoreTest, EntryThatIsGoneIsRemovedAlready) {
  const Entry entry = make("c1");
  ASSERT_TRUE(remove_entry(store, entry).has_value());

  EXPECT_TRUE(remove_entry(store, entry).has_value());
}

TEST_F(StoreTest, IdsAreSortedAndNothingElse) {
  EXPECT_EQ(ids(root.get()), std::vector<std::string>{});
  for (const char* id : {"c2", "C", "c10"}) {
    make(id);
  }
  std::filesystem::create_directory(directory / "run/myrt/.seccomp");
  std::filesystem::create_directory(directory / "run/myrt/no id");

  EXPECT_EQ(ids(root.get()), (std::vector<std::string>{"C", "c10", "c2"}));
}

}  // namespace
}  // namespace myrt::container
