// A program at a terminal of its own: what a person types, and what they see.

package import Glibc
import Synchronization

/// Runs a program on a pseudo-terminal and keeps a model of its screen.
package final class PseudoTerminal: Sendable {
  private struct Watcher {
    var id: Int
    var condition: @Sendable (Screen) -> Bool
    var continuation: CheckedContinuation<Screen, Never>
  }

  private struct State {
    var screen: Screen
    var isOver = false
    var watchers: [Watcher] = []
    var lastWatcher = 0
  }

  package let process: pid_t
  private let master: Int32
  private let state: Mutex<State>

  /// `nil` when the system gives no terminal, or the program does not start.
  package init?(
    _ program: String, _ arguments: [String], environment: [String: String], columns: Int = 80, rows: Int = 24
  ) {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // What unlockpt(3) and ptsname(3) do, which the C library's module leaves out.
    var (unlocked, number): (Int32, UInt32) = (0, 0)
    guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0
    else { return nil }
    state = Mutex(State(screen: Screen(columns: columns, height: rows)))
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    guard let process = Self.spawn(program, arguments, environment, terminal: "/dev/pts/\(number)") else { return nil }
    self.process = process
    ScriptedServer.startThread { [master, weak self] in Self.read(master) { self?.take($0) ?? false } }
  }

  deinit {
    kill(process, SIGKILL)
    close(master)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], terminal: String
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that the leader of a session opens is its own.
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which the C library's module leaves out
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession))
    var argv = ([program] + arguments).map { (text: String) in strdup(text) } + [nil]
    var envp = environment.map { (name: String, value: String) in strdup("\(name)=\(value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var process: pid_t = 0
    return posix_spawn(&process, program, &actions, &attributes, &argv, &envp) == 0 ? process : nil
  }

  private static func read(_ descriptor: Int32, to take: ([UInt8]) -> Bool) {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      // EIO: nobody has the other end open any more.
      guard take(Array(chunk.prefix(max(count, 0)))), count > 0 else { return }
    }
  }

  /// False when nobody looks any more.
  private func take(_ bytes: [UInt8]) -> Bool {
    change { state in
      state.screen.write(bytes)
      state.isOver = bytes.isEmpty
    }
    return true
  }

  private func change(_ body: (inout State) -> Void) {
    let (due, screen) = state.withLock { state in
      body(&state)
      let (screen, isOver) = (state.screen, state.isOver)
      let due = state.watchers.filter { isOver || $0.condition(screen) }
      state.watchers.removeAll { watcher in due.contains { $0.id == watcher.id } }
      return (due, screen)
    }
    for watcher in due { watcher.continuation.resume(returning: screen) }
  }

  // MARK: A person

  package func type(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// As terminals send what is pasted: line ends as carriage returns, between marks.
  package func paste(_ text: String) {
    type("\u{1B}[200~" + text.replacing("\n", with: "\r") + "\u{1B}[201~")
  }

  package func resize(columns: Int, rows: Int) {
    change { $0.screen.resize(columns: columns, height: rows) }
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  package func send(_ signal: Int32) { kill(process, signal) }

  package var screen: Screen { state.withLock { $0.screen } }

  /// The screen as soon as it fulfils `condition`, or when the program or the test is over.
  @discardableResult
  package func until(_ condition: @escaping @Sendable (Screen) -> Bool) async -> Screen {
    let id = state.withLock { state in
      state.lastWatcher += 1
      return state.lastWatcher
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let screen = state.withLock { state -> Screen? in
          if Task.isCancelled || state.isOver || condition(state.screen) { return state.screen }
          state.watchers.append(Watcher(id: id, condition: condition, continuation: continuation))
          return nil
        }
        if let screen { continuation.resume(returning: screen) }
      }
    } onCancel: {
      let watcher = state.withLock { state in
        let found = state.watchers.first { $0.id == id }
        state.watchers.removeAll { $0.id == id }
        return found
      }
      watcher?.continuation.resume(returning: screen)
    }
  }

  @discardableResult
  package func until(shows text: String) async -> Screen { await until { $0.text.contains(text) } }

  /// Waits until the program has ended, or ends it when the test is over: the status of wait(2).
  package func end() async -> Int32 {
    let process = process
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ScriptedServer.startThread {
          var status: Int32 = 0
          while waitpid(process, &status, 0) < 0, errno == EINTR {}
          continuation.resume(returning: status)
        }
      }
    } onCancel: {
      kill(process, SIGKILL)
    }
  }
}
