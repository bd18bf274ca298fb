// A streamed answer to events. The many deltas are read where they lie; the few other events become values.
// `messageStop` makes the answer complete; usage comes after it.

/// Reads `messageStart` … `messageStop`, `metadata`.
public struct BedrockConverseStreamDecoder: StreamDecoding {
  private var framing = AWSEventStreamDecoder()
  private var pending: [AWSEventStreamMessage] = []
  public private(set) var isComplete = false
  private var blocks: [Int: Block] = [:]
  private var blockCount = 0
  private var calls = 0
  private var answersByTool = false
  private var callsTools = false
  private var extras = JSONObject()

  /// More blocks than this, or more pieces in one that is held, are no answer.
  private static let mostBlocks = 1024
  private static let mostHeldPieces = 4096
  private static let mostHeldBytes = 16 << 20

  public init() {}

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    pending.removeAll(keepingCapacity: true)
    // What came whole before a broken frame is told.
    let framed = Result { () throws(WireError) in try framing.decode(bytes, into: &pending) }
    for index in pending.indices { try read(pending[index], into: &events) }
    try framed.get()
  }

  /// A frame that was cut is not read; `isComplete` then tells.
  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    if !extras.isEmpty { events.append(.extras(extras)) }
    extras = JSONObject()
  }

  /// A block that has begun and not ended.
  private struct Block: Sendable {
    enum Kind: Sendable {
      case text, thinking
      case call(index: Int)
      /// A call that stands for the answer: its arguments are the text.
      case answer
      /// A block that is told when it is whole: its type, and what its start said.
      case held(type: String, JSON)
    }
    var kind: Kind
    /// The citations of a text, or the pieces of a block that is held.
    var pieces: [JSON] = []
    var bytes = 0
  }

  // MARK: Events

  private mutating func read(_ message: AWSEventStreamMessage, into events: inout [ChatEvent]) throws(WireError) {
    guard message.text(":message-type")?.equals("event") ?? true else {
      return events.append(.failed(message.failure))
    }
    switch message.text(":event-type") ?? [] {
    case "contentBlockDelta": try readDelta(message.payload, into: &events)
    case "contentBlockStart": try startBlock(try JSON.parse(message.payload), into: &events)
    case "contentBlockStop": stopBlock(try JSON.parse(message.payload)["contentBlockIndex"]?.int ?? 0, into: &events)
    case "messageStop":
      isComplete = true
      let stop = try JSON.parse(message.payload)
      note(stop)
      let word = stop["stopReason"]?.string
      if let finish = Finish(converseWord: word, answersByTool: answersByTool && !callsTools) {
        events.append(.finished(finish))
      }
    case "metadata":
      let metadata = try JSON.parse(message.payload)
      note(metadata)
      if let usage = BedrockConverseUsage.decode(metadata) { events.append(.usage(usage)) }
    default: break  // `messageStart`, which names nothing, and events of a later version
    }
  }

  private mutating func note(_ json: JSON) {
    extras.overlay(json.object?.rest(besides: BedrockConverse.held) ?? JSONObject())
  }

  // MARK: Blocks

  private mutating func begin(_ kind: Block.Kind, at index: Int) throws(WireError) {
    guard blockCount < Self.mostBlocks else { throw WireError(offset: 0, "more than \(Self.mostBlocks) blocks") }
    blockCount += 1
    blocks[index] = Block(kind: kind)
  }

  private mutating func startBlock(_ event: JSON, into events: inout [ChatEvent]) throws(WireError) {
    let index = event["contentBlockIndex"]?.int ?? 0
    guard let start = event["start"]?.object?.members.first(where: { !$0.value.isNull }) else { return }
    if BedrockConverseBlock.isAnswer(start.value), start.name == "toolUse" {
      answersByTool = true
      try begin(.answer, at: index)
    } else if start.name == "toolUse" {
      let kind = BedrockConverseBlock.kind(ofToolUse: start.value)
      events.append(
        .toolCallStarted(
          index: calls, id: start.value["toolUseId"]?.string ?? "", name: start.value["name"]?.string ?? "",
          kind: kind))
      let extras = BedrockConverseBlock.extras(ofToolUse: start.value)
      if !extras.isEmpty { events.append(.partExtras(extras)) }
      try begin(.call(index: calls), at: index)
      calls += 1
      if kind == .function { callsTools = true }
    } else {
      try begin(.held(type: start.name, start.value), at: index)
    }
  }

  private mutating func stopBlock(_ index: Int, into events: inout [ChatEvent]) {
    guard let block = blocks.removeValue(forKey: index) else { return }
    switch block.kind {
    case .text:
      if !block.pieces.isEmpty { events.append(.part(BedrockConverseBlock.citations(block.pieces))) }
    case .held(let type, let start):
      var whole = start.object ?? JSONObject()
      // A result's deltas are lists of its content.
      let content = block.pieces.flatMap { $0.array ?? [$0] }
      if !content.isEmpty { whole["content"] = .array(content) }
      events.append(.part(BedrockConverseBlock.other(type, .object(JSONObject([(type, .object(whole))])))))
    case .thinking, .call, .answer: break
    }
  }

  // MARK: Deltas

  private mutating func readDelta(_ payload: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    var scanner = try JSONScanner(payload)
    var index = 0
    var delta: ArraySlice<UInt8>?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "contentBlockIndex": index = try scanner.int() ?? 0
      case "delta": delta = try scanner.kind() == .object ? try scanner.raw() : nil
      default: break  // `p` is padding that hides how long the piece is
      }
    }
    try scanner.finish()
    guard let delta else { return }
    scanner = try JSONScanner(delta)
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "text": try addText(try scanner.string() ?? "", to: index, into: &events)
      case "toolUse": try readCall(&scanner, index, into: &events)
      case "reasoningContent": try readReasoning(&scanner, index, into: &events)
      default: try readOther(name.text, try scanner.raw(), index, into: &events)
      }
    }
  }

  private mutating func addText(
    _ text: String, to index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    if blocks[index] == nil {
      // A text has no start of its own.
      if blockCount > 0 { events.append(.textPartStarted) }
      try begin(.text, at: index)
    }
    if !text.isEmpty { events.append(.text(text)) }
  }

  private mutating func readCall(
    _ scanner: inout JSONScanner, _ index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      guard case "input" = name, let piece = try scanner.string(), !piece.isEmpty else { continue }
      switch blocks[index]?.kind {
      case .call(let call): events.append(.toolArguments(index: call, piece))
      case .answer: events.append(.text(piece))
      default: throw WireError(offset: 0, "input for a block that is no call")
      }
    }
  }

  private mutating func readReasoning(
    _ scanner: inout JSONScanner, _ index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    if blocks[index] == nil {
      if blockCount > 0 { events.append(.textPartStarted) }
      try begin(.thinking, at: index)
    }
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "text": if let text = try scanner.string(), !text.isEmpty { events.append(.reasoning(text)) }
      case "signature":
        if let text = try scanner.string(), !text.isEmpty {
          events.append(.reasoningSignature(Seal(text, of: .anthropic)))
        }
      case "redactedContent":
        if let text = try scanner.string() { events.append(.encryptedReasoning(Seal(redactedContent: text))) }
      default: break
      }
    }
  }

  /// A piece of a block that is held, a citation, or something nobody knows, which is told as it is.
  private mutating func readOther(
    _ name: String, _ raw: ArraySlice<UInt8>, _ index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    let value = try JSON.parse(raw)
    let isPiece =
      switch blocks[index]?.kind {
      case .held(name, _): true
      case .text: name == "citation"
      default: false
      }
    guard isPiece, let block = blocks[index] else {
      return events.append(.part(BedrockConverseBlock.other("\(name)_delta", .object(JSONObject([(name, value)])))))
    }
    guard block.pieces.count < Self.mostHeldPieces, block.bytes + raw.count <= Self.mostHeldBytes else {
      throw WireError(offset: 0, "more pieces of one block than allowed")
    }
    blocks[index]?.bytes += raw.count
    blocks[index]?.pieces.append(value)
  }
}

extension AWSEventStreamMessage {
  /// What a frame that is no event tells: an exception by its type, or an error by its code.
  var failure: ProviderFailure {
    var said = (try? JSON.parse(payload))?.object ?? JSONObject()
    if let message = text(":error-message") { said["message"] = .string(message.text) }
    if let code = text(":exception-type") ?? text(":error-code") { said["code"] = .string(code.text) }
    return FailureBody(.object(said)).failure(status: 200)
  }
}
