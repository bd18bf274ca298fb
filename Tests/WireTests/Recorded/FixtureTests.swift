// The project's own answers: odd, but each like one a provider has been seen to give.

import Testing

@testable import Wire

struct Fixtures {
  @Test(arguments: Fixture.all)
  func `an answer decodes to what its fixture expects, at every chunk size`(_ fixture: Fixture) throws {
    let dialect = fixture.dialect.dialect
    let quirks = try Quirks(json: fixture.expected["quirks"]?.object ?? JSONObject())
    for size in fixture.isStream ? chunkSizes : [nil] {
      let observed = try dialect.observe(
        status: 200, isStream: fixture.isStream, body: fixture.body, quirks: quirks, chunkSize: size)
      #expect(observed.described == fixture.expectation, "pieces of \(size.map(String.init) ?? "all")")
    }
  }

  @Test(arguments: DialectName.allCases)
  func `there are fixtures`(_ dialect: DialectName) {
    #expect(Fixture.all.count { $0.dialect == dialect.format } > 12)
  }
}

struct Fixture: Sendable, CustomTestStringConvertible {
  let dialect: DialectName
  let name: String
  let isStream: Bool
  let body: [UInt8]
  let expected: JSON
  var testDescription: String { "\(dialect.rawValue)/\(name)" }

  static let all: [Fixture] = DialectName.allCases.flatMap { dialect in
    [dialect, dialect.wrapped].compactMap(\.self).flatMap { source in
      let folder = "\(Files.repository)/Tests/Fixtures/\(source.rawValue)"
      return Files.names(in: folder).compactMap { Fixture(dialect, folder, $0) }
    }
  }

  private init?(_ dialect: DialectName, _ folder: String, _ name: String) {
    let stream =
      Files.read("\(folder)/\(name)/reply.sse") ?? Files.read("\(folder)/\(name)/reply.ndjson")
      ?? Files.read("\(folder)/\(name)/reply.frames").map(Frames.bytes)
    guard let body = stream ?? Files.read("\(folder)/\(name)/reply.json"),
      let expected = Files.read("\(folder)/\(name)/expected.json")
    else { return nil }
    self.dialect = dialect
    self.name = name
    // What was cut within an event has no whole frame for it.
    if dialect == .bedrockInvoke, name == "cut-inside-an-event" { return nil }
    self.body = stream.map(dialect.framed) ?? body
    isStream = stream != nil
    // A fixture that cannot be read expects nothing, and so fails.
    self.expected = (try? JSON.parse(expected)) ?? .null
  }

  /// What is expected, without what only sets the scene.
  var expectation: JSON {
    var object = expected.object ?? JSONObject()
    object["quirks"] = nil
    return .object(object)
  }
}

extension DialectName {
  /// The format whose answers this one's are.
  fileprivate var wrapped: DialectName? {
    if self == .bedrockInvoke { return .anthropicMessages }
    return format == self ? nil : format
  }

  /// A wrapped format's stream in this one's framing.
  func framed(_ stream: [UInt8]) -> [UInt8] {
    guard self == .bedrockInvoke else { return stream }
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    try? decoder.decode(stream, into: &events)
    if let last = decoder.finish() { events.append(last) }
    var bytes: [UInt8] = []
    for event in events {
      let payload: JSON = ["bytes": .string(base64(Array(event.data))), "p": "abc"]
      let headers = [(":event-type", "chunk"), (":message-type", "event")]
      try? AWSEventStreamEncoder.append(Frames.message(headers, payload.bytes[...]), to: &bytes)
    }
    return bytes
  }
}

extension Observed {
  /// In the form of `expected.json`.
  fileprivate var described: JSON {
    [
      "text": .string(text), "reasoning": .string(reasoning),
      "tool_calls": .array(
        toolCalls.map { ["id": .string($0.id), "name": .string($0.name), "arguments": $0.arguments ?? .null] }),
      "finish": finish.map { .string($0.rawValue) } ?? .null,
      "usage": usage.map { .object($0.described) } ?? .null,
      "failure": failure.map { .object($0.described) } ?? .null,
      "complete": .bool(isComplete),
    ]
  }
}

extension Usage {
  fileprivate var described: JSONObject {
    let counts = [
      ("input", input), ("output", output), ("cache_read", cacheRead), ("cache_write", cacheWrite),
      ("reasoning", reasoning), ("cost", reportedCost.map { Int($0) }),
    ]
    return JSONObject(counts.compactMap { name, count in count.map { (name, .number(JSONNumber($0))) } })
  }
}

extension ProviderFailure {
  fileprivate var described: JSONObject {
    var object: JSONObject = ["kind": .string(kind.rawValue), "message": .string(message)]
    object["code"] = code.map { .string($0) }
    return object
  }
}
