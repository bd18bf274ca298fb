// The `delta` of a chunk: pieces of thinking, text, refusal, media and tool calls.

struct OpenAIChatDeltaDecoder: Sendable {
  private let reasoningFields: [[UInt8]]
  private let detailsField: [UInt8]
  private var splitter: ThinkTagSplitter?
  private var calls = OpenAIChatCallTracker()
  /// What was told last of the block of thinking.
  private var blockExtras = JSONObject()
  private var messageRest = NotedMembers()
  /// What the choices of the chunks say besides.
  var choiceRest = NotedMembers()
  /// Where the one piece of text stands that was told as it is written; `nil` when there was none, or more.
  var textPlace: Range<Int>?

  /// The id of the answer, for calls that come without one.
  var replyID: String? {
    get { calls.replyID }
    set { calls.replyID = newValue }
  }

  init(quirks: Quirks) {
    reasoningFields = OpenAIChatReasoning.fields(quirks).map { Array($0.utf8) }
    detailsField = Array(OpenAIChatReasoning.detailsField(quirks).utf8)
    splitter = quirks.thinkTags ? ThinkTagSplitter() : nil
  }

  /// What a delta holds, in the order in which it is told whatever the order on the wire.
  private struct Pieces {
    var reasoning: (rank: Int, text: String)?
    var details: [JSON] = []
    var content: [ChatEvent] = []
    var refusal = ""
    var media: [ContentPart] = []
    var calls: [OpenAIChatCallDelta] = []
  }

  /// Reads one delta.
  mutating func decode(_ bytes: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    var scanner = try JSONScanner(bytes)
    var pieces = Pieces()
    try scanner.enterObject()
    while let name = try scanner.nextMember() { try read(name, &scanner, &pieces) }
    tellReasoning(pieces, into: &events)
    for event in pieces.content { tell(event, into: &events) }
    if !pieces.refusal.isEmpty { events.append(.refusal(pieces.refusal)) }
    for part in pieces.media { events.append(.part(part)) }
    for call in pieces.calls { try calls.add(call, into: &events) }
  }

  /// Tells what was held back, at the stream's end.
  mutating func finish(into events: inout [ChatEvent]) {
    if let piece = splitter?.finish() { events.append(Self.event(piece)) }
    calls.finish(into: &events)
  }

  /// What the message and its choice said besides.
  mutating func takeExtras() -> JSONObject {
    OpenAIChatExtras.join(message: messageRest.take(), choice: choiceRest.take())
  }

  private mutating func read(
    _ name: ArraySlice<UInt8>, _ scanner: inout JSONScanner, _ pieces: inout Pieces
  ) throws(WireError) {
    switch name {
    case "content": try readContent(&scanner, &pieces)
    case "tool_calls": try readCalls(&scanner, &pieces)
    case "refusal": pieces.refusal = try scanner.string() ?? ""
    case "role": break
    case "function_call":
      if let call = OpenAIChatCallDelta(legacy: try scanner.value()) { pieces.calls.append(call) }
    case "images", "audio": readMedia(try scanner.value(), &pieces)
    default:
      if let rank = reasoningFields.firstIndex(where: { name.elementsEqual($0) }) {
        guard let text = try scanner.string(), !text.isEmpty else { return }
        textPlace = pieces.reasoning == nil ? scanner.stringPlace : nil
        if pieces.reasoning.map({ rank < $0.rank }) ?? true { pieces.reasoning = (rank, text) }
      } else if name.elementsEqual(detailsField) {
        pieces.details = try scanner.value().array ?? []
      } else if try scanner.kind() != .null {
        try messageRest.note(name, &scanner)
      }
    }
  }

  // MARK: Content

  private mutating func readContent(_ scanner: inout JSONScanner, _ pieces: inout Pieces) throws(WireError) {
    guard try scanner.kind() == .array else {
      guard let text = try scanner.string(), !text.isEmpty else { return }
      pieces.content.append(.text(text))
      // Tags may be cut in two between chunks: then a text is not told as it comes.
      textPlace = splitter == nil ? scanner.stringPlace : nil
      return
    }
    for item in try scanner.value().array ?? [] {
      switch item["type"]?.string {
      case "thinking":
        let text = OpenAIChatReasoning.text(ofThinking: item)
        if !text.isEmpty { pieces.content.append(.reasoning(text)) }
      case let type? where item["text"]?.string == nil:
        pieces.content.append(.part(ContentPart(.other(type: type, item))))
      default:
        let text = item.string ?? item["text"]?.string ?? ""
        if !text.isEmpty { pieces.content.append(.text(text)) }
      }
    }
  }

  private func readMedia(_ json: JSON, _ pieces: inout Pieces) {
    var message = OpenAIChatMessageDecoder(replyID: nil, quirks: Quirks())
    message.decode(json.array == nil ? .object(["audio": json]) : .object(["images": json]))
    pieces.media += message.content
  }

  private mutating func tell(_ event: ChatEvent, into events: inout [ChatEvent]) {
    guard case .text(let text) = event, splitter != nil else { return events.append(event) }
    for piece in splitter?.split(text) ?? [] { events.append(Self.event(piece)) }
  }

  private static func event(_ piece: ThinkTagSplitter.Piece) -> ChatEvent {
    switch piece {
    case .reasoning(let text): .reasoning(text)
    case .text(let text): .text(text)
    }
  }

  // MARK: Thinking

  private mutating func tellReasoning(_ pieces: Pieces, into events: inout [ChatEvent]) {
    if let (_, text) = pieces.reasoning { events.append(.reasoning(text)) }
    for detail in pieces.details {
      let before = events.count
      // The same text as in the plain field, where there is one.
      if pieces.reasoning == nil, let text = detail["text"]?.string ?? detail["summary"]?.string, !text.isEmpty {
        events.append(.reasoning(text))
      }
      if let signature = detail["signature"]?.string, !signature.isEmpty {
        events.append(.reasoningSignature(Seal(signature, of: OpenAIChatReasoning.family(of: detail))))
      }
      if let data = detail["data"]?.string, !data.isEmpty {
        events.append(.encryptedReasoning(Seal(data, of: OpenAIChatReasoning.family(of: detail))))
      }
      let extras = OpenAIChatReasoning.extras(of: detail)
      // Each piece repeats what its block says of itself.
      guard extras != blockExtras, events.count > before || pieces.reasoning != nil else { continue }
      blockExtras = extras
      if !extras.isEmpty { events.append(.partExtras(extras)) }
    }
  }

  // MARK: Calls

  private func readCalls(_ scanner: inout JSONScanner, _ pieces: inout Pieces) throws(WireError) {
    guard try scanner.kind() == .array else { return }
    try scanner.enterArray()
    while try scanner.nextElement() {
      if try scanner.kind() == .object { pieces.calls.append(try OpenAIChatCallDelta(&scanner)) }
    }
  }
}
