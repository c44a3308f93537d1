// Pseudo terminals (pty(7)): one that the tests hold both ends of, and reading from any.
#pragma once

#include <string>

#include "support/fd.h"

namespace myrt::test {

/// What comes out of a terminal's `master` until `end` was seen, its other end is closed, or
/// nothing came for 20 seconds.
std::string read_terminal(int master, const std::string& end);

/// A terminal for a program that the test starts.
class Terminal {
 public:
  Terminal();

  /// The end that the test reads and writes.
  int master() const { return master_.get(); }
  /// The end that the program gets as its descriptors 0 to 2.
  int slave() const { return slave_.get(); }
  /// The kernel tells this by SIGWINCH only to the foreground process group of the session whose
  /// controlling terminal it is; others have to be signalled.
  void resize(unsigned short rows, unsigned short columns) const;
  /// Closes the test's copy of `slave`, so that `read_terminal` sees the end of the program.
  void close_slave() { slave_.reset(); }

 private:
  Fd master_;
  Fd slave_;
};

}  // namespace myrt::test
