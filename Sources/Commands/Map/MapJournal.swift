// FILE.llmgw-map: every result as soon as it is there, in the order in which they came. What is in it survives any
// end of the process; FILE itself can always be written anew from it.

import GatewayCore
import Glibc
package import Wire

/// The journal of a run that writes to a file, and that file.
package struct MapJournal: Sendable {
  /// All calls of the run are booked under it, also after a resume.
  package let session: String
  let output: OpenFile
  private let file: OpenFile
  private var size = 0
  /// The good answers that were there before, by the number of their line.
  private var answered: [Int: Place] = [:]

  private struct Place: Sendable {
    var offset: Int
    var count: Int
    var prompt: String
  }

  private static let suffix = ".llmgw-map"

  /// Opens both files.
  ///
  /// A journal that holds results is gone on with, or refused unless the run `resumes`. `run` is what must be the same.
  init(
    beside path: String, resumes: Bool, of run: JSON, session: String, apartFrom input: OpenFile
  ) throws(CommandFailure) {
    output = try OpenFile(path, O_WRONLY | O_CREAT, mode: 0o666, task: "output '\(path)'")
    guard output.isRegular else {
      throw CommandFailure(
        .usage, "output '\(path)': it is not a plain file", advice: "Leave --output out to write to standard output.")
    }
    let (written, read) = (output.status, input.status)
    guard written.st_dev != read.st_dev || written.st_ino != read.st_ino else {
      throw CommandFailure(.usage, "output '\(path)': it is the input", advice: "Name another file.")
    }
    let name = path + Self.suffix
    file = try OpenFile(name, O_RDWR | O_CREAT, task: "journal '\(name)'")
    guard file.lock() else {
      throw CommandFailure(.general, "output '\(path)': another run is writing to it")
    }
    let found = try Self.scan(file)
    if found.hasResults {
      guard resumes else {
        throw CommandFailure(
          .usage, "output '\(path)': it holds a run already", advice: "Go on with --resume, or remove '\(name)'.")
      }
      guard found.run == run, let earlier = found.session else {
        throw CommandFailure(
          .usage, "output '\(path)': it was begun with another prompt, model or option",
          advice: "Name another file, or remove '\(name)'.")
      }
      (self.session, size, answered) = (earlier, found.size, found.answered)
    } else if resumes, written.st_size > 0 {
      throw CommandFailure(
        .usage, "output '\(path)': there is no journal beside it, so what it holds cannot be told",
        advice: "Leave --resume out to write it anew.")
    } else {
      self.session = session
    }
    try file.cut(to: size)
    if size == 0 { try append(["llmgw_map": 1, "session": .string(session), "run": run]) }
    try output.cut(to: 0)
  }

  /// The good answer that an earlier run got to that prompt.
  package func result(number: Int, prompt: String) throws(CommandFailure) -> JSONObject? {
    guard let place = answered[number], place.prompt == ContentHash.fnv1a128(prompt) else { return nil }
    let line = try file.read(at: place.offset, count: place.count)
    guard var object = (try? JSON.parse(line))?.object else { throw Self.damaged(file) }
    object["prompt_hash"] = nil
    return object
  }

  /// Returns when the result would survive a crash.
  package mutating func add(_ result: JSONObject, prompt: String) throws(CommandFailure) {
    var result = result
    result["prompt_hash"] = .string(ContentHash.fnv1a128(prompt))
    try append(.object(result))
  }

  private mutating func append(_ line: JSON) throws(CommandFailure) {
    let bytes = line.bytes + [UInt8(ascii: "\n")]
    try file.append(bytes)
    size += bytes.count
  }
}

/// Reading what an earlier run left.
extension MapJournal {
  private struct Found {
    var session: String?
    var run: JSON?
    var hasResults = false
    /// Up to the end of the last whole line: a line that a crash cut short is cut off.
    var size = 0
    var answered: [Int: Place] = [:]
  }

  private static func scan(_ file: OpenFile) throws(CommandFailure) -> Found {
    var found = Found()
    var buffer = LineBuffer()
    while true {
      let chunk = try file.read()
      if chunk.isEmpty { return found }
      buffer.append(chunk)
      while let line = buffer.nextLine() {
        guard let object = (try? JSON.parse(line))?.object else { throw damaged(file) }
        note(object, count: line.count, &found)
        found.size += line.count + 1
      }
    }
  }

  private static func note(_ line: JSONObject, count: Int, _ found: inout Found) {
    guard let number = line["index"]?.int, let prompt = line["prompt_hash"]?.string else {
      (found.session, found.run) = (line["session"]?.string, line["run"])
      return
    }
    found.hasResults = true
    let code = line["error"]?["code"]?.int
    // Complete though not booked: asking again would not book it either.
    guard code == nil || code == Int(ExitCode.notBooked.rawValue) else { return }
    found.answered[number] = Place(offset: found.size, count: count, prompt: prompt)
  }

  private static func damaged(_ file: OpenFile) -> CommandFailure {
    CommandFailure(.general, "\(file.name): it is damaged", advice: "Remove it to begin again.")
  }
}
