// A streamed answer to events. `message-end` makes it complete; failures of the model are told there too.

/// Reads `message-start` … `message-end`.
public struct CohereV2StreamDecoder: StreamDecoding {
  private var framing = ServerSentEventDecoder()
  public private(set) var isComplete = false
  private var hasContent = false
  /// Our numbers of the calls, by the provider's.
  private var calls: [Int: Int] = [:]
  private var callCount = 0
  /// Told at the end, as a whole answer does: a text with citations is one text.
  private var citations: [JSON] = []
  private var citationBytes = 0

  private static let mostCalls = 1024
  private static let mostCitations = 4096
  private static let mostCitationBytes = 16 << 20

  public init() {}

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    var start = 0
    while let event = try framing.next(in: bytes, from: &start) { try read(event.data, into: &events) }
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    // The body may have been cut inside the last event; `isComplete` then tells.
    if let last = framing.finish() { try? read(last.data, into: &events) }
    tellCitations(into: &events)
  }

  private mutating func read(_ data: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    guard !data.isDoneMarker else { return }
    var scanner = try JSONScanner(data)
    var type: ArraySlice<UInt8> = []
    var id: String?
    var index = 0
    var delta: ArraySlice<UInt8>?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "type": type = try scanner.stringBytes() ?? []
      case "id": id = try scanner.string()
      case "index": index = try scanner.int() ?? 0
      case "delta": delta = try scanner.kind() == .object ? try scanner.raw() : nil
      default: break
      }
    }
    try scanner.finish()
    switch type {
    case "message-start": events.append(.started(id: id, model: nil))
    case "content-delta", "tool-plan-delta", "tool-call-delta":
      if let delta { try readDelta(delta, index, into: &events) }
    case "content-start": if let delta { try startContent(try JSON.parse(delta), into: &events) }
    case "tool-call-start": if let delta { try startCall(try JSON.parse(delta), index, into: &events) }
    case "citation-start": if let delta { try addCitation(delta) }
    case "message-end": end(try delta.map { bytes throws(WireError) in try JSON.parse(bytes) } ?? .null, into: &events)
    case "": events.append(.failed(FailureBody(try JSON.parse(data)).failure(status: 200)))
    default: break  // `content-end`, `tool-call-end`, `citation-end`, and what a later version may send
    }
  }

  // MARK: Deltas

  /// Reads `{"message":{"content":{"text":…}}}` and the like.
  private func readDelta(
    _ delta: ArraySlice<UInt8>, _ index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    var scanner = try JSONScanner(delta)
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      guard case "message" = name, try scanner.kind() == .object else { continue }
      try scanner.enterObject()
      while let name = try scanner.nextMember() {
        switch name {
        case "content": try readContent(&scanner, into: &events)
        case "tool_plan": if let text = try scanner.string(), !text.isEmpty { events.append(.reasoning(text)) }
        case "tool_calls": try readCall(&scanner, index, into: &events)
        default: break
        }
      }
    }
  }

  private func readContent(_ scanner: inout JSONScanner, into events: inout [ChatEvent]) throws(WireError) {
    guard try scanner.kind() == .object else { return }
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "text": if let text = try scanner.string(), !text.isEmpty { events.append(.text(text)) }
      case "thinking": if let text = try scanner.string(), !text.isEmpty { events.append(.reasoning(text)) }
      default: break
      }
    }
  }

  private func readCall(
    _ scanner: inout JSONScanner, _ index: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard try scanner.kind() == .object else { return }
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      guard case "function" = name, try scanner.kind() == .object else { continue }
      try scanner.enterObject()
      while let name = try scanner.nextMember() {
        guard case "arguments" = name, let piece = try scanner.string(), !piece.isEmpty else { continue }
        guard let call = calls[index] else { throw WireError(offset: 0, "arguments of a tool call that never began") }
        events.append(.toolArguments(index: call, piece))
      }
    }
  }

  // MARK: Beginnings

  private mutating func startContent(_ delta: JSON, into events: inout [ChatEvent]) throws(WireError) {
    if hasContent { events.append(.textPartStarted) }
    hasContent = true
    guard let content = delta["message"]?["content"] else { return }
    let part = CohereV2Reply.part(content)
    switch part.kind {
    case .text(let text): if !text.isEmpty { events.append(.text(text)) }
    case .reasoning(let block): if !block.text.isEmpty { events.append(.reasoning(block.text)) }
    default: events.append(.part(part))
    }
  }

  private mutating func startCall(_ delta: JSON, _ index: Int, into events: inout [ChatEvent]) throws(WireError) {
    guard callCount < Self.mostCalls else { throw WireError(offset: 0, "more than \(Self.mostCalls) tool calls") }
    let call = delta["message"]?["tool_calls"]
    let function = call?["function"]
    events.append(
      .toolCallStarted(
        index: callCount, id: call?["id"]?.string ?? "", name: function?["name"]?.string ?? "", kind: .function))
    if let piece = function?["arguments"]?.string, !piece.isEmpty {
      events.append(.toolArguments(index: callCount, piece))
    }
    calls[index] = callCount
    callCount += 1
  }

  private mutating func addCitation(_ delta: ArraySlice<UInt8>) throws(WireError) {
    citationBytes += delta.count
    guard citations.count < Self.mostCitations, citationBytes <= Self.mostCitationBytes else {
      throw WireError(offset: 0, "more citations than allowed")
    }
    if let citation = try JSON.parse(delta)["message"]?["citations"] { citations.append(citation) }
  }

  // MARK: The end

  private mutating func end(_ delta: JSON, into events: inout [ChatEvent]) {
    isComplete = true
    tellCitations(into: &events)
    let word = delta["finish_reason"]?.string
    if let failure = CohereV2Reply.failure(word: word, delta) {
      events.append(.failed(failure))
    } else if let finish = word.flatMap({ Finish(cohereWord: $0) }) {
      events.append(.finished(finish))
    }
    if let usage = CohereV2Usage.decode(delta["usage"]) { events.append(.usage(usage)) }
    let extras = delta.object?.rest(besides: CohereV2.held) ?? JSONObject()
    if !extras.isEmpty { events.append(.extras(extras)) }
  }

  private mutating func tellCitations(into events: inout [ChatEvent]) {
    guard !citations.isEmpty else { return }
    events.append(.part(CohereV2Reply.citations(citations)))
    citations = []
  }
}
