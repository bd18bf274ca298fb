// `api_key_command`: asks a password manager for a key.

import Glibc

/// Runs `line` with `/bin/sh -c` and gives the first line it prints.
///
/// It may ask its own questions on the terminal.
package func keyFromCommand(_ line: String) throws(KeyFailure) -> String {
  let what = "api_key_command"
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { throw .unreadable(what: what, why: errorText(errno)) }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  defer { close(ends[0]) }
  let process: pid_t
  do {
    defer { close(ends[1]) }
    process = try spawnShell(line, output: ends[1])
  }
  let printed: [UInt8]
  do {
    printed = try readAll(ends[0], path: what, limit: 64 << 10)
  } catch {
    kill(process, SIGTERM)
    _ = exitStatus(of: process)
    throw .unreadable(what: what, why: error.why)
  }
  let status = exitStatus(of: process)
  guard status == 0 else { throw .unreadable(what: what, why: "it ended with status \(status)") }
  return try ProviderKey.firstLine(of: printed, what: what)
}

/// Starts the shell with default signals and an empty signal mask; all our descriptors close by themselves (`O_CLOEXEC`).
private func spawnShell(_ line: String, output: Int32) throws(KeyFailure) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, output, 1)

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
  guard code == 0 else { throw .unreadable(what: "api_key_command", why: errorText(code)) }
  return process
}

/// Waits for the process: its exit status, or 128 and the signal that ended it.
private func exitStatus(of process: pid_t) -> Int32 {
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  let signal = status & 0x7f
  return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}
