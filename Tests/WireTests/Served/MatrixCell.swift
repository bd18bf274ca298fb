// One square of the matrix: a client's format, a provider's format, and what the exchange is about.

import Wire

/// What an exchange is about.
enum Subject: String, CaseIterable, Sendable {
  case text, tools
  case parallelTools = "parallel tools"
  case toolResults = "tool results"
  case images
  case signedReasoning = "reasoning with signature"
  case schema = "JSON schema"
  case error, cancelled, usage

  /// What a client asks; the marks are looked for in what the provider gets.
  var request: (request: ChatRequest, marks: [String]) {
    var request = ChatRequest(model: "m", messages: [Message(.system, "BEBRIEF"), Message(.user, "ASKED")])
    request.maxOutputTokens = 4321
    let weather = Tool(
      name: "weather", description: "TOOLTEXT",
      parameters: ["type": "object", "properties": ["city": ["type": "string", "description": "CITYTEXT"]]])
    let marks = ["BEBRIEF", "ASKED", "4321"]
    let call = SampleReply.call("call_1", "weather", #"{"city":"BERN"}"#)
    switch self {
    case .text, .error, .cancelled, .usage: return (request, marks)
    case .tools, .parallelTools:
      request.tools = [weather]
      request.toolChoice = .auto
      return (request, marks + ["TOOLTEXT", "CITYTEXT"])
    case .toolResults:
      request.tools = [weather]
      let other = SampleReply.call("call_2", "weather", #"{"city":"GENF"}"#)
      let results = [("call_1", "SUNNY"), ("call_2", "RAINY")].map { id, text in
        Message(.tool, [ContentPart(.toolResult(ToolResult(callID: id, content: [ContentPart(.text(text))])))])
      }
      request.messages += [Message(.assistant, [call, other])] + results
      return (request, marks + ["BERN", "GENF", "SUNNY", "RAINY"])
    case .images:
      request.messages[1].content.append(ContentPart(.image(Media(.base64("SU1BR0U="), mediaType: "image/png"))))
      return (request, marks + ["SU1BR0U="])
    case .signedReasoning:
      request.tools = [weather]
      request.reasoning = ReasoningRequest(effort: "high")
      return (request, marks)
    case .schema:
      request.output = .jsonSchema(
        name: "answer",
        schema: ["type": "object", "properties": ["n": ["type": "string", "description": "FIELDTEXT"]]],
        strict: nil)
      return (request, marks + ["FIELDTEXT"])
    }
  }

  /// What the provider answers, in a family of models that seal what they think.
  func reply(sealedBy family: Seal.Family) -> ChatReply {
    switch self {
    case .text, .toolResults, .images, .error, .cancelled: SampleReply("", [ContentPart(.text("It is sunny."))]).reply
    case .usage: SampleReply.all[0].reply
    case .tools: SampleReply("", [SampleReply.call("call_1", "weather", #"{"city":"Bern"}"#)], .toolCalls).reply
    case .parallelTools:
      SampleReply(
        "",
        [
          SampleReply.call("call_1", "weather", #"{"city":"Bern"}"#), SampleReply.call("call_2", "weather", "{}"),
        ], .toolCalls
      ).reply
    case .signedReasoning:
      SampleReply(
        "",
        [
          SampleReply.reasoning("Where?", "c2VhbA==", family),
          SampleReply.call("call_1", "weather", #"{"city":"Bern"}"#),
        ], .toolCalls
      ).reply
    case .schema: SampleReply("", [ContentPart(.text(#"{"n":"one"}"#))]).reply
    }
  }
}

/// How one exchange went.
struct MatrixCell {
  /// What was changed and said so, in order, once.
  var changes: [Change] = []
  /// What went wrong: lost in silence, or not what was answered.
  var faults: [String] = []

  init(_ client: DialectName, _ provider: DialectName, _ subject: Subject) throws {
    guard let served = client.served else { throw WireError(offset: 0, "\(client.rawValue) is not served") }
    try ask(served, client, provider, subject)
    try answer(served, client, provider, subject)
    changes = changes.reduce(into: []) { unique, change in if !unique.contains(change) { unique.append(change) } }
  }

  // MARK: There

  private mutating func ask<Format: ServedDialect>(
    _ served: Format.Type, _ client: DialectName, _ provider: DialectName, _ subject: Subject
  ) throws {
    for streams in [false, true] {
      var (request, marks) = subject.request
      request.streams = streams
      let traits = Self.traits
      // What a client of this format would have written.
      let body = try Format.encode(request, to: traits, quirks: Quirks()).body
      let read = try Format.decodeRequest(body, at: RequestAddress(model: "m", streams: streams))
      var step = Translation.request(of: read, from: client, to: provider)
      step.request.model = "claude-m"
      let encoded = try provider.dialect.encode(step.request, to: traits, quirks: Quirks())
      let told = (step.changes + encoded.changes).filter { !Self.ours.contains($0.field) }
      changes += told
      let sent = String(decoding: encoded.body, as: UTF8.self)
      for mark in marks where !sent.contains(mark) && !told.contains(where: { $0.what != .added }) {
        faults.append("\(mark) did not arrive: \(sent)")
      }
    }
  }

  /// What we ask for on our own account.
  private static let ours: Set<String> = [
    "stream_options.include_usage", "store", "include[reasoning.encrypted_content]",
  ]

  static let traits: ModelTraits = {
    var traits = ModelTraits()
    traits.capabilities = ["reasoning", "tools", "vision", "json_schema"]
    return traits
  }()

  // MARK: And back

  private mutating func answer<Format: ServedDialect>(
    _ served: Format.Type, _ client: DialectName, _ provider: DialectName, _ subject: Subject
  ) throws {
    if subject == .error { return failed(served, provider) }
    let reply = subject.reply(sealedBy: provider.sealFamily)
    var expected = Told(reply)
    // Whole.
    let whole = try provider.dialect.decodeReply(try provider.bytes(of: reply), quirks: provider.ownQuirks)
    // Not every format tells each count.
    expected.usage = Told(whole).usage
    let encoded = Format.encodeReply(whole, under: .answer(in: provider))
    changes += encoded.changes
    check(try Format.observe(status: 200, isStream: false, pieces: [encoded.body], quirks: Quirks()), expected, "whole")
    if subject == .signedReasoning { try checkReturn(of: encoded.body, Format.self, client, provider) }
    // Streamed, in pieces of 7 bytes; a cancelled one only half.
    let stream = try provider.stream(of: reply)
    let isCut = subject == .cancelled
    let bytes = try translated(Format.self, provider, stream, isCut: isCut)
    let observed = try Format.observe(status: 200, isStream: true, pieces: [bytes], quirks: Quirks())
    if isCut {
      if observed.failure == nil { faults.append("a cut stream does not say so") }
      if !reply.text.hasPrefix(observed.text) { faults.append("\(observed.text) was not said") }
    } else {
      check(observed, expected, "streamed")
      if subject == .signedReasoning {
        try checkReturn(of: try Format.replyOfStream(bytes), Format.self, client, provider)
      }
    }
  }

  private mutating func translated<Format: ServedDialect>(
    _ served: Format.Type, _ provider: DialectName, _ stream: [UInt8], isCut: Bool
  ) throws -> [UInt8] {
    var decoder: any StreamDecoding = provider.dialect.makeStreamDecoder(quirks: provider.ownQuirks)
    var encoder = Format.makeStreamEncoder(under: .answer(in: provider))
    var bytes: [UInt8] = []
    for piece in (isCut ? Array(stream.prefix(stream.count / 2)) : stream).chunks(of: 7) {
      var events: [ChatEvent] = []
      try decoder.decode(piece, into: &events)
      encoder.encode(events, into: &bytes)
    }
    var events: [ChatEvent] = []
    if isCut {
      events = [.failed(ProviderFailure(.cut, message: "the answer ended without its end marker"))]
    } else {
      try decoder.finish(into: &events)
      if !decoder.isComplete { faults.append("the provider's stream is not complete") }
    }
    encoder.encode(events, into: &bytes)
    encoder.finish(into: &bytes)
    changes += encoder.changes
    return bytes
  }

  private mutating func failed<Format: ServedDialect>(_ served: Format.Type, _ provider: DialectName) {
    let failure = ProviderFailure(.rateLimited, message: "slow down")
    let body = provider.served?.encodeFailure(failure).body ?? Array(#"{"message":"slow down"}"#.utf8)
    let read = provider.dialect.decodeFailure(status: 429, body: body)
    let told = Format.encodeFailure(read)
    let back = Format.decodeFailure(status: told.status, body: told.body)
    if back.kind != .rateLimited || back.message != "slow down" { faults.append("\(back)") }
  }

  private mutating func check(_ observed: Observed, _ expected: Told, _ how: String) {
    var told = Told(observed)
    // Some formats must name a number: what nobody counted is 0 there.
    for index in expected.usage.indices where expected.usage[index] == nil && told.usage[index] == 0 {
      told.usage[index] = nil
    }
    if told != expected { faults.append("\(how): \(told) instead of \(expected)") }
  }

  /// The seal must come back when the client sends the answer with its next request.
  private mutating func checkReturn<Format: ServedDialect>(
    of body: [UInt8], _ served: Format.Type, _ client: DialectName, _ provider: DialectName
  ) throws {
    let next = try client.nextRequest(after: try JSON.parse(body))
    let read = try Format.decodeRequest(next, at: RequestAddress(model: "m"))
    let request = Translation.request(of: read, from: client, to: provider).request
    let blocks = request.messages.flatMap(\.content).compactMap { part in
      if case .reasoning(let block) = part.kind { block } else { nil }
    }
    // A format without signatures has none to bring back.
    let hasSeals = Told.sealCount(try provider.bytes(of: Subject.signedReasoning.reply(sealedBy: provider.sealFamily)))
    guard hasSeals else { return }
    let seals = blocks.compactMap { $0.signature ?? $0.encrypted }
    if seals != [Seal("c2VhbA==", of: provider.sealFamily)] { faults.append("the seal came back as \(seals)") }
  }
}

extension Told {
  static func sealCount(_ body: [UInt8]) -> Bool { String(decoding: body, as: UTF8.self).contains("c2VhbA==") }
}
