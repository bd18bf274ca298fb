// Events come out the same wherever the bytes are split.

import Testing

@testable import Wire

struct ServerSentEvents {
  @Test(arguments: table, chunkSizes)
  func `a stream gives its events at every chunk size`(_ row: Row, _ size: Int?) throws {
    #expect(try decode(row.text, chunkSize: size) == row.events, "\(row.text.debugDescription)")
  }

  @Test(arguments: ["\n", "\r\n", "\r"], chunkSizes)
  func `a blank line ends an event, whatever the line ending`(_ eol: String, _ size: Int?) throws {
    let text = ["event: a", "data: 1", "data: 2", "", ": c", "data: 3", "", ""].joined(separator: eol)
    #expect(try decode(text, chunkSize: size) == ["a=1\n2", "=3"])
  }

  @Test(arguments: [
    ("data: 1\n\ndata: 2", "=2"), ("data: 1\n\ndata: 2\n", "=2"), ("event: e\ndata: 2\r", "e=2"), ("data: 1\n\n", nil),
    ("data: 1\n\nevent: e\n", nil), ("data: 1\n\n: comment", nil), ("", nil), ("data: 1\ndat", "=1"),
  ])
  func `finish gives what the body left unfinished`(_ text: String, _ last: String?) throws {
    for size in chunkSizes {
      var decoder = ServerSentEventDecoder()
      var events: [ServerSentEvent] = []
      for chunk in Array(text.utf8).chunks(of: size) { try decoder.decode(chunk, into: &events) }
      #expect(decoder.finish().map(describe) == last)
    }
  }

  @Test func `an event is given out as soon as its blank line is there`() throws {
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    try decoder.decode(Array("data: 1\r\n\r".utf8), into: &events)
    #expect(events.map(describe) == ["=1"])
    try decoder.decode(Array("\ndata: 2\n\n".utf8), into: &events)
    #expect(events.map(describe) == ["=1", "=2"])
  }

  @Test(arguments: [
    "data: 0123456789ABCDEF", "data: 012345\ndata: 678901\n", "event: 0123456789ABCDEF", ":0123456789ABCDEF",
  ])
  func `an event beyond the bound is an error, in one line or many`(_ text: String) {
    for size in chunkSizes {
      #expect(throws: WireError.self) {
        var decoder = ServerSentEventDecoder(maximumEventBytes: 15)
        var events: [ServerSentEvent] = []
        for chunk in Array(text.utf8).chunks(of: size) { try decoder.decode(chunk, into: &events) }
      }
    }
  }

  @Test func `the bound is for one event, not for the stream`() throws {
    let text = String(repeating: "data: 012345\n\n", count: 100)
    var decoder = ServerSentEventDecoder(maximumEventBytes: 15)
    var events: [ServerSentEvent] = []
    try decoder.decode(Array(text.utf8), into: &events)
    #expect(events.count == 100)
  }

  @Test(arguments: ["", "x", "{\"a\":1}", "two\nlines", "\nend\n", " space", "é😀"])
  func `what is encoded decodes to the same data`(_ data: String) throws {
    var bytes: [UInt8] = []
    ServerSentEventEncoder.appendComment("ping", to: &bytes)
    ServerSentEventEncoder.append(name: "message_start", data: data.utf8, to: &bytes)
    ServerSentEventEncoder.append(data: data.utf8, to: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(try decode(text, chunkSize: 1) == ["message_start=\(data)", "=\(data)"])
  }

  @Test func `the encoded form of a common event`() {
    var bytes: [UInt8] = []
    ServerSentEventEncoder.append(name: "ping", data: "{}".utf8, to: &bytes)
    ServerSentEventEncoder.appendComment("waiting", to: &bytes)
    #expect(bytes[...].text == "event: ping\ndata: {}\n\n: waiting\n\n")
  }

  @Test(arguments: 0..<100)
  func `random bytes decode the same in one piece and in many`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let alphabet = Array("data: event:\n\r\n\r \u{FEFF}é".utf8)
    let bytes = (0..<200).map { _ in alphabet.randomElement(using: &random) ?? 0 }
    let text = Array("data: 1\n".utf8) + bytes
    var results: [[ServerSentEvent]] = []
    for size in chunkSizes {
      var decoder = ServerSentEventDecoder()
      var events: [ServerSentEvent] = []
      for chunk in text.chunks(of: size) { try decoder.decode(chunk, into: &events) }
      if let last = decoder.finish() { events.append(last) }
      results.append(events)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  private func decode(_ text: String, chunkSize: Int?) throws -> [String] {
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    for chunk in Array(text.utf8).chunks(of: chunkSize) { try decoder.decode(chunk, into: &events) }
    return events.map(describe)
  }
}

struct Row: Sendable {
  let text: String
  let events: [String]
}

private func describe(_ event: ServerSentEvent) -> String { "\(event.name.text)=\(event.data.text)" }

private let table: [Row] = [
  Row(text: "", events: []),
  Row(text: "\n\n\n", events: []),
  Row(text: "data: x\n\n", events: ["=x"]),
  Row(text: "data:x\n\n", events: ["=x"]),
  Row(text: "data:  x \n\n", events: ["= x "]),
  Row(text: "data:\n\n", events: ["="]),
  Row(text: "data\n\n", events: ["="]),
  Row(text: "data\ndata\n\n", events: ["=\n"]),
  Row(text: "data: a: b\n\n", events: ["=a: b"]),
  Row(text: "data: a\ndata: b\ndata: c\n\n", events: ["=a\nb\nc"]),
  Row(text: "event: e\ndata: x\n\ndata: y\n\n", events: ["e=x", "=y"]),
  Row(text: "data: x\nevent: e\n\n", events: ["e=x"]),
  Row(text: "event: a\nevent: b\ndata: x\n\n", events: ["b=x"]),
  Row(text: "event: lonely\n\ndata: x\n\n", events: ["=x"]),
  Row(text: ": comment\ndata: x\n: another\n\n", events: ["=x"]),
  Row(text: ":\n\n:\n\ndata: x\n\n", events: ["=x"]),
  Row(text: "id: 1\nretry: 10\nobfuscation: zz\nnocolon\ndata: x\n\n", events: ["=x"]),
  Row(text: "Data: x\n\n data: x\n\ndatax: y\n\n", events: []),
  Row(text: "data: x\n\n\n\n\ndata: y\n\n", events: ["=x", "=y"]),
  Row(text: "data: x\r\n\r\ndata: y\r\n\r\n", events: ["=x", "=y"]),
  Row(text: "data: x\r\rdata: y\n\r\n", events: ["=x", "=y"]),
  Row(text: "\u{FEFF}data: x\n\n", events: ["=x"]),
  Row(text: "\u{FEFF}\u{FEFF}data: x\n\n", events: []),
  Row(text: "data: x\n\n\u{FEFF}data: y\n\n", events: ["=x"]),
  Row(text: "data: \u{FEFF}é😀\n\n", events: ["=\u{FEFF}é😀"]),
  Row(text: "data: a\u{2028}b\u{85}c\u{C}d\n\n", events: ["=a\u{2028}b\u{85}c\u{C}d"]),
  Row(text: "data: unfinished", events: []),
  Row(text: "data: unfinished\n", events: []),
]
