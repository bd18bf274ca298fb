// Runs the real program as a process of its own, in a home of its own.

import Glibc
import Synchronization

/// How a process ended.
enum Ending: Equatable {
  case exited(Int32)
  case signalled(Int32)
}

struct ProgramResult {
  var ending: Ending
  var stdout: String
  var stderr: String
}

/// A home directory for one test: config, ledger and nothing else.
///
/// Removed when the test is over.
final class ProgramHome: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/llmgw-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? ""
    precondition(!path.isEmpty, "no scratch directory for a test")
  }

  deinit { _ = system("chmod -R u+w '\(path)'; rm -rf '\(path)'") }

  var ledgerPath: String { path + "/data/llmgw/ledger.db" }

  func write(_ text: String, to name: String) {
    guard let file = fopen("\(path)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
  }

  func read(_ name: String) -> String {
    guard let file = fopen("\(path)/\(name)", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }

  /// A config whose provider `mock` is the server at `port`, speaking `dialect`.
  func configure(port: Int, dialect: String = "openai-chat", extra: String = "") {
    write(
      """
      providers: { mock: { dialect: \(dialect), base_url: "http://127.0.0.1:\(port)/v1" } }
      models: { mock/m: { context: 1000, max_output: 500, price: { input: "2.50", output: "10" } } }
      \(extra)
      """, to: "config.yaml")
  }

  /// What the ledger holds: the rows of a query, columns parted by `|`.
  func ledger(_ query: String) -> [String] {
    guard let pipe = popen("sqlite3 -readonly '\(ledgerPath)' \"\(query)\" 2>&1", "r") else { return [] }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Runs the program to its end.
  func run(
    _ arguments: String..., stdin: String? = nil, environment: [String: String] = [:]
  ) async -> ProgramResult {
    let program = start(arguments, stdin: stdin, environment: environment)
    return await program.finish()
  }

  /// What the program sees of the environment.
  var environmentOfProgram: [String: String] {
    var variables = [
      "HOME": path, "XDG_DATA_HOME": path + "/data", "XDG_CONFIG_HOME": path + "/config", "PATH": "/usr/bin:/bin",
      "TZ": "UTC",
    ]
    if access(path + "/config.yaml", R_OK) == 0 { variables["LLMGW_CONFIG"] = path + "/config.yaml" }
    return variables
  }

  func start(
    _ arguments: [String], stdin: String? = nil, environment: [String: String] = [:], enough: String? = nil
  ) -> RunningProgram {
    var variables = environmentOfProgram
    variables.merge(environment) { $1 }
    return RunningProgram(arguments, stdin: stdin, environment: variables, enough: enough)
  }
}

/// A started program with its output read as it comes.
final class RunningProgram: Sendable {
  let process: pid_t
  private let stdout = Collected()
  private let stderr = Collected()

  /// The program beside the test bundle.
  static let path: String = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let bundle = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return bundle.prefix(through: bundle.lastIndex(of: "/") ?? bundle.startIndex) + "llmgw"
  }()

  /// With `enough`, stdout is closed as soon as it has said that much, as `head` does.
  init(_ arguments: [String], stdin: String?, environment: [String: String], enough: String?) {
    let (output, errors) = (Pipe(), Pipe())
    let input = stdin.map { _ in Pipe() }
    process = Self.spawn(
      arguments, environment, input: input?.readEnd, output: output.writeEnd, errors: errors.writeEnd)
    for end in [output.writeEnd, errors.writeEnd] + (input.map { [$0.readEnd] } ?? []) { close(end) }
    let (stdout, stderr) = (stdout, stderr)
    onThread { [output] in stdout.collect(from: output.readEnd, until: enough) }
    onThread { [errors] in stderr.collect(from: errors.readEnd, until: nil) }
    if let input, let stdin {
      onThread {
        var bytes = Array(stdin.utf8)[...]
        while !bytes.isEmpty {
          let count = bytes.withUnsafeBytes { Glibc.write(input.writeEnd, $0.baseAddress, $0.count) }
          if count <= 0 { break }
          bytes = bytes.dropFirst(count)
        }
        close(input.writeEnd)
      }
    }
  }

  /// Waits until stdout holds `text`, or is over.
  func untilStdout(has text: String) async { await stdout.until(has: text) }

  /// The same of stderr.
  func untilStderr(has text: String) async { await stderr.until(has: text) }

  /// What stands on stderr so far.
  var stderrSoFar: String { stderr.text }

  func send(_ signal: Int32) { kill(process, signal) }

  /// Waits for the end and gives all that was printed.
  func finish() async -> ProgramResult {
    let process = process
    let status = await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
      onThread {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        continuation.resume(returning: status)
      }
    }
    await stdout.untilOver()
    await stderr.untilOver()
    let signal = status & 0x7f
    return ProgramResult(
      ending: signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal), stdout: stdout.text,
      stderr: stderr.text)
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], input: Int32?, output: Int32, errors: Int32
  ) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var argv = ([path] + arguments).map { (text: String) in strdup(text) } + [nil]
    var envp = environment.map { (name: String, value: String) in strdup("\(name)=\(value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, path, &actions, &attributes, &argv, &envp)
    precondition(code == 0, "cannot start \(path): \(String(cString: strerror(code)))")
    return process
  }
}

/// Both ends of a pipe, closed on exec.
private struct Pipe {
  let readEnd: Int32
  let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe for a test")
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }
}

/// Bytes that a thread reads, and those who wait for some of them.
private final class Collected: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isOver = false
    var waiting: [(text: [UInt8]?, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())
  private static let most = 64 << 20

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// Reads to the end, or until `enough` has come, and closes.
  func collect(from descriptor: Int32, until enough: String?) {
    defer { close(descriptor) }
    let enough = enough.map { Array($0.utf8) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      let (isOver, due) = state.withLock { state in
        state.bytes += chunk.prefix(max(count, 0))
        let hasEnough = enough.map { state.bytes.firstRange(of: $0) != nil } ?? false
        state.isOver = count <= 0 || state.bytes.count > Self.most || hasEnough
        let (bytes, isOver) = (state.bytes, state.isOver)
        let due = state.waiting.filter { Self.isDue($0.text, bytes, isOver) }
        state.waiting.removeAll { Self.isDue($0.text, bytes, isOver) }
        return (isOver, due)
      }
      due.forEach { $0.continuation.resume() }
      if isOver { return }
    }
  }

  func until(has text: String) async { await wait(Array(text.utf8)) }
  func untilOver() async { await wait(nil) }

  private func wait(_ text: [UInt8]?) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if Self.isDue(text, state.bytes, state.isOver) { return true }
        state.waiting.append((text, continuation))
        return false
      }
      if isDue { continuation.resume() }
    }
  }

  private static func isDue(_ text: [UInt8]?, _ bytes: [UInt8], _ isOver: Bool) -> Bool {
    isOver || text.map { bytes.firstRange(of: $0) != nil } ?? false
  }
}

/// Runs a line in the shell to its end, with default signals.
func onShell(_ line: String) async {
  await withCheckedContinuation { continuation in
    onThread {
      _ = system(line)
      continuation.resume()
    }
  }
}

/// Runs `body` on a thread of its own, so that no task waits for it.
private func onThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  pthread_detach(thread)
}
