// What is told to a client is what a client of that format reads.

import Testing
import Wire

struct ServedReplies {
  @Test(arguments: DialectName.allServed, SampleReply.all)
  func `a whole answer is read back as it was`(_ name: DialectName, _ sample: SampleReply) throws {
    let dialect = try #require(name.served)
    let encoded = dialect.encodeReply(sample.reply, under: .sample)
    #expect(encoded.changes == [])
    let observed = try dialect.observe(
      status: 200, isStream: false, body: encoded.body, quirks: Quirks(), chunkSize: nil)
    #expect(Told(observed) == Told(sample.reply))
  }

  @Test(arguments: DialectName.allServed, SampleReply.all)
  func `a stream is read back as it was, split anywhere`(_ name: DialectName, _ sample: SampleReply) throws {
    let dialect = try #require(name.served)
    let (bytes, changes) = dialect.stream(sample.reply.events, under: .sample)
    #expect(changes == [])
    for size in chunkSizes {
      let observed = try dialect.observe(
        status: 200, isStream: true, body: bytes, quirks: Quirks(), chunkSize: size)
      #expect(Told(observed) == Told(sample.reply), "pieces of \(size.map(String.init) ?? "all")")
      #expect(observed.isComplete)
    }
  }

  @Test(arguments: DialectName.allServed, SampleReply.all)
  func `a stream told event by event is the same as in one go`(_ name: DialectName, _ sample: SampleReply) throws {
    let dialect = try #require(name.served)
    let whole = dialect.stream(sample.reply.events, under: .sample).bytes
    // Arguments in pieces of one character; seals stay with what they seal.
    let pieces = sample.reply.events.flatMap { event -> [ChatEvent] in
      guard case .toolArguments(let index, let text) = event else { return [event] }
      return text.map { .toolArguments(index: index, String($0)) }
    }
    let bytes = dialect.stream(pieces, oneByOne: true, under: .sample).bytes
    func told(_ bytes: [UInt8]) throws -> Told {
      Told(
        try dialect.observe(status: 200, isStream: true, body: bytes, quirks: Quirks(), chunkSize: nil))
    }
    #expect(try told(bytes) == told(whole))
  }

  @Test func `a call that the provider ran itself is not told, and leaves no gap`() throws {
    let (bytes, changes) = OpenAIChat.stream(
      [
        .started(id: "r", model: "m"), .toolCallStarted(index: 0, id: "s", name: "search", kind: .atProvider),
        .toolArguments(index: 0, "{}"), .toolCallStarted(index: 1, id: "c", name: "weather", kind: .function),
        .toolArguments(index: 1, #"{"city":"#), .toolArguments(index: 1, #""Oslo"}"#),
      ], under: .sample)
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    try decoder.decode(bytes, into: &events)
    let calls = try events.dropLast().compactMap {
      try JSON.parse($0.data)["choices"]?.array?.first?["delta"]?["tool_calls"]?.array?.first
    }
    #expect(calls.compactMap { $0["function"]?["name"]?.string } == ["weather"])
    #expect(calls.compactMap { $0["function"]?["arguments"]?.string }.joined() == #"{"city":"Oslo"}"#)
    #expect(calls.allSatisfy { $0["index"] == 0 })
    #expect(changes.map(\.what) == [.dropped])
  }

  @Test(arguments: DialectName.allServed)
  func `a stream that fails says so and nothing more`(_ name: DialectName) throws {
    let dialect = try #require(name.served)
    let events: [ChatEvent] = [
      .started(id: "r", model: "m"), .text("half"), .failed(ProviderFailure(.overloaded, message: "busy")),
      .text("never"),
    ]
    let bytes = dialect.stream(events, under: .sample).bytes
    let observed = try dialect.observe(
      status: 200, isStream: true, body: bytes, quirks: Quirks(), chunkSize: nil)
    #expect(observed.text == "half")
    #expect(observed.failure?.message == "busy")
    #expect(observed.failure?.kind == .overloaded)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("never"))
  }

  @Test(arguments: DialectName.allServed, ProviderFailure.Kind.allCases)
  func `a failure is read back as of its kind`(_ name: DialectName, _ kind: ProviderFailure.Kind) throws {
    let dialect = try #require(name.served)
    let encoded = dialect.encodeFailure(ProviderFailure(kind, message: "it went wrong"))
    #expect((400..<600).contains(encoded.status))
    let read = dialect.decodeFailure(status: encoded.status, body: encoded.body)
    #expect(read.message == "it went wrong")
    #expect(Self.meaning(read.kind) == Self.meaning(kind))
  }

  /// No format has words for all of ours: what a client is to do is what counts.
  private static func meaning(_ kind: ProviderFailure.Kind) -> ProviderFailure.Kind {
    switch kind {
    case .contextLength, .contentFilter: .invalidRequest
    case .network, .malformed, .cut: .server
    case .quota: .rateLimited
    default: kind
    }
  }
}

/// What must be the same on both sides.
struct Told: Equatable, CustomStringConvertible {
  let text: String
  let reasoning: String
  let calls: [String]
  let finish: Finish.Reason?
  var usage: [Int?]

  init(_ observed: Observed) {
    text = observed.text
    reasoning = observed.reasoning
    calls = observed.toolCalls.map { "\($0.id) \($0.name) \($0.arguments?.text ?? "-")" }
    finish = observed.finish
    usage = [observed.usage?.input, observed.usage?.output, observed.usage?.cacheRead, observed.usage?.reasoning]
  }

  init(_ reply: ChatReply) { self.init(Observed(reply, failure: nil, isComplete: true)) }

  var description: String { "\(text)|\(reasoning)|\(calls)|\(finish?.rawValue ?? "-")|\(usage)" }
}

extension ServedDialect {
  /// The whole stream of `events`, told in one go or each on its own.
  static func stream(
    _ events: [ChatEvent], oneByOne: Bool = false, under heading: ReplyHeading
  ) -> (bytes: [UInt8], changes: [Change]) {
    var encoder = makeStreamEncoder(under: heading)
    var bytes: [UInt8] = []
    if oneByOne {
      for event in events { encoder.encode([event], into: &bytes) }
    } else {
      encoder.encode(events, into: &bytes)
    }
    encoder.finish(into: &bytes)
    return (bytes, encoder.changes)
  }
}
