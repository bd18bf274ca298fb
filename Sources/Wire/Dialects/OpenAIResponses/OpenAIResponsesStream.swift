// A streamed answer to events. Deltas are read where they lie; what servers leave out of them is taken from the whole
// text, part or item that follows, and what they tell twice is told once. An answer is complete once the stream said
// how it ended.

/// Reads `response.…` events.
public struct OpenAIResponsesStreamDecoder: StreamDecoding {
  private let quirks: Quirks
  private var framing = ServerSentEventDecoder()
  private var output = OpenAIResponsesOutputDecoder()
  private var id: String?
  private var model: String?
  public private(set) var isComplete = false

  public init(quirks: Quirks) {
    self.quirks = quirks
  }

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    var start = 0
    while let event = try framing.next(in: bytes, from: &start) { try read(event.data, into: &events) }
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    // The body may have been cut inside the last event; `isComplete` then tells.
    if let last = framing.finish() { try? read(last.data, into: &events) }
  }

  // MARK: Events

  private mutating func read(_ data: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    // Some servers end as the Chat Completions format does.
    guard !isComplete, !data.starts(with: "[DONE]".utf8) else { return }
    var scanner = try JSONScanner(data)
    var event = OpenAIResponsesEvent()
    try scanner.enterObject()
    while let name = try scanner.nextMember() { try event.read(name, &scanner) }
    try scanner.finish()
    switch event.type {
    case "response.created", "response.queued", "response.in_progress": try start(event, into: &events)
    case "response.completed", "response.incomplete": try end(event, into: &events)
    case "response.failed":
      let response = try event.parsedResponse()
      start(response, into: &events)
      fail(response["error"] ?? response, into: &events)
      isComplete = true
    case "error": fail(try JSON.parse(data), into: &events)
    case [] where event.hasError: fail(try JSON.parse(data), into: &events)
    default: try output.read(event, replyID: id, into: &events)
    }
  }

  private func fail(_ json: JSON, into events: inout [ChatEvent]) {
    events.append(.failed(FailureBody(json).failure(status: 200)))
  }

  /// Tells the ids when they come or change.
  private mutating func start(_ event: OpenAIResponsesEvent, into events: inout [ChatEvent]) throws(WireError) {
    guard id == nil, let bytes = event.response else { return }
    var scanner = try JSONScanner(bytes)
    var response = JSONObject()
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "id": response["id"] = (try scanner.string()).map { .string($0) }
      case "model": response["model"] = (try scanner.string()).map { .string($0) }
      default: break  // the request, told again
      }
    }
    start(.object(response), into: &events)
  }

  private mutating func start(_ response: JSON, into events: inout [ChatEvent]) {
    let (id, model) = (response["id"]?.string ?? id, response["model"]?.string ?? model)
    guard id != self.id || model != self.model else { return }
    (self.id, self.model) = (id, model)
    events.append(.started(id: id, model: model))
  }

  private mutating func end(_ event: OpenAIResponsesEvent, into events: inout [ChatEvent]) throws(WireError) {
    let response = try event.parsedResponse()
    start(response, into: &events)
    try output.finish(response, replyID: id, into: &events)
    if let finish = Finish(responses: response, hasCalls: output.hasCalls) { events.append(.finished(finish)) }
    if let usage = OpenAIResponsesUsage.decode(response, quirks) { events.append(.usage(usage)) }
    let extras = OpenAIResponses.extras(of: response)
    if !extras.isEmpty { events.append(.extras(extras)) }
    isComplete = true
  }
}

/// The members of an event that say anything here.
struct OpenAIResponsesEvent {
  var type: ArraySlice<UInt8> = []
  var outputIndex: Int?
  var itemID: ArraySlice<UInt8> = []
  /// `content_index` or `summary_index`.
  var partIndex = 0
  var delta: String?
  /// What a `done` event says whole: text, a refusal, arguments, input.
  var whole: String?
  var logprobs: ArraySlice<UInt8>?
  var item: ArraySlice<UInt8>?
  var part: ArraySlice<UInt8>?
  var response: ArraySlice<UInt8>?
  var hasError = false

  mutating func read(_ name: ArraySlice<UInt8>, _ scanner: inout JSONScanner) throws(WireError) {
    switch name {
    case "type": type = try scanner.stringBytes() ?? []
    case "output_index": outputIndex = try scanner.int()
    case "item_id": itemID = try scanner.stringBytes() ?? []
    case "content_index", "summary_index": partIndex = try scanner.int() ?? 0
    case "delta": delta = try scanner.string()
    case "text", "refusal", "arguments", "input": whole = try scanner.string() ?? whole
    case "logprobs": logprobs = try scanner.raw()
    case "item": item = try scanner.raw()
    case "part": part = try scanner.raw()
    case "response": response = try scanner.raw()
    case "error": hasError = try scanner.kind() != .null
    default: break
    }
  }

  func parsedItem() throws(WireError) -> JSON? {
    guard let item else { return nil }
    return try JSON.parse(item)
  }

  func parsedResponse() throws(WireError) -> JSON {
    guard let response else { return .null }
    return try JSON.parse(response)
  }
}
