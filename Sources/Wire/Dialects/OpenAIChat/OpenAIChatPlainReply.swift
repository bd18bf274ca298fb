// A whole answer that is forwarded as it came, read for the books: where it lies, without a tree of it.

extension OpenAIChat {
  public static func readPlainReply(_ body: [UInt8], quirks: Quirks) -> ChatReply? {
    // These look for what they want in more places than a plain answer has.
    guard !quirks.thinkTags, quirks.usageEnvelope == nil, var reader = try? PlainReplyReader(body) else { return nil }
    return try? reader.read(quirks)
  }
}

/// Walks an answer and gives up at the first thing that is more than one text.
private struct PlainReplyReader {
  private var scanner: JSONScanner
  private var reply = ChatReply()
  private var usage: JSON?
  private var serviceTier: String?
  private var text: String?
  private var hasChoice = false
  private var hasMessage = false

  init(_ body: [UInt8]) throws(WireError) { scanner = try JSONScanner(body[...]) }

  mutating func read(_ quirks: Quirks) throws(WireError) -> ChatReply? {
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "id": reply.id = try scanner.string()
      case "model": reply.model = try scanner.string()
      case "service_tier": serviceTier = try scanner.string()
      case "usage": usage = try scanner.value()
      case "choices": guard try readChoices() else { return nil }
      default: break
      }
    }
    try scanner.finish()
    guard hasChoice else { return nil }
    if reply.id?.isEmpty == true { reply.id = nil }
    if reply.model?.isEmpty == true { reply.model = nil }
    if let text, !text.isEmpty { reply.content = [ContentPart(.text(text))] }
    reply.usage = usage.flatMap { OpenAIChatUsage.decode($0, serviceTier: serviceTier, quirks: quirks) }
    return reply
  }

  /// False when there is more than one choice, or more in it than a text.
  private mutating func readChoices() throws(WireError) -> Bool {
    guard !hasChoice, try scanner.kind() == .array else { return false }
    hasChoice = true
    try scanner.enterArray()
    guard try scanner.nextElement(), try scanner.kind() == .object else { return false }
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "message": guard try readMessage() else { return false }
      case "finish_reason": reply.finish = try scanner.string().flatMap { Finish(openAIChatWord: $0) }
      default: break
      }
    }
    return try !scanner.nextElement()
  }

  private mutating func readMessage() throws(WireError) -> Bool {
    guard !hasMessage, try scanner.kind() == .object else { return false }
    hasMessage = true
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "role": break
      case "content":
        let kind = try scanner.kind()
        guard kind == .string || kind == .null else { return false }
        text = try scanner.string()
      default: guard try saysNothing() else { return false }
      }
    }
    return true
  }

  /// Whether the next value is one that providers write for what is not there: null, an empty text, an empty list.
  private mutating func saysNothing() throws(WireError) -> Bool {
    switch try scanner.kind() {
    case .null: return true
    case .string: return try scanner.stringBytes()?.isEmpty == true
    case .array:
      try scanner.enterArray()
      return try !scanner.nextElement()
    case .bool, .number, .object: return false
    }
  }
}
