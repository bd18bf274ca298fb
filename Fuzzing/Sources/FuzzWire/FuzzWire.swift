// What libFuzzer calls with bytes of its own making. `LLMGW_FUZZ` names the decoder; the first byte says how the rest
// is cut into pieces. A crash, a hang or a difference between whole and cut is a finding.

import Glibc
import Wire

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  target.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

private let target = Target(named: getenv("LLMGW_FUZZ").map { String(cString: $0) } ?? "")

private enum Target {
  case json
  case events
  case frames
  case vectors
  case reply(DialectName)
  case stream(DialectName)
  case request(DialectName)

  /// `json`, `events`, `frames`, `vectors`, or a dialect's `reply-`, `stream-` and `request-`.
  init(named name: String) {
    let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
    let dialect = parts.count == 2 ? DialectName(rawValue: parts[1]) : nil
    switch (parts.first, dialect) {
    case ("json", nil): self = .json
    case ("events", nil): self = .events
    case ("frames", nil): self = .frames
    case ("vectors", nil): self = .vectors
    case ("reply", let dialect?): self = .reply(dialect)
    case ("stream", let dialect?): self = .stream(dialect)
    case ("request", let dialect?) where dialect.served != nil: self = .request(dialect)
    default:
      say("LLMGW_FUZZ names no decoder: \(name)")
      exit(2)
    }
  }

  func run(_ input: [UInt8]) {
    let size = Int(input.first ?? 0)
    let body = Array(input.dropFirst())
    switch self {
    case .json: parse(body)
    case .events: readEvents(body, size)
    case .frames: readFrames(body, size)
    case .vectors: readVectors(body)
    case .reply(let name):
      _ = try? name.dialect.decodeReply(body, quirks: everyQuirk)
      if let served = name.served { readPlainly(served, body) }
      _ = name.dialect.decodeFailure(status: 400 + size, body: body)
    case .stream(let name):
      // Tags of thinking keep chunks from being compared with the one before.
      let quirks = size % 2 == 0 ? everyQuirk : Quirks()
      let whole = decode(name.dialect, [body], quirks)
      let cut = decode(name.dialect, pieces(of: body, size), quirks)
      // A refusal may come earlier or later; what is told of a whole answer may not differ.
      if let whole, let cut { expect(whole == cut, "the answer depends on how the bytes are cut") }
      if let whole {
        let read = decode(name.dialect, [unlikeEachOther(body)], quirks)
        expect(read == whole, "chunks that are compared tell something else than chunks that are read")
      }
      if let served = name.served { forward(served, body, size) }
    case .request(let name):
      guard let served = name.served else { return }
      translate(served, from: name, body)
    }
  }
}

/// What departs from a dialect, so that the code for it is reached.
private let everyQuirk: Quirks = {
  var quirks = Quirks()
  quirks.thinkTags = true
  quirks.reasoningDetailsField = "reasoning_details"
  quirks.usageEnvelope = "x_groq"
  quirks.costField = "cost"
  return quirks
}()

/// What is read of an answer in one pass is what its tree says.
private func readPlainly(_ dialect: any ServedDialect.Type, _ body: [UInt8]) {
  guard let plain = dialect.readPlainReply(body, quirks: Quirks()) else { return }
  var read = try? dialect.decodeReply(body, quirks: Quirks())
  read?.extras = JSONObject()
  read?.logprobs = []
  expect(read == plain, "a plain answer is read otherwise than its tree")
}

private func parse(_ body: [UInt8]) {
  guard let json = try? JSON.parse(body) else { return }
  let written = json.bytes
  expect((try? JSON.parse(written)) == json, "what was written is read otherwise")
  guard json.object != nil else { return }
  expect((try? JSON.splicing([("model", "m")], into: body)) != nil, "an object was not spliced")
}

private func readEvents(_ body: [UInt8], _ size: Int) {
  func decode(_ pieces: [[UInt8]]) -> [ServerSentEvent] {
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    for piece in pieces { try? decoder.decode(piece, into: &events) }
    if let last = decoder.finish() { events.append(last) }
    return events
  }
  expect(decode([body]) == decode(pieces(of: body, size)), "events depend on how the bytes are cut")
}

private func readFrames(_ body: [UInt8], _ size: Int) {
  var decoder = AWSEventStreamDecoder()
  var messages: [AWSEventStreamMessage] = []
  for piece in pieces(of: body, size) {
    guard (try? decoder.decode(piece, into: &messages)) != nil else { return }
  }
}

/// Answers and requests of what is no chat, in each format that has them.
private func readVectors(_ body: [UInt8]) {
  for format in EmbeddingFormat.allCases {
    if let reply = try? format.dialect.decodeEmbeddings(body, quirks: Quirks()) { expectSame(reply) }
    if let request = try? format.served?.decodeEmbeddingRequest(body, at: RequestAddress(model: "m")) {
      for other in EmbeddingFormat.allCases { _ = try? other.dialect.encode(request, quirks: Quirks()) }
    }
  }
  for format in RerankFormat.allCases { _ = try? format.decodeReply(body, quirks: Quirks()) }
  if let request = try? RerankFormat.decodeRequest(body) {
    for format in RerankFormat.allCases { _ = format.encode(request, quirks: Quirks()) }
  }
}

private func expectSame(_ reply: EmbeddingReply) {
  for encoding in VectorEncoding.allCases {
    var request = EmbeddingRequest(model: "m", inputs: [])
    request.encoding = encoding
    let written = OpenAIEmbeddings.encodeEmbeddings(reply, answering: request)
    let read = try? OpenAIEmbeddings.decodeEmbeddings(written, quirks: Quirks())
    expect(read?.vectors == reply.vectors, "vectors are read otherwise than they were written")
  }
}

/// The same stream with white space in each chunk that makes it unlike the one before, so that all have to be read.
private func unlikeEachOther(_ body: [UInt8]) -> [UInt8] {
  let opening = Array("data: {".utf8)
  var result: [UInt8] = []
  var (chunks, index) = (0, 0)
  while index < body.count {
    let startsLine = index == 0 || body[index - 1] == 0x0A
    guard startsLine, body[index...].starts(with: opening) else {
      result.append(body[index])
      index += 1
      continue
    }
    chunks += 1
    result += opening + [UInt8](repeating: 0x20, count: chunks)
    index += opening.count
  }
  return result
}

private func decode(_ dialect: any Dialect.Type, _ pieces: [[UInt8]], _ quirks: Quirks) -> ChatReply? {
  var decoder: any StreamDecoding = dialect.makeStreamDecoder(quirks: quirks)
  var builder = ChatReplyBuilder()
  do {
    for piece in pieces {
      var events: [ChatEvent] = []
      try decoder.decode(piece, into: &events)
      for event in events { try builder.add(event) }
    }
    var events: [ChatEvent] = []
    try decoder.finish(into: &events)
    for event in events { try builder.add(event) }
    return builder.reply
  } catch {
    return nil
  }
}

/// The bytes must come out as they went in.
///
/// What was read of them is what they say, and can be told in every format.
private func forward<Format: ServedDialect>(_ format: Format.Type, _ body: [UInt8], _ size: Int) {
  var stream = ForwardedStream<Format>(size % 2 == 0 ? .everything : .books, quirks: everyQuirk)
  var pieces: [ForwardedStream<Format>.Piece] = []
  var events: [ChatEvent] = []
  var isRead = true
  for piece in FuzzWire.pieces(of: body, size) {
    isRead = (try? stream.read(piece, into: &pieces, events: &events)) != nil && isRead
  }
  isRead = (try? stream.finish(into: &pieces, events: &events)) != nil && isRead
  if isRead, size % 2 == 0 {
    var builder = ChatReplyBuilder()
    let isWhole = (try? events.forEach { try builder.add($0) }) != nil
    let read = isWhole ? builder.reply : nil
    expect(read == decode(Format.self, [body], everyQuirk), "of a forwarded stream something else was read")
  }
  let forwarded = pieces.flatMap { piece in
    switch piece {
    case .bytes(let bytes), .usageEvent(let bytes): bytes
    }
  }
  expect(forwarded == body, "a forwarded stream was changed")
  for name in DialectName.allCases {
    if let served = name.served { tell(served, events) }
  }
}

/// As an answer of an unknown format, and of each: only its own client gets what others have no words for.
private func tell<Format: ServedDialect>(_ format: Format.Type, _ events: [ChatEvent]) {
  for source in [nil] + DialectName.allCases.filter({ $0.served != nil }) {
    let client = ClientRequest(ChatRequest(model: "m", messages: []), wantsStreamUsage: true)
    let heading = ReplyHeading(id: "r", answering: client, createdAt: 0, from: source)
    var encoder = Format.makeStreamEncoder(under: heading)
    var bytes: [UInt8] = []
    encoder.encode(events, into: &bytes)
    encoder.finish(into: &bytes)
  }
}

private func translate<Format: ServedDialect>(_ format: Format.Type, from name: DialectName, _ body: [UInt8]) {
  guard let client = try? Format.decodeRequest(body, at: RequestAddress(model: "m")) else { return }
  for provider in DialectName.allCases {
    let step = Translation.request(of: client, from: name, to: provider)
    _ = try? provider.dialect.encode(step.request, to: ModelTraits(), quirks: everyQuirk)
  }
  expect((try? Format.forward(body, model: "m", quirks: Quirks())) != nil, "a request that was read was not forwarded")
}

private func pieces(of body: [UInt8], _ size: Int) -> [[UInt8]] {
  let size = max(size, 1)
  return stride(from: 0, to: body.count, by: size).map { Array(body[$0..<min($0 + size, body.count)]) }
}

private func expect(_ isTrue: Bool, _ what: String) {
  guard !isTrue else { return }
  say(what)
  abort()
}

private func say(_ text: String) {
  let line = Array("\(text)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}
