// A program of the person's that is spoken with over its standard streams.

import GatewayCore
import Glibc

/// Owns a process and both ends of the talk with it.
///
/// `@unchecked Sendable`: spoken with by one thread at a time; `stop` only writes into a pipe.
final class ToolProcess: @unchecked Sendable {
  private let process: ShellProcess
  private var input: Int32
  private let output: Int32
  /// What makes whoever talks look up.
  private let stopping: (readEnd: Int32, writeEnd: Int32)
  private var isOver = false

  /// Starts a line of shell.
  init(_ line: String) throws(FileFailure) {
    let forInput = try Self.pipe(for: line)
    var opened = [forInput.readEnd, forInput.writeEnd]
    do {
      let forOutput = try Self.pipe(for: line)
      opened += [forOutput.readEnd, forOutput.writeEnd]
      stopping = try Self.pipe(for: line)
      opened += [stopping.readEnd, stopping.writeEnd]
      process = try ShellProcess(line, input: forInput.readEnd, output: forOutput.writeEnd, apart: true)
      (input, output) = (forInput.writeEnd, forOutput.readEnd)
      close(forInput.readEnd)
      close(forOutput.writeEnd)
    } catch {
      opened.forEach { close($0) }
      throw error
    }
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
  }

  private static func pipe(for line: String) throws(FileFailure) -> (readEnd: Int32, writeEnd: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw FileFailure(path: line, code: errno, why: errorText(errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  deinit {
    closeInput()
    if !isOver { process.end() }
    for end in [output, stopping.readEnd, stopping.writeEnd] { close(end) }
  }

  /// Whoever talks with it hears no more.
  ///
  /// From any thread.
  func stop() {
    var byte: UInt8 = 0
    _ = write(stopping.writeEnd, &byte, 1)
  }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Its exit status, once it has ended by itself.
  func status() -> Int32 {
    isOver = true
    return process.wait()
  }

  /// Ends it.
  func end() {
    isOver = true
    process.end()
  }

  /// What became of waiting for it.
  enum Talk { case bytes([UInt8]), end, tooLate, stopped }

  /// Gives it `bytes` as far as it takes them now, or reads what it says, whatever is possible first.
  func talk(_ bytes: inout ArraySlice<UInt8>, until deadline: ContinuousClock.Instant) -> Talk {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let left = ContinuousClock.now.duration(to: deadline).milliseconds
      guard left > 0 else { return .tooLate }
      var files = [
        pollfd(fd: stopping.readEnd, events: Int16(POLLIN), revents: 0),
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bytes.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&files, 3, Int32(clamping: left)) > 0 else { continue }
      guard files[0].revents == 0 else { return .stopped }
      if files[2].revents != 0 {
        let count = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
        // One that reads only a part of what it is told is no failure.
        bytes = count > 0 ? bytes.dropFirst(count) : errno == EAGAIN || errno == EINTR ? bytes : []
        if bytes.isEmpty { return .bytes([]) }
      }
      guard files[1].revents != 0 else { continue }
      let count = read(output, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      return count > 0 ? .bytes(Array(chunk[..<count])) : .end
    }
  }
}

/// Quoted for the shell.
func shellWord(_ text: String) -> String { "'\(text.replacing("'", with: "'\''"))'" }
