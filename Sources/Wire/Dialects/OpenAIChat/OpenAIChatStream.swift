// A streamed answer to events. Chunks are read where they lie; only what is handed on becomes a String.
// The answer counts as complete once `[DONE]` or a finish reason of the first choice was seen: some providers never
// send the one, some never the other. What came to neither was cut.

/// Reads `chat.completion.chunk` events.
public struct OpenAIChatStreamDecoder: StreamDecoding {
  // Of the quirks only what is needed to the end: a stream lives long, and there are many.
  private let usageForm: OpenAIChatUsage.Form
  private let usageEnvelope: String?
  private var framing = ServerSentEventDecoder()
  private var isDone = false
  private var hasFinished = false
  // Copies: slices would keep what they came in.
  private var id: [UInt8] = []
  private var model: [UInt8] = []
  private var serviceTier: [UInt8] = []
  private var noted = NotedMembers()
  private var pattern = ChunkPattern()
  private var delta: OpenAIChatDeltaDecoder
  /// One that has read nothing.
  private let newDelta: OpenAIChatDeltaDecoder
  /// Those of choices after the first.
  private var otherDeltas: [Int: OpenAIChatDeltaDecoder] = [:]

  private static let maximumChoices = 256

  public init(quirks: Quirks) {
    usageForm = OpenAIChatUsage.Form(quirks)
    usageEnvelope = quirks.usageEnvelope
    newDelta = OpenAIChatDeltaDecoder(quirks: quirks)
    delta = newDelta
  }

  public var isComplete: Bool { isDone || hasFinished }

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    var start = 0
    while true {
      if decodeRepeat(in: bytes, from: &start, isJoining: false, into: &events) { continue }
      guard let event = try framing.next(in: bytes, from: &start) else { return }
      // Here and not in a function: one that does not change the decoder works with a copy of it.
      if !isDone, event.name.isEmpty, let event = pattern.event(of: event.data) {
        events.append(event)
      } else {
        try read(event, in: framing.place.map { bytes[$0] }, into: &events)
      }
    }
  }

  public mutating func decodeRepeat(
    in bytes: [UInt8], from start: inout Int, isJoining: Bool, into events: inout [ChatEvent]
  ) -> Bool {
    let first = start
    guard !isDone, framing.isBetweenEvents, let event = pattern.event(in: bytes, from: &start, isJoining: isJoining)
    else { return false }
    framing.pass(start - first)
    events.append(event)
    return true
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    if let last = framing.finish() {
      // The body may have been cut inside this event; `isComplete` then tells.
      try? read(last, into: &events)
    }
    delta.finish(into: &events)
    let extras = noted.take() + delta.takeExtras()
    if !extras.isEmpty { events.append(.extras(extras)) }
    for index in otherDeltas.keys.sorted() {
      var held: [ChatEvent] = []
      otherDeltas[index]?.finish(into: &held)
      if let extras = otherDeltas[index]?.takeExtras(), !extras.isEmpty { held.append(.extras(extras)) }
      events += held.map { .otherChoice(index: index, $0) }
    }
  }

  // MARK: Chunks

  private mutating func read(
    _ event: ServerSentEvent, in frame: ArraySlice<UInt8>? = nil, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard !isDone else { return }
    if event.data.isDoneMarker {
      isDone = true
      return
    }
    if event.name.equals("error") { return events.append(.failed(Self.failure(try JSON.parse(event.data)))) }
    let told = events.count
    delta.textPlace = nil
    var scanner = try JSONScanner(event.data)
    var chunk = Chunk()
    try scanner.enterObject()
    while let name = try scanner.nextMember() { try read(name, &scanner, &chunk, into: &events) }
    try scanner.finish()
    if let started = startedEvent(chunk) { events.append(started) }
    if let choices = chunk.choices {
      var scanner = try JSONScanner(choices)
      try readChoices(&scanner, &chunk, into: &events)
    }
    finish(chunk, event, into: &events)
    pattern.learn(
      event.data, in: frame, telling: events[told...], text: delta.textPlace, filler: chunk.filler)
  }

  /// What a chunk says besides its choices.
  private struct Chunk {
    var id: ArraySlice<UInt8> = []
    var model: ArraySlice<UInt8> = []
    /// The choices, while the answer's id is not known: it may stand after them, but is told first.
    var choices: ArraySlice<UInt8>?
    var usage: JSON?
    var failure: ProviderFailure?
    var isErrorObject = false
    /// Where random padding stands.
    var filler: Range<Int>?
  }

  private mutating func read(
    _ name: ArraySlice<UInt8>, _ scanner: inout JSONScanner, _ chunk: inout Chunk, into events: inout [ChatEvent]
  ) throws(WireError) {
    switch name {
    case "choices":
      if id.isEmpty { chunk.choices = try scanner.raw() } else { try readChoices(&scanner, &chunk, into: &events) }
    case "id": chunk.id = try scanner.stringBytes() ?? []
    case "model": chunk.model = try scanner.stringBytes() ?? []
    case "service_tier": serviceTier = try scanner.stringBytes().map { Array($0) } ?? serviceTier
    case "object": chunk.isErrorObject = try scanner.stringBytes()?.equals("error") ?? false
    case "usage": chunk.usage = try readUsage(&scanner) ?? chunk.usage
    case "error": chunk.failure = try readFailure(&scanner)
    case "created": break
    case "obfuscation": chunk.filler = try scanner.stringBytes().map { _ in scanner.stringPlace }
    default:
      guard try scanner.kind() != .null else { return }
      let value = try scanner.raw()
      noted.note(name, value)
      guard let envelope = usageEnvelope, name.elementsEqual(envelope.utf8) else { return }
      if let usage = try JSON.parse(value)["usage"], usage.object != nil { chunk.usage = chunk.usage ?? usage }
    }
  }

  private mutating func readUsage(_ scanner: inout JSONScanner) throws(WireError) -> JSON? {
    try scanner.kind() == .object ? scanner.value() : nil
  }

  private mutating func readFailure(_ scanner: inout JSONScanner) throws(WireError) -> ProviderFailure? {
    let value = try scanner.value()
    return value.isNull ? nil : Self.failure(value)
  }

  private static func failure(_ json: JSON) -> ProviderFailure { FailureBody(json).failure(status: 200) }

  /// Tells the ids once, and again for another model: a router may change it.
  ///
  /// Ids that change from chunk to chunk have been seen; the first stands for the answer.
  private mutating func startedEvent(_ chunk: Chunk) -> ChatEvent? {
    let isNewID = id.isEmpty && !chunk.id.isEmpty
    let isNewModel = !chunk.model.isEmpty && !chunk.model.elementsEqual(model)
    guard isNewID || isNewModel else { return nil }
    if isNewID {
      id = Array(chunk.id)
      delta.replyID = id[...].text
    }
    if isNewModel { model = Array(chunk.model) }
    return .started(id: id.isEmpty ? nil : id[...].text, model: model.isEmpty ? nil : model[...].text)
  }

  private func finish(_ chunk: Chunk, _ event: ServerSentEvent, into events: inout [ChatEvent]) {
    if let json = chunk.usage {
      let tier = serviceTier.isEmpty ? nil : serviceTier[...].text
      if let usage = OpenAIChatUsage.decode(json, serviceTier: tier, form: usageForm) { events.append(.usage(usage)) }
    }
    if let failure = chunk.failure {
      events.append(.failed(failure))
    } else if chunk.isErrorObject, let json = try? JSON.parse(event.data) {  // it was read just now: cannot throw
      events.append(.failed(Self.failure(json)))
    }
  }

  // MARK: Choices

  private mutating func readChoices(
    _ scanner: inout JSONScanner, _ chunk: inout Chunk, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard try scanner.kind() == .array else { return }
    try scanner.enterArray()
    while try scanner.nextElement() {
      if try scanner.kind() == .object { try readChoice(&scanner, &chunk, into: &events) }
    }
  }

  private mutating func readChoice(
    _ scanner: inout JSONScanner, _ chunk: inout Chunk, into events: inout [ChatEvent]
  ) throws(WireError) {
    var index = 0
    var content: ArraySlice<UInt8>?  // read once the index is known: it may stand behind
    var finish: ArraySlice<UInt8> = []
    var logprobs: [TokenLogprob] = []
    var rest: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "index": index = try scanner.int() ?? 0
      case "delta": content = try scanner.kind() == .object ? try scanner.raw() : nil
      case "finish_reason": finish = try scanner.stringBytes() ?? []
      case "logprobs": if try scanner.kind() == .object { logprobs = OpenAIChatLogprobs.decode(try scanner.value()) }
      case "usage": chunk.usage = try readUsage(&scanner) ?? chunk.usage
      case "error": chunk.failure = try readFailure(&scanner)
      default: if try scanner.kind() != .null { rest.append((name, try scanner.raw())) }
      }
    }
    guard index == 0 else { return try readOtherChoice(index, content, finish, rest, into: &events) }
    for member in rest { delta.choiceRest.note(member.name, member.value) }
    if let content { try delta.decode(content, into: &events) }
    if !logprobs.isEmpty { events.append(.logprobs(logprobs)) }
    if let finish = Finish(openAIChatWord: finish.text) {
      hasFinished = true
      events.append(.finished(finish))
    }
  }
}

extension OpenAIChatStreamDecoder {
  private mutating func readOtherChoice(
    _ index: Int, _ content: ArraySlice<UInt8>?, _ finish: ArraySlice<UInt8>,
    _ rest: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)], into events: inout [ChatEvent]
  ) throws(WireError) {
    guard otherDeltas[index] != nil || otherDeltas.count < Self.maximumChoices else {
      throw WireError(offset: 0, "more than \(Self.maximumChoices) choices")
    }
    var own: [ChatEvent] = []
    if let content {
      var delta = otherDeltas.removeValue(forKey: index) ?? newDelta
      delta.replyID = "\(id.isEmpty ? "choice" : id[...].text)-\(index)"
      try delta.decode(content, into: &own)
      for member in rest { delta.choiceRest.note(member.name, member.value) }
      otherDeltas[index] = delta
    }
    if let finish = Finish(openAIChatWord: finish.text) { own.append(.finished(finish)) }
    events += own.map { .otherChoice(index: index, $0) }
  }
}

extension ArraySlice<UInt8> {
  /// `[DONE]`, perhaps with spaces after it.
  var isDoneMarker: Bool { first == ASCII.openBracket && starts(with: "[DONE]".utf8) }
}
