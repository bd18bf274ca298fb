// `api_key_command`: asks a password manager for a key.

import Glibc
import Synchronization

/// What commands gave, so that a person is asked once however many calls are made.
///
/// A failure is not kept: the next call asks again.
package final class KeyCommands: Sendable {
  private let keys = Mutex<[String: String]>([:])
  private let awsKeys = Mutex<[String: (keys: AWSKeys, expiresAt: Timestamp?)]>([:])

  package init() {}

  /// Runs `line`, or gives what it printed before; calls that come meanwhile wait for the one that runs it.
  func key(_ line: String) throws(KeyFailure) -> String {
    try keys.withLock { (keys) throws(KeyFailure) in
      if let key = keys[line] { return key }
      let key = try keyFromCommand(line)
      keys[line] = key
      return key
    }
  }
}

extension KeyCommands {
  /// Runs a `credential_process`, or gives what it printed before and is good for five more minutes.
  func awsKeys(_ line: String, now: Timestamp) throws(KeyFailure) -> AWSKeys {
    try awsKeys.withLock { (known) throws(KeyFailure) in
      let soon = Timestamp(microseconds: now.microseconds + 300_000_000)
      if let found = known[line], found.expiresAt.map({ soon < $0 }) ?? true { return found.keys }
      guard let printed = AWSKeys.read(printed: try printed(by: line, "credential_process")) else {
        throw .unreadable(what: "credential_process", why: "it prints no keys")
      }
      known[line] = printed
      return printed.keys
    }
  }
}

/// Runs `line` in the shell and gives the first line it prints.
///
/// It may ask its own questions on the terminal.
package func keyFromCommand(_ line: String) throws(KeyFailure) -> String {
  let what = "api_key_command"
  return try ProviderKey.firstLine(of: printed(by: line, what), what: what)
}

private func printed(by line: String, _ what: String) throws(KeyFailure) -> [UInt8] {
  let (printed, status): ([UInt8], Int32)
  do {
    (printed, status) = try output(of: line, what)
  } catch {
    throw .unreadable(what: what, why: error.why)
  }
  guard status == 0 else { throw .unreadable(what: what, why: "it ended with status \(status)") }
  return printed
}

private func output(of line: String, _ what: String) throws(FileFailure) -> ([UInt8], Int32) {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { throw FileFailure(path: what, code: errno, why: errorText(errno)) }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  defer { close(ends[0]) }
  let process: ShellProcess
  do {
    defer { close(ends[1]) }
    process = try ShellProcess(line, output: ends[1])
  }
  do {
    let printed = try readAll(ends[0], path: what, limit: 64 << 10)
    return (printed, process.wait())
  } catch {
    process.end()
    throw error
  }
}
