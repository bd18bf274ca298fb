// Starting a line in the shell, as a person would have typed it.

import Glibc

/// A process that was started with `/bin/sh -c`.
package struct ShellProcess: Sendable {
  private let process: pid_t
  private let isApart: Bool

  /// Starts the shell with default signals and an empty signal mask; our descriptors close by themselves (`O_CLOEXEC`).
  ///
  /// `input` and `output` take the places of its standard input and output. One that is `apart` has a process group of
  /// its own: keys that send a signal (Ctrl-C) do not reach it, and it ends together with what it has started.
  package init(
    _ line: String, input: Int32? = nil, output: Int32? = nil, apart isApart: Bool = false
  ) throws(FileFailure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let group = isApart ? POSIX_SPAWN_SETPGROUP : 0
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))

    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] =
      ["/bin/sh", "-c", line].map { (text: String) in strdup(text) } + [nil]
    defer { arguments.forEach { free($0) } }
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw FileFailure(path: "/bin/sh", code: code, why: errorText(code)) }
    self.process = process
    self.isApart = isApart
  }

  /// Waits for its end: its exit status, or 128 and the signal that ended it.
  package func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return Self.exitStatus(status)
  }

  /// Asks it to end, and ends it when it has not done so after a moment: its exit status as of `wait`.
  @discardableResult
  package func end() -> Int32 {
    send(SIGTERM)
    var status: Int32 = 0
    for _ in 0..<Self.looks {
      if waitpid(process, &status, WNOHANG) == process {
        // What it started may be deaf as well.
        if isApart { send(SIGKILL) }
        return Self.exitStatus(status)
      }
      usleep(Self.microsecondsBetweenLooks)
    }
    send(SIGKILL)
    return wait()
  }

  /// Half a second together.
  private static let looks = 100
  private static let microsecondsBetweenLooks: UInt32 = 5_000

  private func send(_ signal: Int32) { kill(isApart ? -process : process, signal) }

  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}
