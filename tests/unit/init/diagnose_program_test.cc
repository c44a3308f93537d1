// What execve(2) would refuse with a bare errno, on files made for it.
#include <elf.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "init/program.h"

namespace myrt::init {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kNative = EM_X86_64;
constexpr Elf64_Half kNative32 = EM_386;
const std::string kThisMachine = "x86_64";
#else
constexpr Elf64_Half kNative = EM_AARCH64;
constexpr Elf64_Half kNative32 = EM_ARM;
const std::string kThisMachine = "aarch64";
#endif

template <typename T>
std::string bytes_of(const T& value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// An ELF file with one program header, of PT_INTERP: `interpreter` with its NUL, right behind.
template <typename Header, typename Segment>
std::string elf_file(unsigned char elf_class, Elf64_Half machine, const std::string& interpreter) {
  Header header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = machine;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Segment);
  header.e_phnum = 1;
  Segment segment = {};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = static_cast<decltype(segment.p_filesz)>(interpreter.size() + 1);
  return bytes_of(header) + bytes_of(segment) + interpreter + '\0';
}

std::string elf64(Elf64_Half machine, const std::string& interpreter) {
  return elf_file<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, machine, interpreter);
}

std::string elf32(Elf64_Half machine, const std::string& interpreter) {
  return elf_file<Elf32_Ehdr, Elf32_Phdr>(ELFCLASS32, machine, interpreter);
}

class DiagnoseProgramTest : public testing::Test {
 protected:
  /// What is said of a program with these bytes, after its name; "" when nothing.
  std::string fault(std::string_view contents, bool foreign_formats = false) {
    sys::write_text(program, contents);
    const Result<void> diagnosed = diagnose_program(program, foreign_formats);
    if (diagnosed.has_value()) {
      return "";
    }
    const std::string text = diagnosed.error().text();
    const std::string start = "exec: \"" + program + "\": ";
    return text.starts_with(start) ? text.substr(start.size()) : "unexpected start: " + text;
  }

  sys::TemporaryDirectory root;
  std::string program = root / "program";
};

TEST_F(DiagnoseProgramTest, FindsNothingWrongWithThisVeryProgram) {
  EXPECT_TRUE(diagnose_program("/proc/self/exe", false).has_value());
}

TEST_F(DiagnoseProgramTest, NamesAMissingElfInterpreter) {
  EXPECT_EQ(fault(elf64(kNative, "/lib/ld-none.so.1")),
            "ELF interpreter \"/lib/ld-none.so.1\": no such file or directory");
  EXPECT_EQ(fault(elf32(kNative32, "/lib/ld-none.so.1")),
            "ELF interpreter \"/lib/ld-none.so.1\": no such file or directory");
}

TEST_F(DiagnoseProgramTest, NamesAnElfInterpreterThatMayNotBeExecuted) {
  sys::write_text(root / "ld.so", "");

  EXPECT_EQ(fault(elf64(kNative, root / "ld.so")),
            "ELF interpreter \"" + (root / "ld.so") + "\": permission denied");
}

TEST_F(DiagnoseProgramTest, AcceptsAnElfFileWhoseInterpreterIsThere) {
  EXPECT_EQ(fault(elf64(kNative, "/bin/sh")), "");
}

TEST_F(DiagnoseProgramTest, NamesTheArchitectureOfAForeignElfFile) {
  EXPECT_EQ(fault(elf64(EM_RISCV, "/lib/ld.so")),
            "built for riscv, this machine is " + kThisMachine + ": exec format error");
  EXPECT_EQ(fault(elf64(EM_ALPHA, "/lib/ld.so")),
            "built for ELF machine 36902, this machine is " + kThisMachine + ": exec format error");
}

TEST_F(DiagnoseProgramTest, ReadsTheMachineOfABigEndianElfFile) {
  std::string file = elf64(0x1600, "/lib/ld.so");  // EM_S390, 22, with its bytes swapped
  file[EI_DATA] = ELFDATA2MSB;

  EXPECT_EQ(fault(file), "built for s390, this machine is " + kThisMachine + ": exec format error");
}

TEST_F(DiagnoseProgramTest, SaysThatAnElfFileIsCutOff) {
  const std::string file = elf64(kNative, "/lib/ld-none.so.1");

  EXPECT_EQ(fault(file.substr(0, 63)), "cut off within its ELF header: exec format error");
  EXPECT_EQ(fault(file.substr(0, 5)), "cut off within its ELF header: exec format error");
}

TEST_F(DiagnoseProgramTest, LeavesAnElfFileThatIsCutOffLaterToTheKernel) {
  const std::string file = elf64(kNative, "/lib/ld-none.so.1");

  EXPECT_EQ(fault(file.substr(0, 64)), "");
  EXPECT_EQ(fault(file.substr(0, file.size() - 5)), "");
}

TEST_F(DiagnoseProgramTest, LeavesOddProgramHeadersToTheKernel) {
  std::string file = elf64(kNative, "/lib/ld-none.so.1");
  Elf64_Ehdr header = {};
  std::memcpy(&header, file.data(), sizeof header);
  header.e_phentsize = 1;
  file.replace(0, sizeof header, bytes_of(header));

  EXPECT_EQ(fault(file), "");
}

TEST_F(DiagnoseProgramTest, NamesAMissingScriptInterpreter) {
  EXPECT_EQ(fault("#!/bin/none\necho\n"),
            "script interpreter \"/bin/none\": no such file or directory");
  EXPECT_EQ(fault("#! \t/bin/none -e\n"),
            "script interpreter \"/bin/none\": no such file or directory");
  EXPECT_EQ(fault("#!/bin/none"), "script interpreter \"/bin/none\": no such file or directory");
}

TEST_F(DiagnoseProgramTest, NamesAScriptInterpreterThatMayNotBeExecuted) {
  EXPECT_EQ(fault("#!" + root.path() + "\n"),
            "script interpreter \"" + root.path() + "\": is a directory: permission denied");
}

TEST_F(DiagnoseProgramTest, AcceptsAScriptWhoseInterpreterIsThere) {
  EXPECT_EQ(fault("#!/bin/sh\n"), "");
  EXPECT_EQ(fault("#!/bin/sh -e\r\n"), "");
}

TEST_F(DiagnoseProgramTest, SaysThatTheInterpreterLineOfAScriptIsEmpty) {
  EXPECT_EQ(fault("#!"), "no interpreter in its #! line: exec format error");
  EXPECT_EQ(fault("#! \t\n/bin/sh\n"), "no interpreter in its #! line: exec format error");
}

TEST_F(DiagnoseProgramTest, SaysThatAScriptHasTheLineEndsOfAnotherSystem) {
  EXPECT_EQ(fault("#!/bin/sh\r\necho\r\n"),
            "its #! line ends in CRLF, so the interpreter is \"/bin/sh\\r\": "
            "no such file or directory");
}

TEST_F(DiagnoseProgramTest, LooksIntoTheInterpreterOfAScript) {
  const std::string interpreter = root / "interpreter";
  sys::write_text(interpreter, "#!/bin/none\n");
  ASSERT_EQ(::chmod(interpreter.c_str(), 0755), 0);
  EXPECT_EQ(fault("#!" + interpreter + "\n"),
            "script interpreter \"" + interpreter +
                "\": script interpreter \"/bin/none\": no such file or directory");
}

TEST_F(DiagnoseProgramTest, GivesUpOnAScriptThatInterpretsItself) {
  sys::write_text(program, "");
  ASSERT_EQ(::chmod(program.c_str(), 0755), 0);
  EXPECT_TRUE(fault("#!" + program + "\n")
                  .ends_with("scripts that are each other's interpreter: "
                             "too many levels of symbolic links"));
}

TEST_F(DiagnoseProgramTest, SaysThatAFileIsEmpty) {
  EXPECT_EQ(fault(""), "the file is empty: exec format error");
}

TEST_F(DiagnoseProgramTest, SaysThatAFileIsNoProgram) {
  EXPECT_EQ(fault("echo hello\n"), "neither an ELF file nor a script with #!: exec format error");
  EXPECT_EQ(fault("\x7f"
                  "ELF"),
            "neither an ELF file nor a script with #!: exec format error");
}

TEST_F(DiagnoseProgramTest, LeavesForeignFilesToBinfmtMisc) {
  EXPECT_EQ(fault("", true), "");
  EXPECT_EQ(fault("echo hello\n", true), "");
  EXPECT_EQ(fault(elf64(EM_RISCV, "/lib/ld.so"), true), "");
  EXPECT_EQ(fault(elf64(kNative, "/lib/ld.so").substr(0, 10), true), "");
}

TEST_F(DiagnoseProgramTest, TellsMissingInterpretersOfNativeFilesAllTheSame) {
  EXPECT_EQ(fault(elf64(kNative, "/lib/ld-none.so.1"), true),
            "ELF interpreter \"/lib/ld-none.so.1\": no such file or directory");
  EXPECT_EQ(fault("#!/bin/none\n", true),
            "script interpreter \"/bin/none\": no such file or directory");
}

TEST_F(DiagnoseProgramTest, LeavesWhatCannotBeReadToTheKernel) {
  EXPECT_TRUE(diagnose_program(root / "none", false).has_value());
  EXPECT_TRUE(diagnose_program(root.path(), false).has_value());
}

TEST_F(DiagnoseProgramTest, DoesNotWaitOnAFifo) {
  ASSERT_EQ(::mkfifo((root / "fifo").c_str(), 0755), 0);

  EXPECT_TRUE(diagnose_program(root / "fifo", false).has_value());
}

}  // namespace
}  // namespace myrt::init
