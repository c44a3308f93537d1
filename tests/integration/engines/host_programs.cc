#include "engines/host_programs.h"

#include <unistd.h>

#include <utility>

#include <gtest/gtest.h>

namespace myrt::test {
namespace {

// A word that a shell leaves as it is.
std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char character : word) {
    if (character == '\'') {
      text += R"('\'')";
    } else {
      text += character;
    }
  }
  return text + "'";
}

}  // namespace

bool is_installed(const std::string& program) {
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
    if (::access((directory + program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

Command on_terminal(Command command) {
  std::string line;
  for (const std::string& word : command.argv) {
    line += (line.empty() ? "" : " ") + quoted(word);
  }
  command.argv = {"script", "--quiet", "--return", "--command", line, "/dev/null"};
  return command;
}

Outcome run_on_terminal(const Command& command, const std::string& typed) {
  const Pipe keyboard = make_pipe();
  EXPECT_EQ(::write(keyboard.write.get(), typed.data(), typed.size()),
            static_cast<ssize_t>(typed.size()));
  Command line = on_terminal(command);
  line.stdin_fd = keyboard.read.get();
  return run(line);
}

}  // namespace myrt::test
