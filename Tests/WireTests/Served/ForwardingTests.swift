// What passes through between a client and a provider of one format stays as it is, byte for byte.

import Testing
import Wire

struct Forwarding {
  @Test(arguments: DialectName.allServed)
  func `a stream comes out as it went in, however it is cut`(_ name: DialectName) throws {
    let format: any ServedDialect.Type = try #require(name.served)
    try Self.check(format)
  }

  private static func check<Format: ServedDialect>(_ format: Format.Type) throws {
    for sample in SampleReply.all {
      let stream = format.stream(sample.reply.events, under: .sample).bytes
      let lineEnds = [stream, stream.split(separator: 10, omittingEmptySubsequences: false).joined(by: [13, 10])]
      for stream in lineEnds {
        for size in chunkSizes + [64] {
          for reading in [ForwardedStream<Format>.Reading.everything, .books] {
            let (forwarded, _, reply) = try format.forward(stream, reading, chunkSize: size)
            #expect(forwarded == stream)
            #expect(reply.usage?.output == sample.reply.usage?.output)
            #expect(reply.finish?.reason == sample.reply.finish?.reason)
            if reading == .everything { #expect(reply.text == sample.reply.text) }
          }
        }
      }
    }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect.served != nil })
  func `the books are the same as if every event were read`(_ fixture: Fixture) throws {
    let served = try #require(fixture.dialect.served)
    try compareReadings(fixture, served)
  }

  private func compareReadings<Format: ServedDialect>(_ fixture: Fixture, _ format: Format.Type) throws {
    for size in chunkSizes {
      let books = [ForwardedStream<Format>.Reading.everything, .books].map { reading -> String in
        var stream = ForwardedStream<Format>(reading, quirks: Quirks())
        var pieces: [ForwardedStream<Format>.Piece] = []
        var events: [ChatEvent] = []
        // What cannot be read fails either way; what came before counts.
        for chunk in fixture.body.chunks(of: size) { try? stream.read(chunk, into: &pieces, events: &events) }
        try? stream.finish(into: &pieces, events: &events)
        let finish = events.compactMap { if case .finished(let finish) = $0 { finish } else { nil } }.last
        let usage = events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last
        let failure = events.compactMap { if case .failed(let failure) = $0 { failure } else { nil } }.first
        return "\(stream.isComplete) \(String(describing: (finish, usage, failure)))"
      }
      #expect(books[0] == books[1], "pieces of \(size.map(String.init) ?? "all")")
    }
  }

  @Test func `a client that wants one array is not forwarded to`() throws {
    let body = Array(#"{"contents":[]}"#.utf8)
    for isArray in [false, true] {
      let address = RequestAddress(model: "m", streams: true, isArray: isArray)
      #expect(try GeminiContent.decodeRequest(body, at: address).takesForwardedStreams == !isArray)
    }
  }

  @Test func `a usage event of its own can be withheld`() throws {
    var events = SampleReply.all[0].reply.events
    events.insert(.text(#""usage":{"prompt_tokens":1} said the model"#), at: 2)
    let stream = OpenAIChat.stream(events, under: .sample).bytes
    for size in chunkSizes {
      let (_, withheld, reply) = try OpenAIChat.forward(stream, .books, chunkSize: size)
      let text = String(decoding: withheld, as: UTF8.self)
      #expect(!text.contains(#""choices":[],"#))
      #expect(text.contains("said the model"))
      #expect(text.hasSuffix("data: [DONE]\n\n"))
      #expect(reply.usage?.input == 100)
    }
  }

  @Test func `bytes that are no stream are forwarded all the same`() throws {
    var random = SeededRandom(seed: 3)
    for _ in 0..<300 {
      let length = Int.random(in: 0...60, using: &random)
      let bytes = (0..<length).map { _ in Array("data: {}\n\r:x\"usage\u{0}".utf8).randomElement(using: &random) ?? 0 }
      var stream = ForwardedStream<OpenAIChat>(.everything, quirks: Quirks())
      var pieces: [ForwardedStream<OpenAIChat>.Piece] = []
      var events: [ChatEvent] = []
      for chunk in bytes.chunks(of: 3) { try? stream.read(chunk, into: &pieces, events: &events) }
      try? stream.finish(into: &pieces, events: &events)
      #expect(pieces.bytes(withUsage: true) == bytes)
    }
  }

  @Test(arguments: [
    (#"{"model":"a","messages":[]}"#, #"{"model":"b","messages":[]}"#),
    (
      #"{"messages":[],"model":"a","stream":true}"#,
      #"{"messages":[],"model":"b","stream":true,"stream_options":{"include_usage":true}}"#
    ),
    (
      #"{"model":"a","stream":true,"stream_options":{"include_usage":false,"x":1},"new":1e400}"#,
      #"{"model":"b","stream":true,"stream_options":{"include_usage":true,"x":1},"new":1e400}"#
    ),
    (
      #"{"model":"a","stream":true,"stream_options":{"include_usage":true}}"#,
      #"{"model":"b","stream":true,"stream_options":{"include_usage":true}}"#
    ),
  ])
  func `a chat request is changed where it must be`(_ body: String, _ expected: String) throws {
    let forwarded = try OpenAIChat.forward(Array(body.utf8), model: "b", quirks: Quirks())
    #expect(String(decoding: forwarded.body, as: UTF8.self) == expected)
    #expect(forwarded.changes.isEmpty == !expected.contains("options") || body.contains(#":true}}"#))
  }

  @Test func `no stream options go to a provider that refuses them or needs none`() throws {
    let body = Array(#"{"model":"a","stream":true}"#.utf8)
    for quirk in [["no_stream_options": true], ["stream_usage": "always"]] as [JSONObject] {
      let forwarded = try OpenAIChat.forward(body, model: "a", quirks: try Quirks(json: quirk))
      #expect(forwarded.body == body)
    }
  }

  @Test func `where the version stands in the body, the model does not`() throws {
    let quirks = try Quirks(json: ["anthropic_version_in_body": "v1"])
    let body = Array(#"{"model":"a","max_tokens":1}"#.utf8)
    let forwarded = try AnthropicMessages.forward(body, model: "b", quirks: quirks)
    #expect(String(decoding: forwarded.body, as: UTF8.self) == #"{"max_tokens":1,"anthropic_version":"v1"}"#)
  }
}

extension ServedDialect {
  /// Everything that came out, the same without usage events, and what was read.
  fileprivate static func forward(
    _ bytes: [UInt8], _ reading: ForwardedStream<Self>.Reading, chunkSize: Int?
  ) throws -> (all: [UInt8], withheld: [UInt8], reply: ChatReply) {
    var stream = ForwardedStream<Self>(reading, quirks: Quirks())
    var pieces: [ForwardedStream<Self>.Piece] = []
    var events: [ChatEvent] = []
    for chunk in bytes.chunks(of: chunkSize) { try stream.read(chunk, into: &pieces, events: &events) }
    try stream.finish(into: &pieces, events: &events)
    #expect(stream.isComplete)
    var builder = ChatReplyBuilder()
    for event in events {
      // Arguments are not read without the call they belong to.
      if reading == .books, case .toolArguments = event { continue }
      try builder.add(event)
    }
    return (pieces.bytes(withUsage: true), pieces.bytes(withUsage: false), builder.reply)
  }
}

extension Array {
  fileprivate func bytes<Format>(withUsage: Bool) -> [UInt8] where Element == ForwardedStream<Format>.Piece {
    flatMap { piece -> [UInt8] in
      switch piece {
      case .bytes(let bytes): Array<UInt8>(bytes)
      case .usageEvent(let bytes): withUsage ? Array<UInt8>(bytes) : []
      }
    }
  }
}

extension [ArraySlice<UInt8>] {
  fileprivate func joined(by separator: [UInt8]) -> [UInt8] { Array<UInt8>(joined(separator: separator)) }
}
