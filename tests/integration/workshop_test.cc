// What one learns when building a container by hand: each step does what the one before it could
// not. Here are the jail break, the old root, and the namespaces as the host sees them. The other
// steps: overlay_root_test.cc, limits_test.cc, red_blue_test.cc; mapped ids in userns_test.cc, the
// host's mount table while a container runs in mounts_test.cc.

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <set>

#include "support/fixture.h"
#include "support/mountinfo.h"
#include "support/probe.h"
#include "support/programs.h"

namespace myrt::test {
namespace {

class JailBreak : public RuntimeTest {
 protected:
  JailBreak() { write_file(secret_, "secret of the host\n"); }

  const std::filesystem::path secret_ = workspace() / "secret";
};

TEST_F(JailBreak, LeavesAPlainChroot) {
  std::filesystem::copy_file("/proc/self/exe", bundle_.rootfs() / "probe");
  std::vector<std::string> command = {"chroot", bundle_.rootfs()};
  for (const std::string& word : chroot_escape(secret_)) {
    command.push_back(word);
  }
  const Outcome outcome = test::run({.argv = command});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "secret of the host\n");
}

TEST_F(JailBreak, StaysInsideAContainer) {
  add_probe(bundle_);
  bundle_.capabilities({"CAP_SYS_CHROOT"}).args(chroot_escape(secret_));
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, secret_.string() + ": No such file or directory\n");
}

TEST_F(JailBreak, FindsTheContainersOwnRootAtTheTop) {
  add_probe(bundle_);
  bundle_.file("marker", "root of the container\n");
  bundle_.capabilities({"CAP_SYS_CHROOT", "CAP_SYS_ADMIN"}).args(chroot_escape("/marker"));
  EXPECT_EQ(Container(bundle_).run().out, "root of the container\n");
}

TEST_F(JailBreak, CannotBeginWithoutTheCapability) {
  add_probe(bundle_);
  bundle_.args(chroot_escape(secret_));
  EXPECT_EQ(Container(bundle_).run().out, "chroot .out: Operation not permitted\n");
}

class OldRoot : public RuntimeTest {
 protected:
  // The file systems that a mount table shows, "MAJOR:MINOR" each. Of the host's /dev, a container
  // may see its null device: that is what hides masked files.
  static std::set<std::string> file_systems(const std::vector<MountEntry>& mounts) {
    std::set<std::string> devices;
    for (const MountEntry& mount : mounts) {
      if (mount.root != "/null") {
        devices.insert(mount.device);
      }
    }
    return devices;
  }
};

TEST_F(OldRoot, IsGoneFromTheMountTable) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string table = read_file("/proc/" + std::to_string(container.pid()) + "/mountinfo");
  const std::vector<MountEntry> inside = parse_mountinfo(table);
  ASSERT_TRUE(mount_at(inside, "/").has_value());

  std::set<std::string> shared = file_systems(inside);
  const std::set<std::string> outside =
      file_systems(parse_mountinfo(read_file("/proc/self/mountinfo")));
  std::erase_if(shared,
                [&outside](const std::string& device) { return !outside.contains(device); });
  // That of the bundle; all others are instances of the container's own.
  EXPECT_EQ(shared, std::set<std::string>{mount_at(inside, "/")->device}) << table;
}

TEST_F(OldRoot, LeavesNoDirectoryBehind) {
  const std::vector<std::string> before = list_directory(bundle_.rootfs());
  bundle_.args({"/bin/ls", "/"});
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(lines_of(outcome.out), before);
  EXPECT_EQ(list_directory(bundle_.rootfs()), before);
}

class NamespacesFromOutside : public RuntimeTest {};

TEST_F(NamespacesFromOutside, AreAllOthersThanTheHosts) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string directory = "/proc/" + std::to_string(container.pid()) + "/ns/";
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"}) {
    EXPECT_NE(inode_of(directory + kind), 0U) << kind;
    EXPECT_NE(inode_of(directory + kind), inode_of(std::string("/proc/self/ns/") + kind)) << kind;
  }
}

TEST_F(NamespacesFromOutside, ShowPidOneUnderAnotherNumber) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string status = read_file("/proc/" + std::to_string(container.pid()) + "/status");
  // From the reader's pid namespace inwards (proc(5)).
  EXPECT_TRUE(field_of(status, "NSpid").starts_with(std::to_string(container.pid()) + "\t"));
  EXPECT_TRUE(field_of(status, "NSpid").ends_with("\t1"));
}

TEST_F(NamespacesFromOutside, EndWithPidOne) {
  bundle_.shell("sleep 100 & setsid sleep 100 & echo started; exec sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("started"));
  ASSERT_EQ(descendants().size(), 3U);

  container.kill_process();
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_TRUE(descendants().empty());
}

class PortEighty : public RuntimeTest {
 protected:
  // Takes the host's port 80, unless somebody has it already: it is in use either way.
  PortEighty() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(80);
    ours_ = ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
                0 &&
            ::listen(listener_.get(), 1) == 0;
    in_use_ = ours_ || errno == EADDRINUSE;
  }

  Fd listener_;
  bool ours_ = false;
  bool in_use_ = false;
};

TEST_F(PortEighty, IsTheContainersOwnBesideTheHosts) {
  ASSERT_TRUE(in_use_);
  bundle_.file("www/index.html", "inside\n")
      .shell("httpd -p 80 -h /www && wget -q -O - http://127.0.0.1/");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "inside\n");
  if (ours_) {
    EXPECT_EQ(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC), -1) << "nobody called";
    EXPECT_EQ(errno, EAGAIN);
  }
}

TEST_F(PortEighty, IsTheHostsWithoutANetworkNamespace) {
  ASSERT_TRUE(in_use_);
  // sysfs shows a network namespace, and wants to be mounted by its owner.
  bundle_.remove_namespace("network").erase("/mounts/5").shell("httpd -f -p 80 -h /");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "httpd: bind: Address already in use\n");
}

}  // namespace
}  // namespace myrt::test
