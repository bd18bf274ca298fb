// Chunks that are compared instead of read tell what they tell when they are read.

import Testing

@testable import Wire

struct ChunkPatterns {
  /// Chunks as they come, and with white space that makes each unlike the one before, so that each has to be read.
  private static func disguised(_ chunks: [String]) -> [String] {
    chunks.enumerated().map { index, chunk in
      chunk.hasPrefix("{") ? "{" + String(repeating: " ", count: index + 1) + chunk.dropFirst() : chunk
    }
  }

  /// What a stream says, up to where it cannot be read.
  ///
  /// It comes in pieces of `size` bytes; without a size, each event in one.
  private static func told<D: Dialect>(
    by chunks: [String], _ dialect: D.Type, _ quirks: Quirks = Quirks(), size: Int? = nil, lineEnd: String = "\n"
  ) -> [ChatEvent] {
    var decoder = D.makeStreamDecoder(quirks: quirks)
    var events: [ChatEvent] = []
    do {
      let frames = chunks.map { Array("data: \($0)\(lineEnd)\(lineEnd)".utf8) }
      for piece in size.map({ frames.flatMap(\.self).pieces(of: $0) }) ?? frames {
        try decoder.decode(piece, into: &events)
      }
      try decoder.finish(into: &events)
    } catch {
      events.append(.failed(ProviderFailure(.malformed, message: error.problem)))
    }
    return events
  }

  private static func chat(_ content: String, after: String = "") -> String {
    #"{"id":"r","model":"m","choices":[{"index":0,"delta":{"content":\#(content)},"finish_reason":null}]\#(after)}"#
  }

  private static func thought(_ members: String) -> String {
    #"{"id":"r","model":"m","choices":[{"index":0,"delta":{\#(members)}}]}"#
  }

  static let chats: [[String]] = [
    [#""a""#, #""b""#, #""longer than eight bytes""#, #""""#, #""c""#].map { chat($0) },
    [#""a""#, #""a\"b""#, #""\n""#, #""\u00e9""#, #""é""#, #""日本語 👩‍👩‍👧""#, #""m""#, #""r""#].map { chat($0) },
    [#""a""#, "null", #""b""#, "[]", #""c""#, #"[{"type":"text","text":"d"}]"#, #""e""#, "1", #""f""#].map { chat($0) },
    (0..<6).map { chat(#""t\#($0)""#, after: #","obfuscation":"\#(String(repeating: "x", count: $0))""#) },
    (0..<6).map { #"{"obfuscation":"o\#($0)","id":"r","choices":[{"delta":{"content":"t\#($0)"}}]}"# },
    (0..<3).map { chat(#""t\#($0)""#, after: #","usage":{"completion_tokens":\#($0)}"#) },
    [chat(#""a""#), chat(#""b""#, after: #","system_fingerprint":"x""#), chat(#""c""#), chat(#""d""#)],
    ["a", "b", "b", "c"].map { thought(#""reasoning":"\#($0)","reasoning_content":"\#($0)""#) },
    [("a", "b"), ("a", "c"), ("c", "c")].map { thought(#""reasoning_content":"\#($0)","reasoning":"\#($1)""#) },
    ["a", "b", "c"].map { thought(#""reasoning_content":"\#($0)""#) } + [chat(#""d""#), chat(#""e""#)],
    ["a", "b", "b"].map { thought(#""reasoning":"\#($0)","reasoning_details":[{"type":"t","text":"\#($0)"}]"#) },
    [("a", ""), ("b", ""), ("", "c"), ("", "d")].map { thought(#""content":"\#($0)","reasoning":"\#($1)""#) },
    ["a", "b"].map { thought(#""content":"\#($0)","content":"\#($0)""#) },
    [#""a""#, #""b""#].map { chat($0) } + ["[DONE]", chat(#""c""#)],
    [chat(#""a""#), chat("\"b\u{1}\""), chat(#""c""#)],
    [chat(#""a""#), chat(#""b"#), chat(#""c""#)],
    (0..<3).map { #"{"id":"r","choices":[{"delta":{"content":"x"}},{"index":1,"delta":{"content":"\#($0)"}}]}"# },
    (0..<3).map {
      #"{"id":"r","choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"\#($0)"}}]}}]}"#
    },
    [#""a""#, #""b""#].map { chat($0) } + [
      #"{"id":"r","model":"m","choices":[{"index":0,"delta":{"content":"c"},"finish_reason":"stop"}]}"#
    ],
  ]

  @Test(arguments: chats)
  func `chunks of a chat tell the same compared and read`(_ chunks: [String]) {
    let compared = Self.told(by: chunks, OpenAIChat.self)
    #expect(compared == Self.told(by: Self.disguised(chunks), OpenAIChat.self))
    #expect(!compared.isEmpty)
  }

  static let pieces = [1, 7, 64, 150, 100_000]

  @Test(arguments: chats, pieces)
  func `it does not matter in what pieces a chat comes`(_ chunks: [String], _ size: Int) {
    let whole = Self.told(by: chunks, OpenAIChat.self)
    for lineEnd in ["\n", "\r\n", "\r"] {
      #expect(Self.told(by: chunks, OpenAIChat.self, size: size, lineEnd: lineEnd) == whole)
    }
  }

  @Test(arguments: chats, pieces)
  func `a forwarded chat tells the same, and every byte goes through`(_ chunks: [String], _ size: Int) {
    for lineEnd in ["\n", "\r\n"] {
      var stream = ForwardedStream<OpenAIChat>(.everything, quirks: Quirks())
      var pieces: [ForwardedStream<OpenAIChat>.Piece] = []
      var events: [ChatEvent] = []
      let bytes = chunks.flatMap { Array("data: \($0)\(lineEnd)\(lineEnd)".utf8) }
      do {
        for piece in bytes.pieces(of: size) { try stream.read(piece, into: &pieces, events: &events) }
        try stream.finish(into: &pieces, events: &events)
      } catch {
        events.append(.failed(ProviderFailure(.malformed, message: error.problem)))
      }
      let read = Self.told(by: chunks, OpenAIChat.self)
      #expect(events.prefix { !$0.isFailure }.joined == read.prefix { !$0.isFailure }.joined)
      if !events.contains(where: \.isFailure) {
        #expect(pieces.flatMap(\.bytes) == bytes)
      }
    }
  }

  @Test func `what comes together of a forwarded chat is told together`() throws {
    let texts = ["one", "a", "b", "日本", "c"]
    let bytes = texts.flatMap { Array("data: \(Self.chat("\"\($0)\""))\n\n".utf8) }
    var stream = ForwardedStream<OpenAIChat>(.everything, quirks: Quirks())
    var pieces: [ForwardedStream<OpenAIChat>.Piece] = []
    var events: [ChatEvent] = []
    try stream.read(bytes, into: &pieces, events: &events)
    // The first two are read: the one also tells who answers.
    #expect(events == [.started(id: "r", model: "m"), .text("one"), .text("a"), .text("b日本c")])
    events = []
    for piece in bytes.pieces(of: bytes.count / texts.count) { try stream.read(piece, into: &pieces, events: &events) }
    #expect(events.joined == [.text("onea" + "b日本c")])
  }

  @Test func `tags of thinking are found across chunks`() {
    var quirks = Quirks()
    quirks.thinkTags = true
    let chunks = ["<th", "ink", ">why", "</th", "ink>", "text"].map { Self.chat("\"\($0)\"") }
    #expect(
      Self.told(by: chunks, OpenAIChat.self, quirks) == Self.told(by: Self.disguised(chunks), OpenAIChat.self, quirks))
  }

  private static func delta(_ delta: String, index: Int = 0) -> String {
    #"{"type":"content_block_delta","index":\#(index),"delta":{\#(delta)}}"#
  }

  private static func start(_ block: String, index: Int = 0) -> String {
    #"{"type":"content_block_start","index":\#(index),"content_block":{\#(block)}}"#
  }

  static let messages: [[String]] = [
    [start(#""type":"text","text":"""#)]
      + ["a", "b", #"\n"#, "c", "é", ""].map { delta(#""type":"text_delta","text":"\#($0)""#) },
    [start(#""type":"thinking","thinking":"""#)]
      + ["a", "b", "c"].map { delta(#""type":"thinking_delta","thinking":"\#($0)""#) }
      + ["s", "t"].map { delta(#""type":"signature_delta","signature":"\#($0)""#) },
    [start(#""type":"tool_use","id":"c","name":"f","input":{}"#)]
      + ["{", "1", "2", "}"].map { delta(#""type":"input_json_delta","partial_json":"\#($0)""#) }
      + [#"{"type":"content_block_stop","index":0}"#, delta(#""type":"input_json_delta","partial_json":"3""#)],
    [start(#""type":"text""#)] + ["a", "b"].map { delta(#""text":"\#($0)","type":"of_later""#) },
    [start(#""type":"text""#)] + ["a", "b"].map { delta(#""text":"x","partial_json":"\#($0)""#) },
    [start(#""type":"text""#)] + ["a", "b"].map { delta(#""partial_json":"x","text":"\#($0)""#) },
    [start(#""type":"new_use","input":{}"#)] + ["a", "b"].map { delta(#""partial_json":"\#($0)""#) }
      + [#"{"type":"content_block_stop","index":0}"#],
  ]

  @Test(arguments: messages)
  func `deltas of a message tell the same compared and read`(_ chunks: [String]) {
    let compared = Self.told(by: chunks, AnthropicMessages.self)
    #expect(compared == Self.told(by: Self.disguised(chunks), AnthropicMessages.self))
    #expect(!compared.isEmpty)
  }

  @Test(arguments: messages, pieces)
  func `it does not matter in what pieces a message comes`(_ chunks: [String], _ size: Int) {
    #expect(
      Self.told(by: chunks, AnthropicMessages.self, size: size) == Self.told(by: chunks, AnthropicMessages.self))
  }

  // MARK: The pattern itself

  private func learned(_ chunk: String, _ text: String, filler: String? = nil) throws -> ChunkPattern {
    // A slice from the middle of something larger, as the chunks of a stream are.
    let bytes = Array("data: \(chunk)\n\n".utf8)
    func place(_ string: String) throws -> Range<Int> {
      let start = try #require(bytes.indices.first { bytes[$0...].starts(with: "\"\(string)\"".utf8) })
      return start + 1..<start + 1 + string.utf8.count
    }
    var pattern = ChunkPattern()
    pattern.learn(
      bytes[6..<bytes.count - 2], telling: [.text(text)], text: try place(text), filler: try filler.map(place))
    return pattern
  }

  @Test func `another text in the same place is told without reading`() throws {
    let pattern = try learned(#"{"pad":"xx","text":"one","end":12345678}"#, "one", filler: "xx")
    for text in ["2", "three", "it is longer than before", "日本語"] {
      let chunk = Array(#"{"pad":"\#(text)\#(text)","text":"\#(text)","end":12345678}"#.utf8)
      #expect(pattern.event(of: chunk[...]) == .text(text))
    }
  }

  @Test(arguments: [
    #"{"pad":"xx","text":"","end":12345678}"#, #"{"pad":"xx","text":"a\"b","end":12345678}"#,
    #"{"pad":"xx","text":"a","end":12345679}"#, #"{"pad":"xx","text":"a","end":1234567}"#,
    #"{"pad":"xx","text":"a","end":12345678} "#, #"{"pad":"xx","text":"a"#, #"{"pad":"xx","text":1,"end":12345678}"#,
    #"{"Pad":"xx","text":"a","end":12345678}"#, #"{"pad":"\\","text":"a","end":12345678}"#, "", "{", "[DONE]",
  ])
  func `anything else has to be read`(_ chunk: String) throws {
    let pattern = try learned(#"{"pad":"xx","text":"one","end":12345678}"#, "one", filler: "xx")
    #expect(pattern.event(of: Array(chunk.utf8)[...]) == nil)
  }

  @Test func `a text that is not UTF-8 has to be read`() throws {
    let pattern = try learned(#"{"text":"one"}"#, "one")
    let bytes: [UInt8] = Array(#"{"text":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
    #expect(pattern.event(of: bytes[...]) == nil)
  }

  @Test func `a chunk that tells more is not kept`() throws {
    var pattern = try learned(#"{"text":"one"}"#, "one")
    let chunk = Array(#"{"text":"two"}"#.utf8)[...]
    #expect(pattern.event(of: chunk) == .text("two"))
    pattern.learn(chunk, telling: [.text("two"), .finished(Finish(.stop, word: "stop"))], text: 9..<12)
    #expect(pattern.event(of: chunk) == nil)
  }
}

extension [UInt8] {
  fileprivate func pieces(of size: Int) -> [[UInt8]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}

extension ForwardedStream.Piece {
  fileprivate var bytes: ArraySlice<UInt8> {
    switch self {
    case .bytes(let bytes), .usageEvent(let bytes): bytes
    }
  }
}

extension Sequence<ChatEvent> {
  /// With texts that follow one another as one.
  fileprivate var joined: [ChatEvent] {
    reduce(into: []) { events, event in
      switch (events.last, event) {
      case (.text(let before), .text(let text)): events[events.count - 1] = .text(before + text)
      case (.reasoning(let before), .reasoning(let text)): events[events.count - 1] = .reasoning(before + text)
      default: events.append(event)
      }
    }
  }
}

extension ChatEvent {
  fileprivate var isFailure: Bool {
    if case .failed = self { true } else { false }
  }
}
