#include "init/program.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.h"
#include "sys/unique_fd.h"

namespace myrt::init {

namespace {

// What the kernel reads to choose a format (BINPRM_BUF_SIZE).
constexpr std::size_t kHeaderBytes = 256;
constexpr std::size_t kMaxInterpreter = PATH_MAX;

/// Names come from images: they are escaped, and told whole.
std::string quote(std::string_view name) { return base::quote(name, PATH_MAX); }

std::string exec(std::string_view name) { return "exec: " + quote(name); }

/// 0 when the file can be executed, or the errno that execve(2) would give.
int execute_errno(const std::string& path) {
  struct ::stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    return errno;
  }
  if (S_ISDIR(status.st_mode)) {
    return EISDIR;
  }
  if (!S_ISREG(status.st_mode)) {
    return EACCES;
  }
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/// The words of an errno as Go writes them: docker's client exits with 127 for "no such file or
/// directory" and with 126 for "permission denied", and tells upper from lower case. execve(2) of a
/// directory gives EACCES, so those are the last words for it.
std::string words(int code) {
  if (code == EISDIR) {
    return "is a directory: " + words(EACCES);
  }
  std::string text = errno_text(code);
  text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

/// `subject` is what the sentence is about: the program, or its interpreter.
Error fault(const std::string& subject, int code) { return Error(subject + ": " + words(code)); }

Error fault(const std::string& subject, int code, const std::string& what) {
  return fault(subject + ": " + what, code);
}

std::optional<Error> interpreter_fault(const std::string& subject, const std::string& kind,
                                       const std::string& interpreter) {
  const int code = execute_errno(interpreter);
  if (code == 0) {
    return std::nullopt;
  }
  return fault(subject, code, kind + " " + quote(interpreter));
}

/// The kernel follows so many scripts that are interpreters of scripts (fs/exec.c, exec_binprm).
constexpr int kMaxInterpreters = 5;

std::optional<Error> file_fault(const std::string& subject, const std::string& path,
                                bool foreign_formats, int depth);

std::optional<Error> script_fault(const std::string& subject, std::string_view header,
                                  bool foreign_formats, int depth) {
  const std::size_t end = header.find('\n');
  std::string_view line =
      header.substr(2, (end == std::string_view::npos ? header.size() : end) - 2);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string interpreter(line.substr(0, line.find_first_of(" \t")));
  if (interpreter.empty()) {
    return fault(subject, ENOEXEC, "no interpreter in its #! line");
  }
  if (interpreter.ends_with('\r') && execute_errno(interpreter) != 0) {
    return fault(subject, ENOENT,
                 "its #! line ends in CRLF, so the interpreter is " + quote(interpreter));
  }
  std::optional<Error> found = interpreter_fault(subject, "script interpreter", interpreter);
  if (found.has_value()) {
    return found;
  }
  if (depth == kMaxInterpreters) {
    return fault(subject, ELOOP, "scripts that are each other's interpreter");
  }
  return file_fault(subject + ": script interpreter " + quote(interpreter), interpreter,
                    foreign_formats, depth + 1);
}

struct Machine {
  unsigned number;
  const char* name;
};
constexpr std::array<Machine, 8> kMachines = {{{EM_386, "i386"},
                                               {EM_PPC64, "ppc64"},
                                               {EM_S390, "s390"},
                                               {EM_ARM, "arm"},
                                               {EM_X86_64, "x86_64"},
                                               {EM_AARCH64, "aarch64"},
                                               {EM_RISCV, "riscv"},
                                               {EM_LOONGARCH, "loongarch"}}};

#if defined(__x86_64__)
constexpr unsigned kNative = EM_X86_64;
constexpr unsigned kNative32 = EM_386;
#elif defined(__aarch64__)
constexpr unsigned kNative = EM_AARCH64;
constexpr unsigned kNative32 = EM_ARM;
#else
#error "name this architecture's ELF machine number"
#endif

std::string machine_name(unsigned number) {
  for (const Machine& machine : kMachines) {
    if (machine.number == number) {
      return machine.name;
    }
  }
  return "ELF machine " + std::to_string(number);
}

/// The path in PT_INTERP; empty when there is none, or when the file is cut so that execve(2) must
/// tell.
template <typename Header, typename Segment>
std::string elf_interpreter(int fd, const Header& header) {
  std::vector<Segment> segments(header.e_phnum);
  const std::size_t bytes = segments.size() * sizeof(Segment);
  if (header.e_phentsize != sizeof(Segment) ||
      ::pread(fd, segments.data(), bytes, static_cast<off_t>(header.e_phoff)) !=
          static_cast<ssize_t>(bytes)) {
    return {};
  }
  for (const Segment& segment : segments) {
    if (segment.p_type != PT_INTERP || segment.p_filesz == 0 ||
        segment.p_filesz > kMaxInterpreter) {
      continue;
    }
    std::string path(static_cast<std::size_t>(segment.p_filesz), '\0');
    if (::pread(fd, path.data(), path.size(), static_cast<off_t>(segment.p_offset)) ==
        static_cast<ssize_t>(path.size())) {
      return path.substr(0, path.find('\0'));
    }
  }
  return {};
}

template <typename Header, typename Segment>
std::optional<Error> elf_fault(const std::string& subject, int fd, std::string_view bytes,
                               bool foreign_formats) {
  Header header = {};
  if (bytes.size() < sizeof header) {
    return foreign_formats
               ? std::nullopt
               : std::optional(fault(subject, ENOEXEC, "cut off within its ELF header"));
  }
  bytes.copy(reinterpret_cast<char*>(&header), sizeof header);
  const bool big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
  const unsigned machine = big_endian ? __builtin_bswap16(header.e_machine) : header.e_machine;
  if (machine != kNative && machine != kNative32) {
    return foreign_formats ? std::nullopt
                           : std::optional(fault(subject, ENOEXEC,
                                                 "built for " + machine_name(machine) +
                                                     ", this machine is " + machine_name(kNative)));
  }
  const std::string interpreter = elf_interpreter<Header, Segment>(fd, header);
  return interpreter.empty() ? std::nullopt
                             : interpreter_fault(subject, "ELF interpreter", interpreter);
}

std::optional<Error> header_fault(const std::string& subject, int fd, std::string_view bytes,
                                  bool foreign_formats, int depth) {
  if (bytes.starts_with("#!")) {
    return script_fault(subject, bytes, foreign_formats, depth);
  }
  if (bytes.size() > EI_CLASS && bytes.starts_with(ELFMAG)) {
    return bytes[EI_CLASS] == ELFCLASS32
               ? elf_fault<Elf32_Ehdr, Elf32_Phdr>(subject, fd, bytes, foreign_formats)
               : elf_fault<Elf64_Ehdr, Elf64_Phdr>(subject, fd, bytes, foreign_formats);
  }
  if (foreign_formats) {
    return std::nullopt;
  }
  return fault(subject, ENOEXEC,
               bytes.empty() ? "the file is empty" : "neither an ELF file nor a script with #!");
}

std::optional<Error> file_fault(const std::string& subject, const std::string& path,
                                bool foreign_formats, int depth) {
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  std::array<char, kHeaderBytes> buffer{};
  // An executable need not be readable; execve(2) will tell.
  const ssize_t count = file.is_open() ? ::pread(file.get(), buffer.data(), buffer.size(), 0) : -1;
  if (count < 0) {
    return std::nullopt;
  }
  return header_fault(subject, file.get(), {buffer.data(), static_cast<std::size_t>(count)},
                      foreign_formats, depth);
}

}  // namespace

Result<std::string> find_program(const std::string& name, std::string_view search_path) {
  if (name.find('/') != std::string::npos) {
    const int code = execute_errno(name);
    if (code != 0) {
      const bool is_missing = code == ENOENT || code == ENOTDIR;
      return std::unexpected(
          fault(exec(name) + (is_missing ? ": stat " + base::escape(name, PATH_MAX) : ""), code));
    }
    return name;
  }
  int denied = 0;
  while (!name.empty()) {
    const std::size_t colon = search_path.find(':');
    const std::string directory(search_path.substr(0, colon));
    // An empty entry is the working directory.
    std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    const int code = execute_errno(candidate);
    if (code == 0) {
      return candidate;
    }
    if (code == EACCES) {
      denied = code;
    }
    if (colon == std::string_view::npos) {
      break;
    }
    search_path.remove_prefix(colon + 1);
  }
  if (denied != 0) {
    return std::unexpected(fault(exec(name), denied));
  }
  return std::unexpected(Error(exec(name) + ": executable file not found in $PATH"));
}

Result<void> diagnose_program(const std::string& path, bool foreign_formats) {
  std::optional<Error> found = file_fault(exec(path), path, foreign_formats, 0);
  if (found.has_value()) {
    return std::unexpected(*std::move(found));
  }
  return {};
}

}  // namespace myrt::init
