// What came of one item, and its line in the output.

import GatewayCore
import Wire

/// One item that is over.
struct MapResult: Sendable {
  var number: Int
  /// The documented object; empty for an empty line.
  var object = JSONObject()
  /// Why it is no success.
  var failure: CommandFailure?
  /// The answer is there, but was cut at its length limit.
  var wasCutShort = false
  var usage = Usage()
  /// What it cost in this run; `nil` when no call was made.
  var cost: Cost?

  init(blank item: MapItem) { number = item.number }

  /// An item that an earlier run answered.
  init(kept object: JSONObject, number: Int) {
    (self.object, self.number) = (object, number)
  }

  /// An item that no call could be made for.
  init(_ item: MapItem, refused failure: CommandFailure) {
    number = item.number
    self.failure = failure
    object = Self.object(item, status: .rejected, text: nil, usage: .null, cost: .null, error: failure.json(kind: nil))
  }

  init(_ item: MapItem, _ outcome: Outcome, failure: CommandFailure?) {
    number = item.number
    self.failure = failure
    wasCutShort = failure == nil && outcome.status == .truncated
    (usage, cost) = (outcome.usage, outcome.cost)
    object = Self.object(
      item, status: outcome.status, text: outcome.reply.refusal ?? outcome.reply.text, usage: outcome.usage.json,
      cost: outcome.cost.json, error: failure?.json(kind: outcome.failure?.kind) ?? .null)
  }

  private static func object(
    _ item: MapItem, status: CallStatus, text: String?, usage: JSON, cost: JSON, error: JSON
  ) -> JSONObject {
    [
      "index": .number(JSONNumber(item.number)), "input": item.input, "status": .string(status.rawValue),
      "text": JSON(text: text), "usage": usage, "cost": cost, "error": error,
    ]
  }

  /// What is printed, with its line end; nothing for an empty line among objects.
  func line(asObject: Bool) -> String {
    if asObject { return object.isEmpty ? "" : JSON.object(object).text + "\n" }
    // Half an answer on a line of its own would pass for a whole one.
    let code = object["error"]?["code"]?.int
    let isAnswer = code == nil || code == Int(ExitCode.notBooked.rawValue)
    return (isAnswer ? onOneLine(object["text"]?.string ?? "") : "") + "\n"
  }
}

/// An answer without the line end it closes with; those within it are written as `\n` and `\r`.
package func onOneLine(_ text: String) -> String {
  var scalars = Substring(text).unicodeScalars
  if scalars.last == "\n" { scalars.removeLast() }
  if scalars.last == "\r" { scalars.removeLast() }
  guard scalars.contains(where: { $0 == "\n" || $0 == "\r" }) else { return String(scalars) }
  var line = String.UnicodeScalarView()
  for scalar in scalars {
    switch scalar {
    case "\n": line.append(contentsOf: "\\n".unicodeScalars)
    case "\r": line.append(contentsOf: "\\r".unicodeScalars)
    default: line.append(scalar)
    }
  }
  return String(line)
}

/// Prints results in the order of their items, whatever the order in which they come.
struct MapOutput {
  let stream: OutputStream
  let printsObjects: Bool
  /// The item whose turn it is.
  private(set) var next = 1
  private var waiting: [Int: MapResult] = [:]

  init(_ stream: OutputStream, printsObjects: Bool) {
    (self.stream, self.printsObjects) = (stream, printsObjects)
  }

  /// How many results wait for one before them.
  var waitingCount: Int { waiting.count }

  mutating func take(_ result: MapResult) throws(OutputClosed) {
    waiting[result.number] = result
    while let due = waiting.removeValue(forKey: next) {
      next += 1
      let line = due.line(asObject: printsObjects)
      try stream.write(stream.isTerminal ? safeForTerminal(line) : line)
    }
  }
}
