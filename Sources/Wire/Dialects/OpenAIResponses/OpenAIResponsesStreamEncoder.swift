// Events to items, told from `response.created` to `response.completed`. A whole answer is made of the same items.

/// Writes the events of a streamed `response`.
public struct OpenAIResponsesStreamEncoder: StreamEncoding {
  public let contentType = "text/event-stream"
  public var changes: [Change] { ownChanges + extras.changes }

  private var ownChanges: [Change] = []
  private var head: OpenAIResponsesHead
  var frames: OpenAIResponsesFrames
  /// The items that are over, in their places; those that are not yet are `null`.
  var output: [JSON] = []
  var message: OpenAIResponsesOpenMessage?
  var reasoning: OpenAIResponsesOpenReasoning?
  /// The calls whose arguments may go on, by the number of their events.
  var calls: [Int: OpenAIResponsesOpenCall] = [:]
  /// The call that began last.
  var lastCall: Int?
  /// Calls that are not told: the provider ran them.
  var untoldCalls: Set<Int> = []
  /// A call that is told once it is known whether its seal follows.
  var heldCall: (number: Int, call: OpenAIResponsesOpenCall)?
  private var finish: Finish?
  private var usage: Usage?
  private var hasBegun = false
  private(set) var isOver = false
  /// Everything is told again at the end, so it is kept: within bounds.
  private var bytesLeft = 64 << 20
  private var reported: Set<String> = []
  var extras: ReplyExtras
  private var responseExtras = JSONObject()
  /// What is told of the part that begins, in an answer of this format: its item goes out with it.
  var ahead = JSONObject()

  init(_ heading: ReplyHeading, isSilent: Bool = false) {
    head = OpenAIResponsesHead(heading)
    extras = ReplyExtras(heading, in: .openAIResponses)
    frames = OpenAIResponsesFrames(isSilent: isSilent)
  }

  public mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8]) {
    for (place, event) in events.enumerated() where !isOver {
      guard !hold(event) else { continue }
      if extras.isOwn { ahead = PartAttributes(in: events[(place + 1)...], ofText: event.isText).extras }
      releaseCall(into: &bytes)
      encode(event, into: &bytes)
    }
  }

  public mutating func finish(into bytes: inout [UInt8]) { _ = end(into: &bytes) }

  /// Ends every item and tells the whole answer.
  mutating func end(into bytes: inout [UInt8]) -> JSONObject? {
    guard !isOver else { return nil }
    begin(into: &bytes)
    releaseCall(into: &bytes)
    closeText(into: &bytes)
    for number in calls.keys.sorted() { closeCall(number, into: &bytes) }
    if let change = finish?.responsesChange { ownChanges.append(change) }
    if finish?.stopText != nil { drop("stop_sequence", "this format does not tell which stop text was met") }
    let (status, reason) = finish?.responsesStatus ?? ("completed", nil)
    let state = OpenAIResponsesHead.State(status: status, output: output, usage: usage, reason: reason)
    var response = head.response(state)
    response.fill(from: responseExtras)
    tell(status == "completed" ? "completed" : "incomplete", response, into: &bytes)
    isOver = true
    return response
  }

  // MARK: Events

  private mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
    switch event {
    case .text(let piece): append(piece, .text, into: &bytes)
    case .refusal(let piece): append(piece, .refusal, into: &bytes)
    case .reasoning(let piece): appendReasoning(piece, into: &bytes)
    case .toolArguments(let number, let piece): appendArguments(piece, to: number, into: &bytes)
    case .started(let id, let model):
      if !hasBegun { head.id = id ?? head.id }
      head.model = model ?? head.model
      begin(into: &bytes)
    case .textPartStarted:
      closePart(into: &bytes)
      closeSummary(into: &bytes)
    case .reasoningSignature(let seal): sign(seal, into: &bytes)
    case .encryptedReasoning(let seal): appendSealed(seal.carried(in: .openAI), into: &bytes)
    case .partSignature(let seal): appendSealed(OpenAIResponsesItem.carried(proof: seal), into: &bytes)
    case .toolCallStarted(let number, let id, let name, let kind):
      start(number, ToolCall(id: id, name: name, arguments: "", kind: kind))
    case .part(let part): append(part, into: &bytes)
    case .partExtras(let extras): note(extras, into: &bytes)
    case .extras(let extras): responseExtras.overlay(self.extras.keep(extras, of: ReplyExtras.reply))
    case .finished(let finish): self.finish = finish
    case .usage(let usage): self.usage = usage
    case .logprobs(let tokens): append(tokens, into: &bytes)
    case .otherChoice: dropOnce("choices", "this format has one answer")
    case .failed(let failure): fail(failure, into: &bytes)
    }
  }

  mutating func begin(into bytes: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    let response = head.response(OpenAIResponsesHead.State(status: "in_progress"))
    tell("created", response, into: &bytes)
    tell("in_progress", response, into: &bytes)
  }

  private mutating func tell(_ name: StaticString, _ response: JSONObject, into bytes: inout [UInt8]) {
    frames.write(name, into: &bytes) { writer in
      writer.name("response")
      writer.write(response)
    }
  }

  private mutating func fail(_ failure: ProviderFailure, into bytes: inout [UInt8]) {
    begin(into: &bytes)
    let state = OpenAIResponsesHead.State(
      status: "failed", output: output.filter { !$0.isNull }, usage: usage,
      error: OpenAIResponses.streamError(failure))
    tell("failed", head.response(state), into: &bytes)
    isOver = true
  }

  // MARK: What has no place, and bounds

  mutating func drop(_ field: String, _ why: String) { ownChanges.append(Change(field, .dropped, why)) }

  mutating func dropOnce(_ field: String, _ why: String) {
    if reported.insert(field).inserted { drop(field, why) }
  }

  /// Whether `count` more bytes can be kept; the answer fails when not.
  mutating func spend(_ count: Int, into bytes: inout [UInt8]) -> Bool {
    bytesLeft -= count
    guard bytesLeft < 0, !isOver else { return bytesLeft >= 0 }
    fail(ProviderFailure(.malformed, message: "the answer is larger than allowed"), into: &bytes)
    return false
  }

  // MARK: Items

  /// What each item costs besides its text.
  private static let itemSize = 256

  /// A place for a new item, and its id.
  mutating func makeItem(_ prefix: String, into bytes: inout [UInt8]) -> OpenAIResponsesPlace? {
    begin(into: &bytes)
    closeWholeCall(into: &bytes)
    guard spend(Self.itemSize, into: &bytes) else { return nil }
    output.append(.null)
    let own = ahead[OpenAIResponsesItem.messageExtra]?["id"] ?? ahead["id"]
    let suffix = head.id.hasPrefix("resp_") ? head.id.dropFirst("resp_".count) : head.id[...]
    let made = "\(prefix)_\(suffix)_\(output.count - 1)"
    return OpenAIResponsesPlace(index: output.count - 1, id: own?.string ?? made)
  }

  mutating func open(_ item: JSONObject, at place: OpenAIResponsesPlace, into bytes: inout [UInt8]) {
    frames.write("output_item.added", into: &bytes) { writer in
      writer.name("output_index")
      writer.write(place.index)
      writer.name("item")
      writer.write(item)
    }
  }

  mutating func close(_ item: JSONObject, at place: OpenAIResponsesPlace, into bytes: inout [UInt8]) {
    output[place.index] = .object(item)
    frames.write("output_item.done", into: &bytes) { writer in
      writer.name("output_index")
      writer.write(place.index)
      writer.name("item")
      writer.write(item)
    }
  }

  /// An item that is told at once.
  mutating func add(_ item: JSONObject, at place: OpenAIResponsesPlace, into bytes: inout [UInt8]) {
    open(item, at: place, into: &bytes)
    close(item, at: place, into: &bytes)
  }
}

/// Where an item stands in the output.
struct OpenAIResponsesPlace: Sendable {
  var index: Int
  var id: String

  /// As the members of an event.
  func write(to writer: inout JSONWriter) {
    writer.name("item_id")
    writer.write(id)
    writer.name("output_index")
    writer.write(index)
  }

  /// The same as bytes, with the number of a part.
  func bytes(_ partName: String? = nil, _ part: Int = 0, _ more: String = "") -> [UInt8] {
    var bytes = Array("\"item_id\":".utf8)
    JSONWriter.append(quoted: id, to: &bytes)
    bytes += ",\"output_index\":\(index)".utf8
    if let partName { bytes += ",\"\(partName)\":\(part)\(more)".utf8 }
    return bytes
  }
}

extension OpenAIResponses: ServedDialect {
  public static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply {
    var encoder = OpenAIResponsesStreamEncoder(heading, isSilent: true)
    var none: [UInt8] = []
    encoder.encode(reply.eventsWithLogprobs, into: &none)
    let response = encoder.end(into: &none)
    return EncodedReply(body: response.map { JSON.object($0).bytes } ?? [], changes: encoder.changes)
  }

  public static func makeStreamEncoder(under heading: ReplyHeading) -> OpenAIResponsesStreamEncoder {
    OpenAIResponsesStreamEncoder(heading)
  }

  /// The deltas say nothing but pieces; the name of the event tells them.
  public static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool {
    let name = frame.prefix { $0 != ASCII.lineFeed && $0 != ASCII.carriageReturn }
    return !(name.starts(with: "event: response.".utf8) && name.suffix(".delta".utf8.count).equals(".delta"))
  }
}

extension ChatEvent {
  fileprivate var isText: Bool { if case .text = self { true } else { false } }
}

extension ChatReply {
  /// The events of the reply, with the probabilities where a stream would have told them.
  fileprivate var eventsWithLogprobs: [ChatEvent] {
    var reply = self
    reply.logprobs = []
    var events = reply.events
    let place = events.firstIndex { event in if case .text = event { true } else { false } }
    if !logprobs.isEmpty { events.insert(.logprobs(logprobs), at: place.map { $0 + 1 } ?? events.count) }
    return events
  }
}
