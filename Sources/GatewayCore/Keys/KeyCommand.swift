// `api_key_command`: asks a password manager for a key.

import Glibc

/// Runs `line` in the shell and gives the first line it prints.
///
/// It may ask its own questions on the terminal.
package func keyFromCommand(_ line: String) throws(KeyFailure) -> String {
  let what = "api_key_command"
  let (printed, status): ([UInt8], Int32)
  do {
    (printed, status) = try output(of: line, what)
  } catch {
    throw .unreadable(what: what, why: error.why)
  }
  guard status == 0 else { throw .unreadable(what: what, why: "it ended with status \(status)") }
  return try ProviderKey.firstLine(of: printed, what: what)
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
    process.terminate()
    _ = process.wait()
    throw error
  }
}
