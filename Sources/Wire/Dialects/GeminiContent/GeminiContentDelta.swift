// What one chunk says of one candidate.

/// The members of a candidate, its content not yet read: what tells whose content it is may stand behind it.
struct GeminiContentChunk {
  private(set) var index = 0
  private(set) var content: ArraySlice<UInt8>?
  private(set) var finishReason: ArraySlice<UInt8> = []
  private(set) var sources = JSONObject()
  private(set) var logprobs: [TokenLogprob] = []
  /// What it says besides: safety ratings and the like.
  private(set) var rest: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []

  /// Reads the object that comes next.
  mutating func read(_ scanner: inout JSONScanner) throws(WireError) {
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "content": content = try scanner.kind() == .object ? try scanner.raw() : nil
      case "index": index = try scanner.int() ?? 0
      case "finishReason": finishReason = try scanner.stringBytes() ?? []
      case "logprobsResult": logprobs = [TokenLogprob](geminiResult: try scanner.value())
      case "groundingMetadata", "citationMetadata", "urlContextMetadata":
        sources[name.text] = try scanner.value()
      default: rest.append((name, try scanner.raw()))
      }
    }
  }
}

/// Tells the pieces of one candidate as events.
struct GeminiContentDelta: Sendable {
  private var calls = 0
  /// The part told last is a text that may go on.
  private var isInText = false
  /// Where the text is from: told at the end, so that the text is not cut up.
  private var sources = JSONObject()
  private var rest = NotedMembers()

  private static let mostCalls = 1024
  private static let mostCitations = 1024

  mutating func decode(
    _ chunk: GeminiContentChunk, replyID: ArraySlice<UInt8>, tell: (ChatEvent) -> Void
  ) throws(WireError) {
    if let content = chunk.content {
      var scanner = try JSONScanner(content)
      try scanner.enterObject()
      while let name = try scanner.nextMember() {
        if case "parts" = name { try readParts(&scanner, replyID, tell) }
      }
    }
    if !chunk.logprobs.isEmpty { tell(.logprobs(chunk.logprobs)) }
    for member in chunk.rest { rest.note(member.name, member.value) }
    for source in chunk.sources.members where source.value.object?.isEmpty == false { note(source) }
    guard let finish = Finish(geminiWord: chunk.finishReason.text, callsTools: calls > 0) else { return }
    tellNotes(tell)
    tell(.finished(finish))
  }

  /// Each chunk repeats what is known so far; only citations come with the text they are of.
  private mutating func note(_ source: JSONObject.Member) {
    guard source.name == "citationMetadata", var known = sources[source.name]?.object else {
      sources[source.name] = source.value
      return
    }
    for member in source.value.object?.members ?? [] {
      let before = known[member.name]?.array ?? []
      let new = (member.value.array ?? []).filter { !before.contains($0) }
      known[member.name] = .array(before + new.prefix(max(Self.mostCitations - before.count, 0)))
    }
    sources[source.name] = .object(known)
  }

  /// Tells what is known of the sources, and what was said besides, once.
  mutating func tellNotes(_ tell: (ChatEvent) -> Void) {
    let extras = GeminiContentExtras.candidate(rest.take())
    if !extras.isEmpty { tell(.extras(extras)) }
    for source in sources.members {
      if let part = ContentPart(geminiSource: source.name, source.value) { tell(.part(part)) }
    }
    sources = JSONObject()
  }

  // MARK: Parts

  private mutating func readParts(
    _ scanner: inout JSONScanner, _ replyID: ArraySlice<UInt8>, _ tell: (ChatEvent) -> Void
  ) throws(WireError) {
    guard try scanner.kind() == .array else { return }
    // Two texts in one chunk are two parts; a text that goes on comes in another chunk.
    var followsText = false
    try scanner.enterArray()
    while try scanner.nextElement() {
      guard try scanner.kind() == .object else { continue }
      let start = scanner
      if let text = try Text(&scanner) {
        if followsText, isInText, !text.isThought, !text.text.isEmpty { tell(.textPartStarted) }
        self.tell(text, tell)
        followsText = isInText
      } else {
        var part = start
        try self.tell(try part.value(), replyID, tell)
        followsText = false
      }
    }
  }

  /// A part of text or thought and nothing else, read where it lies.
  private struct Text {
    var text = ""
    var isThought = false
    var signature = ""

    /// Passes the object that comes next; `nil` when it holds something else.
    init?(_ scanner: inout JSONScanner) throws(WireError) {
      var isPlain = true
      try scanner.enterObject()
      while let name = try scanner.nextMember() {
        switch name {
        case "text": text = try scanner.string() ?? ""
        case "thought": isThought = try scanner.bool() ?? false
        case "thoughtSignature": signature = try scanner.string() ?? ""
        default: isPlain = false
        }
      }
      if !isPlain { return nil }
    }
  }

  private mutating func tell(_ text: Text, _ tell: (ChatEvent) -> Void) {
    let isSigned = !text.signature.isEmpty
    if text.isThought {
      if !text.text.isEmpty || isSigned { isInText = false }
      let block = ReasoningBlock(text: text.text, geminiSignature: text.signature)
      if !text.text.isEmpty { tell(.reasoning(text.text)) }
      if let seal = block.signature { tell(.reasoningSignature(seal)) }
      if let seal = block.encrypted { tell(.encryptedReasoning(seal)) }
      return
    }
    guard isSigned else {
      guard !text.text.isEmpty else { return }
      isInText = true
      return tell(.text(text.text))
    }
    // "Don't merge a part containing a signature with one without" (ai.google.dev/gemini-api/docs/thought-signatures).
    if isInText { tell(.textPartStarted) }
    isInText = false
    tell(.text(text.text))
    tell(.partSignature(GeminiContentSeal.read(text.signature).seal))
  }

  private mutating func tell(
    _ json: JSON, _ replyID: ArraySlice<UInt8>, _ tell: (ChatEvent) -> Void
  ) throws(WireError) {
    let madeID = OpenAIChat.madeCallID(replyID.isEmpty ? nil : replyID.text, calls)
    guard var part = GeminiContentPart.decode(json, callID: madeID) else { return }
    let signature = part.signature
    part.signature = nil
    isInText = false
    switch part.kind {
    case .toolCall(let call):
      guard calls < Self.mostCalls else { throw WireError(offset: 0, "more than \(Self.mostCalls) tool calls") }
      tell(.toolCallStarted(index: calls, id: call.id, name: call.name, kind: call.kind))
      tell(.toolArguments(index: calls, call.arguments))
      calls += 1
    case .text(let text):
      tell(.textPartStarted)
      tell(.text(text))
      isInText = signature == nil
    default:
      tell(.part(part))
      part.extras = JSONObject()
    }
    if let signature { tell(.partSignature(signature)) }
    if !part.extras.isEmpty { tell(.partExtras(part.extras)) }
  }
}
