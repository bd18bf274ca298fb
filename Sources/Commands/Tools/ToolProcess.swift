// A program of the person's that is spoken with over its standard streams.

import GatewayCore
import Glibc

/// Owns a process and both ends of the talk with it.
///
/// `@unchecked Sendable`: spoken with by one thread at a time; `stop` only sends a signal.
final class ToolProcess: @unchecked Sendable {
  private let process: ShellProcess
  private var input: Int32
  private let output: Int32
  private var isWaitedFor = false

  /// Starts a line of shell.
  init(_ line: String) throws(FileFailure) {
    var (forInput, forOutput): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&forInput) == 0 else { throw FileFailure(path: line, code: errno, why: errorText(errno)) }
    guard pipe(&forOutput) == 0 else {
      forInput.forEach { close($0) }
      throw FileFailure(path: line, code: errno, why: errorText(errno))
    }
    for end in forInput + forOutput { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer {
      close(forInput[0])
      close(forOutput[1])
    }
    do {
      process = try ShellProcess(line, input: forInput[0], output: forOutput[1])
    } catch {
      close(forInput[1])
      close(forOutput[0])
      throw error
    }
    (input, output) = (forInput[1], forOutput[0])
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
  }

  deinit {
    closeInput()
    close(output)
    guard !isWaitedFor else { return }
    process.terminate()
    _ = process.wait()
  }

  func stop() { process.terminate() }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Its exit status, once it has ended.
  func status() -> Int32 {
    isWaitedFor = true
    return process.wait()
  }

  /// What became of waiting for it.
  enum Talk { case bytes([UInt8]), end, tooLate }

  /// Gives it `bytes` as far as it takes them now, or reads what it says, whatever is possible first.
  func talk(_ bytes: inout ArraySlice<UInt8>, until deadline: ContinuousClock.Instant) -> Talk {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let left = ContinuousClock.now.duration(to: deadline).milliseconds
      guard left > 0 else { return .tooLate }
      var files = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bytes.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&files, 2, Int32(clamping: left)) > 0 else { continue }
      if files[1].revents != 0 {
        let count = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
        // One that reads only a part of what it is told is no failure.
        bytes = count > 0 ? bytes.dropFirst(count) : errno == EAGAIN || errno == EINTR ? bytes : []
        if bytes.isEmpty { return .bytes([]) }
      }
      guard files[0].revents != 0 else { continue }
      let count = read(output, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      return count > 0 ? .bytes(Array(chunk[..<count])) : .end
    }
  }
}

/// Quoted for the shell.
func shellWord(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
