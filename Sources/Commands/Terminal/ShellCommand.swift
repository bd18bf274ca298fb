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
  let started = spawnShell(line, input: ends[0])
  close(ends[0])
  guard let process = started else {
    close(ends[1])
    return nil
  }
  let input = OutputStream(descriptor: ends[1], isTerminal: false, hasColor: false)
  // Its own end is what tells whether it went well.
  try? input.write(text)
  close(ends[1])
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  let signal = status & 0x7f
  return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}

/// Default signals and an empty mask; all our descriptors close by themselves (`O_CLOEXEC`).
private func spawnShell(_ line: String, input: Int32) -> pid_t? {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  var all = sigset_t()
  sigfillset(&all)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

  var process: pid_t = 0
  var arguments: [UnsafeMutablePointer<CChar>?] =
    ["/bin/sh", "-c", line].map { (text: String) in strdup(text) } + [nil]
  defer { arguments.forEach { free($0) } }
  let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
  return code == 0 ? process : nil
}
