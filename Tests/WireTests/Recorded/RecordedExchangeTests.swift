// Every recorded chat exchange decodes to what the recording expects, at every chunk size.

import Testing
import Wire

struct RecordedExchanges {
  @Test(arguments: DialectName.allCases)
  func `a recorded answer decodes to what the recording expects`(_ name: DialectName) throws {
    let dialect = name.dialect
    let recordings = try Recording.all(name)
    guard !recordings.isEmpty else {
      return print("recordings: none of \(name.rawValue) in \(Recording.folder), nothing was compared")
    }
    let quirks = try ProviderData.quirks()
    var tables: [String: MatchTable] = [:]
    for recording in recordings {
      let known = try recording.quirks(in: quirks)
      for size in recording.isStream ? chunkSizes : [nil] {
        let differences = try dialect.differences(from: recording, quirks: known, chunkSize: size)
        let row = "\(name.rawValue) \(recording.operation)"
        if size == nil { tables[row, default: MatchTable(row)].count(differences, as: recording.id) }
        for difference in differences where !isExcused(recording.id, difference.column) {
          Issue.record("\(recording.id), pieces of \(size.map(String.init) ?? "all"): \(difference)")
        }
      }
    }
    for table in tables.values.sorted(by: { $0.name < $1.name }) { print(table.description) }
    for excuse in excuses where recordings.contains(where: { $0.id == excuse.id }) {
      print("recordings: \(name.rawValue): \(excuse.id): \(excuse.column.rawValue) differs: \(excuse.why)")
    }
  }

  /// At every byte: in two pieces an answer is the same; cut off there, it is not taken for a whole one.
  @Test(arguments: DialectName.allCases)
  func `a recorded stream may be cut at every byte`(_ name: DialectName) throws {
    let quirks = try ProviderData.quirks()
    let streams = try Recording.all(name).filter { $0.isStream && $0.status < 400 }
    let operations = Set(streams.map(\.operation)).sorted()
    for operation in operations {
      let sample = Recording.sample(of: streams.filter { $0.operation == operation })
      for recording in sample {
        let known = try recording.quirks(in: quirks)
        try name.dialect.cutEverywhere(recording, quirks: known)
      }
      let cuts = sample.map(\.cuts.count).reduce(0, +)
      print("recordings: \(name.rawValue) \(operation): \(sample.count) streams cut at each of \(cuts) bytes")
    }
  }

  @Test func `each excuse is still needed`() throws {
    let quirks = try ProviderData.quirks()
    let recordings = try DialectName.allCases.flatMap { try Recording.all($0) }
    guard !recordings.isEmpty else { return print("recordings: none in \(Recording.folder), excuses were not checked") }
    for excuse in excuses {
      guard let recording = recordings.first(where: { $0.id == excuse.id }) else { continue }
      let dialect = recording.dialect.dialect
      let known = try recording.quirks(in: quirks)
      let columns = try dialect.differences(from: recording, quirks: known, chunkSize: nil).map(\.column)
      #expect(columns.contains(excuse.column), "\(excuse.id) needs no excuse for \(excuse.column)")
    }
  }

  private func isExcused(_ id: String, _ column: Column) -> Bool {
    excuses.contains { $0.id == id && $0.column == column }
  }
}

/// Where the recording's expectation does not bind us, and why.
private struct Excuse {
  let id: String
  let column: Column
  let why: String
}

private let excuses: [Excuse] = [
  Excuse(
    id: "llm-tools-streaming-variant-b-0-517669", column: .complete,
    why: "no finish reason, but [DONE]: nothing was cut"),
  Excuse(
    id: "pai-snowflake-model-streaming-0-7f482c", column: .complete,
    why: "no finish reason, but [DONE]: nothing was cut"),
  Excuse(
    id: "pai-snowflake-thinking-streaming-0-9fd08c", column: .complete,
    why: "no finish reason, but [DONE]: nothing was cut"),
  Excuse(
    id: "pai-snowflake-thinking-0-e1300c", column: .calls,
    why: "the recording counts a `function_call` whose name and arguments are empty; nobody was called"),
  Excuse(
    id: "pai-google-model-armor-response-template-real-block-0-b8d881", column: .finish,
    why: "the recording has no word of its own for MODEL_ARMOR, which is a filter"),
  Excuse(
    id: "lcc-sql-agent-1-8f9f6d", column: .error,
    why: "the recording leaves the type of the error out, which stands beside it as `error_type`"),
  Excuse(
    id: "pai-snowflake-thinking-1-be6b00", column: .calls,
    why: "the recording counts a `function_call` whose name and arguments are empty; nobody was called"),
  Excuse(
    id: "pai-background-mode-reasoning-vcr-0-204c6a", column: .complete,
    why: "a plain answer arrived whole; that it is still queued is told by its missing finish"),
  Excuse(
    id: "pai-openai-previous-response-id-1-d3ee0a", column: .complete,
    why: "a made-up answer whose status is `complete`: it arrived whole"),
  Excuse(
    id: "pai-openai-previous-response-id-1-d3ee0a", column: .finish,
    why: "a made-up answer whose status is `complete`: a word nobody knows is told as one"),
]

enum Column: String, CaseIterable {
  case text, reasoning, calls, finish, usage, error, complete
}

struct Difference: CustomStringConvertible {
  let column: Column
  let expected: String
  let found: String
  var description: String { "\(column.rawValue): expected \(expected), found \(found)" }
}

extension Recording {
  /// What its provider is known to do otherwise.
  fileprivate func quirks(in table: [String: JSONObject]) throws -> Quirks {
    try Quirks(json: table[provider] ?? JSONObject())
  }
}

extension Dialect {
  fileprivate static func cutEverywhere(_ recording: Recording, quirks: Quirks) throws {
    let body = recording.body
    let whole = try observe(status: 200, isStream: true, pieces: [body], quirks: quirks)
    for index in recording.cuts {
      let head = Array(body[..<index])
      let halves = try observe(status: 200, isStream: true, pieces: [head, Array(body[index...])], quirks: quirks)
      #expect(halves == whole, "\(recording.id) in two pieces, cut before byte \(index)")
      // What is left of a cut event may be no JSON: to refuse it is right, too.
      guard let cut = try? observe(status: 200, isStream: true, pieces: [head], quirks: quirks), cut.isComplete else {
        continue
      }
      let isSame = cut.text == whole.text && cut.toolCalls == whole.toolCalls && cut.finish == whole.finish
      #expect(isSame, "\(recording.id) passes for complete when cut off before byte \(index)")
    }
  }

  fileprivate static func differences(
    from recording: Recording, quirks: Quirks, chunkSize: Int?
  ) throws -> [Difference] {
    let observed = try observe(
      status: recording.status, isStream: recording.isStream, body: recording.body, quirks: quirks,
      chunkSize: chunkSize)
    return Column.allCases.compactMap { column in
      let (expected, found) = column.compare(recording, observed)
      return expected == found ? nil : Difference(column: column, expected: expected, found: found)
    }
  }
}

extension Column {
  /// Both sides as text.
  fileprivate func compare(_ recording: Recording, _ observed: Observed) -> (expected: String, found: String) {
    let expected = recording.expected
    switch self {
    case .text: return (expected["text"]?.string ?? "", observed.text)
    case .reasoning:
      // What a model means to do with its tools is thinking, too.
      let told = ["reasoning_text", "tool_plan"].compactMap { expected[$0]?.string }.joined()
      return (told, observed.reasoning)
    case .calls:
      let calls = (expected["tool_calls"]?.array ?? []).enumerated().map { index, call in
        // A call without an id gets one, which the recording cannot know.
        let made = observed.toolCalls.indices.contains(index) ? observed.toolCalls[index].id : ""
        let id = call["id"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? (made.isEmpty ? "an id" : made)
        return Self.describe(id, call["name"]?.string ?? "", call["arguments"])
      }
      return (calls.joined(separator: " "), observed.toolCalls.map { Self.describe($0) }.joined(separator: " "))
    case .finish: return (expected["finish_reason_canonical"]?.string ?? "none", observed.finish?.rawValue ?? "none")
    case .usage: return (Self.describe(expected["usage"]), Self.describe(observed.usage))
    case .error: return (Self.describe(error: expected["error"]), Self.describe(observed.failure, expected["error"]))
    case .complete: return ("\(expected["complete"]?.bool ?? true)", "\(observed.isComplete)")
    }
  }

  private static func describe(_ call: Observed.Call) -> String { describe(call.id, call.name, call.arguments) }

  private static func describe(_ id: String, _ name: String, _ arguments: JSON?) -> String {
    "\(id) \(name)(\(arguments.map(sorted)?.text ?? "null"))"
  }

  /// Members in one order: recordings keep parsed arguments.
  private static func sorted(_ json: JSON) -> JSON {
    switch json {
    case .array(let elements): return .array(elements.map(sorted))
    case .object(let object):
      var copy = JSONObject()
      for member in object.members.sorted(by: { $0.name < $1.name }) { copy[member.name] = sorted(member.value) }
      return .object(copy)
    default: return json
    }
  }

  private static func describe(_ json: JSON?) -> String {
    let names = ["input_total", "output_total", "cache_read", "cache_write", "reasoning"]
    guard let json, !json.isNull else { return "none" }
    return names.map { json[$0]?.int.map(String.init) ?? "-" }.joined(separator: " ")
  }

  private static func describe(_ usage: Usage?) -> String {
    guard let usage else { return "none" }
    return [usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.reasoning]
      .map { $0.map(String.init) ?? "-" }.joined(separator: " ")
  }

  private static func describe(error: JSON?) -> String {
    guard let error, !error.isNull else { return "none" }
    let code = error["code"]?.string ?? error["code"]?.int.map(String.init) ?? error["type"]?.string
    return "\(error["status"]?.int ?? 0) \(code ?? "-") \(error["message"]?.string ?? "")"
  }

  /// A relay's message may be followed by its provider's.
  private static func describe(_ failure: ProviderFailure?, _ expected: JSON?) -> String {
    guard let failure else { return "none" }
    let message = expected?["message"]?.string ?? ""
    let said = failure.message.hasPrefix(message + ": ") ? message : failure.message
    return "\(failure.status ?? 0) \(failure.code ?? "-") \(said)"
  }
}

/// How many exchanges match, column by column.
private struct MatchTable: CustomStringConvertible {
  /// The dialect and the operation.
  let name: String
  private var exchanges = 0
  private var matches: [Column: Int] = [:]

  init(_ name: String) { self.name = name }

  mutating func count(_ differences: [Difference], as id: String) {
    exchanges += 1
    for column in Column.allCases where !differences.contains(where: { $0.column == column }) {
      matches[column, default: 0] += 1
    }
  }

  var description: String {
    let cells = Column.allCases.map { "\($0.rawValue) \(matches[$0] ?? 0)" }
    return "recordings: \(name), \(exchanges) exchanges: " + cells.joined(separator: ", ")
  }
}
