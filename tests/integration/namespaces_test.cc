// linux.namespaces: own, inherited, joined by path (config-linux.md "Namespaces"), and what lives
// in them.

#include <unistd.h>

#include <filesystem>
#include <ostream>

#include "support/fixture.h"

namespace myrt::test {
namespace {

struct Kind {
  const char* type;  // in the config
  const char* file;  // under /proc/<pid>/ns

  friend std::ostream& operator<<(std::ostream& stream, const Kind& kind) {
    return stream << kind.type;
  }
};

class NamespacesTest : public RuntimeTest {
 protected:
  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

  // "pid:[4026531836]" without the word.
  static std::string link_text(const Kind& kind, const std::string& number) {
    return std::string(kind.file) + ":[" + number + "]\n";
  }

  static std::string own_link(const Kind& kind) {
    return link_text(kind, std::to_string(inode_of(std::string("/proc/self/ns/") + kind.file)));
  }

  static std::string path_of(pid_t pid, const Kind& kind) {
    return "/proc/" + std::to_string(pid) + "/ns/" + kind.file;
  }
};

class EachNamespace : public NamespacesTest, public ::testing::WithParamInterface<Kind> {};

TEST_P(EachNamespace, IsNewWhenListed) {
  const std::string link = output_of(std::string("readlink /proc/self/ns/") + GetParam().file);
  EXPECT_TRUE(link.starts_with(std::string(GetParam().file) + ":["));
  EXPECT_NE(link, own_link(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, EachNamespace,
                         ::testing::Values(Kind{"pid", "pid"}, Kind{"network", "net"},
                                           Kind{"mount", "mnt"}, Kind{"ipc", "ipc"},
                                           Kind{"uts", "uts"}, Kind{"cgroup", "cgroup"}),
                         [](const auto& kind) { return std::string(kind.param.type); });

class SharedNamespace : public EachNamespace {};

TEST_P(SharedNamespace, IsTheCallersWhenNotListed) {
  bundle_.remove_namespace(GetParam().type);
  if (std::string(GetParam().type) == "uts") {
    bundle_.erase("/hostname");
  }
  if (std::string(GetParam().type) == "network") {
    // sysfs shows a network namespace, and wants to be mounted by its owner; a bind does not.
    bundle_.erase("/mounts/5");
  }
  EXPECT_EQ(output_of(std::string("readlink /proc/self/ns/") + GetParam().file),
            own_link(GetParam()));
}

TEST_P(SharedNamespace, CanBeAnotherContainersByPath) {
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "100"});
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  const std::string path = path_of(owner.pid(), GetParam());

  bundle_.set_namespace(GetParam().type, path);
  EXPECT_EQ(output_of(std::string("readlink /proc/self/ns/") + GetParam().file),
            link_text(GetParam(), std::to_string(inode_of(path))));
  EXPECT_EQ(owner.status(), "running");
}

INSTANTIATE_TEST_SUITE_P(All, SharedNamespace,
                         ::testing::Values(Kind{"pid", "pid"}, Kind{"network", "net"},
                                           Kind{"ipc", "ipc"}, Kind{"uts", "uts"},
                                           Kind{"cgroup", "cgroup"}),
                         [](const auto& kind) { return std::string(kind.param.type); });

class Namespaces : public NamespacesTest {};

TEST_F(Namespaces, OfOneTypeTwiceAreRefused) {
  bundle_.set("/linux/namespaces/-", R"({"type": "pid"})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "pid"));
}

TEST_F(Namespaces, OfAnUnknownTypeAreRefused) {
  bundle_.set("/linux/namespaces/-", R"({"type": "weather"})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "weather"));
}

TEST_F(Namespaces, WithAMissingPathFail) {
  bundle_.set_namespace("network", "/no/such/namespace");
  EXPECT_TRUE(failed(Container(bundle_).run(), "/no/such/namespace"));
}

TEST_F(Namespaces, WithAPathToAnotherTypeFail) {
  bundle_.set_namespace("network", "/proc/self/ns/ipc");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Namespaces, WithAPathToAnOrdinaryFileFail) {
  bundle_.set_namespace("network", "/etc/passwd");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Namespaces, OfMountsAreNeededForMaskedPaths) {
  bundle_.remove_namespace("mount").set("/mounts", "[]");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

class PidNamespace : public NamespacesTest {};

TEST_F(PidNamespace, StartsAtOneAndHidesTheHost) {
  EXPECT_EQ(output_of("echo $$; cd /proc; ls -d [0-9]* | head -1; ls -d [0-9]* | wc -l"),
            "1\n1\n3\n");
}

TEST_F(PidNamespace, OfTheHostIsVisibleWhenShared) {
  bundle_.remove_namespace("pid");
  const std::string directory = "/proc/" + std::to_string(::getpid());
  EXPECT_EQ(output_of("ls -d " + directory), directory + "\n");
}

// The process that clones into the namespace of another loses the processor right then.
TEST_F(PidNamespace, OfAnotherIsEnteredHoweverSlowlyTheCloneIsToldOf) {
  if (!std::filesystem::exists("/usr/bin/strace")) {
    GTEST_SKIP() << "needs strace";
  }
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "100"});
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  bundle_.set_namespace("pid", path_of(owner.pid(), {"pid", "pid"})).shell("echo runs");

  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(),
                      {"/usr/bin/strace", "-f", "-o", "/dev/null", "-e", "trace=clone,clone3", "-e",
                       "inject=clone,clone3:delay_exit=300ms"});
  const Outcome outcome = container.run(command);

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "runs\n");
}

class NetworkNamespace : public NamespacesTest {};

TEST_F(NetworkNamespace, HasALoopbackThatIsUpAndNothingElse) {
  const std::string out = output_of("ip -o link; ip -o -4 addr show lo");
  const std::vector<std::string> lines = lines_of(out);
  EXPECT_TRUE(contains(out, "lo: <LOOPBACK,UP,LOWER_UP>")) << out;
  EXPECT_TRUE(contains(out, "127.0.0.1/8")) << out;
  EXPECT_FALSE(contains(out, "eth0")) << out;
}

class UtsNamespace : public NamespacesTest {
 protected:
  static std::string host_name() { return read_value("/proc/sys/kernel/hostname"); }
};

TEST_F(UtsNamespace, HasTheHostnameOfTheConfigAndTheHostKeepsItsOwn) {
  const std::string before = host_name();
  bundle_.set("/hostname", R"("inside")");
  EXPECT_EQ(output_of("hostname"), "inside\n");
  EXPECT_EQ(host_name(), before);
}

TEST_F(UtsNamespace, HasTheDomainnameOfTheConfig) {
  bundle_.set("/domainname", R"("example.org")");
  EXPECT_EQ(output_of("cat /proc/sys/kernel/domainname"), "example.org\n");
}

TEST_F(UtsNamespace, IsNeededForAHostname) {
  bundle_.remove_namespace("uts");
  EXPECT_TRUE(failed(Container(bundle_).run(), "hostname"));
}

TEST_F(UtsNamespace, HasTheHostsNameWhenTheConfigHasNone) {
  bundle_.erase("/hostname");
  EXPECT_EQ(output_of("hostname"), host_name() + "\n");
}

class CgroupNamespace : public NamespacesTest {};

TEST_F(CgroupNamespace, HasTheContainersCgroupAsItsRoot) {
  const std::vector<std::string> lines = lines_of(output_of("cat /proc/self/cgroup"));
  EXPECT_FALSE(lines.empty());
  for (const std::string& line : lines) {
    EXPECT_TRUE(line.ends_with(":/")) << line;
  }
}

}  // namespace
}  // namespace myrt::test
