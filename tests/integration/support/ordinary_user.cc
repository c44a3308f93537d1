#include "support/ordinary_user.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// What runtime_command() asks for.
std::optional<Identity>& current() {
  static std::optional<Identity> identity;
  return identity;
}

constexpr std::array<const char*, 3> kIdFiles = {"/etc/passwd", "/etc/subuid", "/etc/subgid"};

// In one write(2), as the kernel wants it.
void write_map(const std::string& file, const std::string& text) {
  const Fd map(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(::write(map.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()))
      << file << ": " << std::strerror(errno);
}

void give_one(const fs::path& path, uid_t uid, gid_t gid) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && (S_ISDIR(status.st_mode) || status.st_nlink == 1)) {
    EXPECT_EQ(::lchown(path.c_str(), uid, gid), 0) << path << ": " << std::strerror(errno);
  }
}

}  // namespace

std::optional<Identity> runtime_identity() { return current(); }

RuntimeIdentity::RuntimeIdentity(const Identity& identity)
    : before_(std::exchange(current(), identity)) {}

RuntimeIdentity::~RuntimeIdentity() { current() = before_; }

void give_to_user(const fs::path& tree, uid_t uid, gid_t gid) {
  give_one(tree, uid, gid);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(tree)) {
    give_one(entry.path(), uid, gid);
  }
}

SubordinateIds::SubordinateIds(const fs::path& workspace) {
  const std::string range = "tester:" + std::to_string(kFirstSubordinate) + ":65536\n";
  for (const char* covered : kIdFiles) {
    const bool is_passwd = fs::path(covered).filename() == "passwd";
    const fs::path file = workspace / fs::path(covered).filename();
    write_file(file, is_passwd ? read_file(covered) + "tester:x:" + std::to_string(kUser) + ":" +
                                     std::to_string(kGroup) + "::/:/bin/sh\n"
                               : range);
    if (::mount(file.c_str(), covered, nullptr, MS_BIND, nullptr) != 0) {
      ADD_FAILURE() << "cover " << covered << ": " << std::strerror(errno);
      return;
    }
    covered_.emplace_back(covered);
  }
}

SubordinateIds::~SubordinateIds() {
  for (const fs::path& path : covered_) {
    EXPECT_EQ(::umount2(path.c_str(), MNT_DETACH), 0) << path << ": " << std::strerror(errno);
  }
}

PrivateNamespaces::PrivateNamespaces(Ids ids) {
  std::array<int, 2> ready{};
  if (::pipe2(ready.data(), O_CLOEXEC) != 0) {
    ADD_FAILURE() << "pipe: " << std::strerror(errno);
    return;
  }
  const Fd reading(ready[0]);
  Fd writing(ready[1]);
  pid_ = ::fork();
  if (pid_ == 0) {
    const bool done = ::setgroups(0, nullptr) == 0 && ::setresgid(kGroup, kGroup, kGroup) == 0 &&
                      ::setresuid(kUser, kUser, kUser) == 0 &&
                      ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                      ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!done || ::write(writing.get(), "", 1) != 1) {
      ::_exit(1);
    }
    for (;;) {
      ::pause();
    }
  }
  writing = Fd();
  char byte = 0;
  EXPECT_EQ(::read(reading.get(), &byte, 1), 1) << "no user namespace";
  const bool alone = ids == Ids::kAlone;
  const std::string more = alone ? "" : "1 " + std::to_string(kFirstSubordinate) + " 65535\n";
  const std::string proc = "/proc/" + std::to_string(pid_);
  if (alone) {
    write_map(proc + "/setgroups", "deny");
  }
  write_map(proc + "/uid_map", "0 " + std::to_string(kUser) + " 1\n" + more);
  write_map(proc + "/gid_map", "0 " + std::to_string(kGroup) + " 1\n" + more);
}

PrivateNamespaces::~PrivateNamespaces() {
  if (pid_ > 0) {  // -1 would be every process of the machine
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool has_id_map_helpers() {
  for (const char* helper : {"/usr/bin/newuidmap", "/usr/bin/newgidmap"}) {
    if (::access(helper, X_OK) != 0) {
      return false;
    }
  }
  return ::access("/etc/subuid", F_OK) == 0 && ::access("/etc/subgid", F_OK) == 0;
}

OrdinaryUserTest::OrdinaryUserTest() {
  const std::string uid = std::to_string(kUser);
  const std::string gid = std::to_string(kGroup);
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": )" + uid + R"(, "size": 1}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": )" + gid + R"(, "size": 1}])")
      // Group 5, to which terminals belong elsewhere, is not mapped.
      .set("/mounts/2/options",
           R"(["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"])");
  give_to_user(workspace());
}

std::string OrdinaryUserTest::output_of(const std::string& script) {
  bundle_.shell(script);
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  return outcome.out;
}

Bundle& OrdinaryUserTest::map_subordinate_ids() {
  const std::string more = R"({"containerID": 1, "hostID": )" + std::to_string(kFirstSubordinate) +
                           R"(, "size": 65535})";
  return bundle_.set("/linux/uidMappings/-", more).set("/linux/gidMappings/-", more);
}

}  // namespace myrt::test
