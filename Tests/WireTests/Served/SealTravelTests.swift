// Signatures and encrypted thinking survive a turn through a client of any format: it returns what it was told, and
// the provider that made them gets them back.

import Testing
import Wire

struct SealsOnTheWay {
  static let families: [Seal.Family] = [.anthropic, .gemini, .openAI]

  @Test(arguments: DialectName.allServed, families)
  func `signed thinking comes back through a client`(_ name: DialectName, _ family: Seal.Family) throws {
    let seal = Seal("AbC+/= .%", of: family)
    let content = [
      ContentPart(.reasoning(ReasoningBlock(text: "first this", signature: seal))),
      SampleReply.call("call_1", "f", "{}"),
    ]
    for back in try bothWays(content, name) {
      #expect(back.reasoning.map(\.text).joined() == "first this")
      #expect(back.reasoning.compactMap(\.signature) == [seal] || back.reasoning.compactMap(\.encrypted) == [seal])
      #expect(back.calls.map(\.id) == ["call_1"])
    }
  }

  @Test(arguments: DialectName.allServed, families)
  func `encrypted thinking comes back through a client`(_ name: DialectName, _ family: Seal.Family) throws {
    let seal = Seal("gAAAA==", of: family)
    let content = [
      ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: seal))), SampleReply.call("call_1", "f", "{}"),
    ]
    for back in try bothWays(content, name) { #expect(back.reasoning.compactMap(\.encrypted) == [seal]) }
  }

  @Test(arguments: DialectName.allServed)
  func `the seals of calls come back through a client`(_ name: DialectName) throws {
    let seals = [Seal("one+/==", of: .gemini), nil, Seal("three", of: .gemini)]
    let content = seals.enumerated().map { index, seal in
      SampleReply.call("call_\(index)", "f", #"{"n":\#(index)}"#, sealedBy: seal)
    }
    for back in try bothWays(content, name) {
      #expect(back.callSeals == seals)
      #expect(back.calls.map(\.id) == ["call_0", "call_1", "call_2"])
    }
  }

  private func bothWays(_ content: [ContentPart], _ name: DialectName) throws -> [Returned] {
    let dialect = try #require(name.served)
    var reply = SampleReply("", content, .toolCalls).reply
    reply.id = nil
    let whole = dialect.encodeReply(reply, under: .sample).body
    let streamed = try dialect.replyOfStream(dialect.stream(reply.events, under: .sample).bytes)
    return try [whole, streamed].map { body in
      let next = try name.nextRequest(after: try JSON.parse(body))
      return Returned(try dialect.decodeRequest(next, at: RequestAddress(model: "m")).request)
    }
  }
}

/// What of an answer came back with the next request.
private struct Returned {
  var reasoning: [ReasoningBlock] = []
  var calls: [ToolCall] = []
  var callSeals: [Seal?] = []

  init(_ request: ChatRequest) {
    for part in request.messages.filter({ $0.role == .assistant }).flatMap(\.content) {
      switch part.kind {
      case .reasoning(let block): reasoning.append(block)
      case .toolCall(let call):
        calls.append(call)
        callSeals.append(part.signature)
      default: break
      }
    }
  }
}

extension ServedDialect {
  /// What a client makes of a stream: the whole answer, as if it had come at once.
  static func replyOfStream(_ bytes: [UInt8]) throws -> [UInt8] {
    var quirks = Quirks()
    quirks.reasoningDetailsField = "reasoning_details"
    let reply = try ChatReply(telling: events(of: [bytes], quirks: quirks))
    return encodeReply(reply, under: .sample).body
  }
}

extension DialectName {
  /// The request in which a client of this format returns an answer, as its vendor's own clients do.
  func nextRequest(after reply: JSON) throws -> [UInt8] {
    switch self {
    case .openAIChat:
      let message = try #require(reply["choices"]?.array?.first?["message"])
      return (["model": "m", "messages": [["role": "user", "content": "hi"], message]] as JSON).bytes
    case .anthropicMessages:
      let content = try #require(reply["content"])
      let turns: JSON = [["role": "user", "content": "hi"], ["role": "assistant", "content": content]]
      return (["model": "m", "max_tokens": 9, "messages": turns] as JSON).bytes
    case .gemini:
      let content = try #require(reply["candidates"]?.array?.first?["content"])
      return (["contents": [["role": "user", "parts": [["text": "hi"]]], content]] as JSON).bytes
    case .openAIResponses:
      let output = try #require(reply["output"]?.array)
      let input: [JSON] = [["role": "user", "content": "hi"]] + output
      return (["model": "m", "input": .array(input)] as JSON).bytes
    default: throw WireError(offset: 0, "no client speaks it to us")
    }
  }
}
