// The lines of the input as items to ask about, read as they are needed.

import GatewayCore
import Glibc
package import Wire

/// One line of the input.
package struct MapItem: Sendable {
  /// The number of the line, from 1.
  package var number: Int
  /// The line as it goes into `--jsonl`: a text, or the object it holds.
  package var input: JSON
  package var content: Content

  package enum Content: Sendable {
    case line(String, JSONObject?)
    /// An empty line: nothing to ask.
    case blank
    /// The line cannot be read, and why.
    case unreadable(String)
  }
}

/// Reads lines; one reader at a time.
package actor MapInput {
  nonisolated let file: OpenFile
  package nonisolated let format: MapOptions.InputFormat
  private let sleep: @Sendable (Duration) async throws -> Void
  private var buffer = LineBuffer()
  private var number = 0
  private var isOver = false

  private static let longestLine = 8 << 20
  /// How often a pipe that has nothing yet is looked at: a read that waits could not be interrupted.
  private static let patience = Duration.milliseconds(20)

  /// Opens the file (standard input without a path), reads its beginning and decides what it holds.
  init(
    _ path: String?, format: MapOptions.InputFormat?, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async throws {
    self.sleep = sleep
    file =
      try path.map { path throws(CommandFailure) in try OpenFile(path, O_RDONLY, task: "input '\(path)'") }
      ?? .standardInput
    var first = try file.read()
    if first.starts(with: [0xEF, 0xBB, 0xBF]) { first.removeFirst(3) }
    guard !first.contains(0) else {
      throw CommandFailure(.usage, "\(file.name): it is not text", advice: "Give it lines of UTF-8 text or of JSON.")
    }
    let beginning = first.first { !Self.isSpace($0) }
    self.format = format ?? (beginning == UInt8(ascii: "{") ? .jsonl : .lines)
    isOver = first.isEmpty
    buffer.append(first)
  }

  /// How many lines the file has; `nil` for a pipe.
  package nonisolated func count() -> Int? {
    guard file.isRegular else { return nil }
    var (offset, lines, last) = (0, 0, UInt8(ascii: "\n"))
    while let chunk = try? file.read(at: offset, count: 1 << 20), let end = chunk.last {
      lines += chunk.count { $0 == UInt8(ascii: "\n") }
      offset += chunk.count
      last = end
    }
    return lines + (last == UInt8(ascii: "\n") ? 0 : 1)
  }

  /// The next item; `nil` at the end, and when the task was cancelled.
  package func next() async throws -> MapItem? {
    while true {
      if let line = buffer.nextLine() { return item(line) }
      if isOver {
        let last = buffer.lastLine()
        return last.isEmpty ? nil : item(last)
      }
      guard buffer.waiting <= Self.longestLine else {
        throw CommandFailure(.usage, "line \(number + 1): it is longer than \(Self.longestLine >> 20) MiB")
      }
      while !isReady {
        guard (try? await sleep(Self.patience)) != nil else { return nil }
      }
      let chunk = try file.read()
      isOver = chunk.isEmpty
      buffer.append(chunk)
    }
  }

  private var isReady: Bool {
    var state = pollfd(fd: file.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) != 0
  }

  private func item(_ bytes: ArraySlice<UInt8>) -> MapItem {
    number += 1
    let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    guard !line.contains(0), let text = String(validating: line, as: UTF8.self) else {
      return MapItem(number: number, input: .null, content: .unreadable("it is not UTF-8 text"))
    }
    if line.allSatisfy(Self.isSpace) { return MapItem(number: number, input: .null, content: .blank) }
    guard format == .jsonl else {
      return MapItem(number: number, input: .string(text), content: .line(text, nil))
    }
    do {
      guard let object = try JSON.parse(line).object else { throw WireError(offset: 0, "a JSON object expected") }
      return MapItem(number: number, input: .raw(Array(line)), content: .line(text, object))
    } catch {
      let why = (error as? WireError).map { "byte \($0.offset): \($0.problem)" } ?? "\(error)"
      return MapItem(number: number, input: .string(text), content: .unreadable("it is no JSON object (\(why))"))
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
