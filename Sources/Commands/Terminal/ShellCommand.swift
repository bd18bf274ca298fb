// A pager or a clipboard program: a line of shell that reads what we have to say.

import GatewayCore
import Glibc

/// Runs `line` with `/bin/sh -c`, gives it `text` to read, and waits for its end: its exit status, or 128 and the
/// signal that ended it; `nil` when the shell could not be started.
///
/// A command that reads only a part of the text is no failure.
func runShell(_ line: String, reading text: String) -> Int32? {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return nil }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  let started = try? ShellProcess(line, input: ends[0])
  close(ends[0])
  guard let process = started else {
    close(ends[1])
    return nil
  }
  let input = OutputStream(descriptor: ends[1], isTerminal: false, hasColor: false)
  // Its own end is what tells whether it went well.
  try? input.write(text)
  close(ends[1])
  return process.wait()
}
