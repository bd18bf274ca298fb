// A streamed answer to events. The many deltas are read where they lie; the few other events become values.
// Only `message_stop` makes the answer complete.

/// Reads `message_start` … `message_stop`.
public struct AnthropicMessagesStreamDecoder: StreamDecoding {
  private var framing = ServerSentEventDecoder()
  public private(set) var isComplete = false
  private var blocks: [Int: Block] = [:]
  private var calls = 0
  private var hasBegun = false
  private var answersByTool = false
  private var callsTools = false
  /// `message_start` overlaid with each `message_delta`: counts are repeated there, never added to.
  private var usage = JSONObject()
  private var extras = JSONObject()
  private var pattern = ChunkPattern()

  /// More blocks than this at once, or more calls, are no answer.
  private static let mostBlocks = 1024
  private static let mostHeldBytes = 1 << 20

  public init() {}

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    var start = 0
    while true {
      if decodeRepeat(in: bytes, from: &start, isJoining: false, into: &events) { continue }
      guard let event = try framing.next(in: bytes, from: &start) else { return }
      try read(event.data, in: framing.place.map { bytes[$0] }, into: &events)
    }
  }

  public mutating func decodeRepeat(
    in bytes: [UInt8], from start: inout Int, isJoining: Bool, into events: inout [ChatEvent]
  ) -> Bool {
    let first = start
    guard !isComplete, framing.isBetweenEvents, let event = pattern.event(in: bytes, from: &start, isJoining: isJoining)
    else { return false }
    framing.pass(start - first)
    events.append(event)
    return true
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    // The body may have been cut inside the last event; `isComplete` then tells.
    if let last = framing.finish() { try? read(last.data, into: &events) }
  }

  /// A block that has begun and not ended.
  private struct Block: Sendable {
    enum Kind: Sendable {
      case text, thinking
      case call(index: Int)
      /// A call that stands for the answer: its arguments are the text.
      case answer
      /// A block that takes arguments but is no call we know; told when they are whole.
      case held(JSONObject)
      case other
    }
    var kind: Kind
    /// Arguments that came whole with the start; told at the end if no pieces followed.
    var wholeArguments: String?
    var heldArguments = ""
    /// What the block says besides; told when it ends, as its citations are, so that the text is not cut up.
    var extras = JSONObject()
    var citations: [JSON] = []
  }

  // MARK: Events

  /// Reads the data of one event, which came in `frame` if that is known.
  mutating func read(
    _ data: ArraySlice<UInt8>, in frame: ArraySlice<UInt8>? = nil, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard !isComplete else { return }
    if let event = pattern.event(of: data) { return events.append(event) }
    let told = events.count
    var text: Range<Int>?
    defer { pattern.learn(data, in: frame, telling: events[told...], text: text) }
    var scanner = try JSONScanner(data)
    var type: ArraySlice<UInt8> = []
    var index = 0
    var delta: ArraySlice<UInt8>?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "type": type = try scanner.stringBytes() ?? []
      case "index": index = try scanner.int() ?? 0
      case "delta": delta = try scanner.kind() == .object ? try scanner.raw() : nil
      default: break
      }
    }
    try scanner.finish()
    switch type {
    case "content_block_delta": if let delta { text = try readDelta(delta, of: index, into: &events) }
    case "content_block_start": try startBlock(try JSON.parse(data)["content_block"] ?? .null, index, into: &events)
    case "content_block_stop": stopBlock(index, into: &events)
    case "message_start": startMessage(try JSON.parse(data)["message"] ?? .null, into: &events)
    case "message_delta": changeMessage(try JSON.parse(data), into: &events)
    case "message_stop": isComplete = true
    case "error": events.append(.failed(FailureBody(try JSON.parse(data)).failure(status: 200)))
    default: break  // `ping`, and events of a later version
    }
  }

  private mutating func startMessage(_ message: JSON, into events: inout [ChatEvent]) {
    events.append(.started(id: message["id"]?.string, model: message["model"]?.string))
    note(message)
    overlay(message["usage"], into: &events)
  }

  private mutating func changeMessage(_ event: JSON, into events: inout [ChatEvent]) {
    let delta = event["delta"]
    let finish = Finish(
      anthropicWord: delta?["stop_reason"]?.string, stopText: delta?["stop_sequence"]?.string,
      answersByTool: answersByTool && !callsTools)
    if let finish { events.append(.finished(finish)) }
    overlay(event["usage"], into: &events)
    note(delta)
    note(event)
    if !extras.isEmpty { events.append(.extras(extras)) }
    extras = JSONObject()
  }

  private mutating func note(_ json: JSON?) {
    extras.overlay(json?.object?.rest(besides: AnthropicMessages.heldOfMessage) ?? JSONObject())
  }

  private mutating func overlay(_ json: JSON?, into events: inout [ChatEvent]) {
    guard let members = json?.object?.members else { return }
    for member in members where !member.value.isNull { usage[member.name] = member.value }
    events.append(.usage(AnthropicMessagesUsage.decode(usage)))
  }

  // MARK: Blocks

  private mutating func startBlock(_ block: JSON, _ index: Int, into events: inout [ChatEvent]) throws(WireError) {
    guard blocks.count < Self.mostBlocks, calls < Self.mostBlocks else {
      throw WireError(offset: 0, "more than \(Self.mostBlocks) blocks")
    }
    let type = block["type"]?.string ?? ""
    switch type {
    case "text":
      beginPart(into: &events)
      blocks[index] = Block(kind: .text)
      if let text = block["text"]?.string, !text.isEmpty { events.append(.text(text)) }
    case "thinking":
      beginPart(into: &events)
      blocks[index] = Block(kind: .thinking)
      if let text = block["thinking"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
    case "redacted_thinking":
      blocks[index] = Block(kind: .other)
      events.append(.encryptedReasoning(Seal(block["data"]?.string ?? "", of: .anthropic)))
    case "tool_use", "server_tool_use": startCall(block, type, index, into: &events)
    default: startOther(block, index, into: &events)
    }
    if case .text = blocks[index]?.kind { noteExtras(of: block, at: index) }
    if case .thinking = blocks[index]?.kind { noteExtras(of: block, at: index) }
    if case .call = blocks[index]?.kind { noteExtras(of: block, at: index) }
    hasBegun = true
  }

  private mutating func noteExtras(of block: JSON, at index: Int) {
    blocks[index]?.extras = block.object?.rest(besides: AnthropicMessagesBlock.heldOfBlock) ?? JSONObject()
  }

  private mutating func beginPart(into events: inout [ChatEvent]) {
    if hasBegun { events.append(.textPartStarted) }
  }

  private mutating func startCall(_ block: JSON, _ type: String, _ index: Int, into events: inout [ChatEvent]) {
    let input = block["input"]?.object ?? JSONObject()
    let whole = input.isEmpty ? nil : block["input"]?.text
    if block.isAnswerByTool {
      answersByTool = true
      blocks[index] = Block(kind: .answer, wholeArguments: whole)
      return
    }
    events.append(
      .toolCallStarted(
        index: calls, id: block["id"]?.string ?? "", name: block["name"]?.string ?? "",
        kind: type == "tool_use" ? .function : .atProvider))
    blocks[index] = Block(kind: .call(index: calls), wholeArguments: whole)
    calls += 1
    if type == "tool_use" { callsTools = true }
  }

  private mutating func startOther(_ block: JSON, _ index: Int, into events: inout [ChatEvent]) {
    if let object = block.object, object["input"] != nil {
      blocks[index] = Block(kind: .held(object))
      return
    }
    blocks[index] = Block(kind: .other)
    if let part = AnthropicMessagesBlock.part(block) { events.append(.part(part)) }
  }

  private mutating func stopBlock(_ index: Int, into events: inout [ChatEvent]) {
    guard var block = blocks.removeValue(forKey: index) else { return }
    if !block.citations.isEmpty { block.extras[AnthropicMessagesBlock.citations] = .array(block.citations) }
    defer { if !block.extras.isEmpty { events.append(.partExtras(block.extras)) } }
    switch block.kind {
    case .call(let call): if let whole = block.wholeArguments { events.append(.toolArguments(index: call, whole)) }
    case .answer: if let whole = block.wholeArguments { events.append(.text(whole)) }
    case .held(var object):
      // What is no JSON is kept as the text it is.
      let held = block.heldArguments
      if !held.isEmpty { object["input"] = (try? JSON.parse(held)) ?? .string(held) }
      if let part = AnthropicMessagesBlock.part(.object(object)) { events.append(.part(part)) }
    case .text, .thinking, .other: break
    }
  }

  // MARK: Deltas

  /// Reads a delta and tells where its text stands.
  private mutating func readDelta(
    _ bytes: ArraySlice<UInt8>, of index: Int, into events: inout [ChatEvent]
  ) throws(WireError) -> Range<Int>? {
    var scanner = try JSONScanner(bytes)
    var isKnown = true
    var place: Range<Int>?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      let told = events.count
      defer { if events.count > told { place = scanner.stringPlace } }
      switch name {
      case "text": if let text = try scanner.nonEmptyString() { events.append(.text(text)) }
      case "thinking": if let text = try scanner.nonEmptyString() { events.append(.reasoning(text)) }
      case "signature":
        if let text = try scanner.nonEmptyString() { events.append(.reasoningSignature(Seal(text, of: .anthropic))) }
      case "partial_json": try addArguments(try scanner.string() ?? "", to: index, into: &events)
      case "type": isKnown = Self.isKnown(try scanner.stringBytes() ?? [])
      case "citation": try addCitation(try JSON.parse(try scanner.raw()), to: index)
      default: break
      }
    }
    guard !isKnown else { return place }
    let delta = try JSON.parse(bytes)
    events.append(.part(ContentPart(.other(type: delta["type"]?.string ?? "", delta))))
    return place
  }

  /// The deltas whose member says all: `text`, `thinking`, ...
  ///
  /// Others are handed on as they are.
  private static func isKnown(_ delta: ArraySlice<UInt8>) -> Bool {
    switch delta {
    case "text_delta", "thinking_delta", "signature_delta", "input_json_delta", "citations_delta": true
    default: false
    }
  }

  private mutating func addCitation(_ citation: JSON, to index: Int) throws(WireError) {
    guard let count = blocks[index]?.citations.count else { return }
    guard count < Self.mostBlocks else { throw WireError(offset: 0, "more than \(Self.mostBlocks) citations") }
    blocks[index]?.citations.append(citation)
  }

  private mutating func hold(_ piece: String, at index: Int) throws(WireError) {
    guard (blocks[index]?.heldArguments.utf8.count ?? 0) + piece.utf8.count <= Self.mostHeldBytes else {
      throw WireError(offset: 0, "arguments of more than \(Self.mostHeldBytes) bytes")
    }
    blocks[index]?.heldArguments += piece
  }

  private mutating func addArguments(
    _ piece: String, to index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard !piece.isEmpty else { return }
    guard let kind = blocks[index]?.kind else { throw WireError(offset: 0, "input for a block that is not open") }
    if blocks[index]?.wholeArguments != nil { blocks[index]?.wholeArguments = nil }
    switch kind {
    case .call(let call): events.append(.toolArguments(index: call, piece))
    case .answer: events.append(.text(piece))
    case .held: try hold(piece, at: index)
    case .text, .thinking, .other: break
    }
  }
}

extension JSONScanner {
  fileprivate mutating func nonEmptyString() throws(WireError) -> String? {
    guard let text = try string(), !text.isEmpty else { return nil }
    return text
  }
}
