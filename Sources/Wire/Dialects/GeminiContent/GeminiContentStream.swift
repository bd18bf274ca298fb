// A streamed answer to events: each event, or each element of one array, is a piece of a whole answer. The answer is
// complete once the first candidate has a finish reason, or the prompt was blocked.

/// Reads `GenerateContentResponse` chunks.
public struct GeminiContentStreamDecoder: StreamDecoding {
  /// Without `alt=sse` a stream is an array; errors may come as a plain object.
  private enum Framing: Sendable {
    case undecided
    case events(ServerSentEventDecoder)
    case elements(JSONArrayDecoder)
  }

  private var framing = Framing.undecided
  private var chunks: [ArraySlice<UInt8>] = []
  public private(set) var isComplete = false
  private var id: ArraySlice<UInt8> = []
  private var model: ArraySlice<UInt8> = []
  private var usage: ArraySlice<UInt8> = []
  private var candidates: [Int: GeminiContentDelta] = [:]
  private var noted = NotedMembers()

  private static let mostCandidates = 256

  public init() {}

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    chunks.removeAll(keepingCapacity: true)
    let problem = frame(bytes)
    for chunk in chunks { try read(chunk, into: &events) }
    if let problem { throw problem }
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    // The body may have been cut inside the last event; `isComplete` then tells.
    if case .events(var decoder) = framing, let last = decoder.finish() { try? read(last.data, into: &events) }
    for (index, candidate) in candidates.sorted(by: { $0.key < $1.key }) {
      var last = candidate
      last.tellNotes { events.append(Self.event($0, of: index)) }
    }
    candidates = [:]
    let extras = noted.take()
    if !extras.isEmpty { events.append(.extras(extras)) }
  }

  // MARK: Framing

  /// Cuts `bytes` into `chunks`; returns why no more could be cut.
  private mutating func frame(_ bytes: [UInt8]) -> WireError? {
    var bytes = bytes
    if case .undecided = framing {
      bytes = Array(bytes.drop(while: Self.saysNothing))
      guard let first = bytes.first else { return nil }
      let isJSON = first == ASCII.openBracket || first == ASCII.openBrace
      framing = isJSON ? .elements(JSONArrayDecoder()) : .events(ServerSentEventDecoder())
    }
    let decoding = framing
    framing = .undecided  // so that the decoder is not copied
    switch decoding {
    case .undecided: return nil
    case .events(var decoder):
      var events: [ServerSentEvent] = []
      let result = Result { () throws(WireError) in try decoder.decode(bytes, into: &events) }
      chunks = events.map(\.data)
      framing = .events(decoder)
      return result.problem
    case .elements(var decoder):
      let result = Result { () throws(WireError) in try decoder.decode(bytes, into: &chunks) }
      framing = .elements(decoder)
      return result.problem
    }
  }

  /// White space, or a byte order mark.
  private static func saysNothing(_ byte: UInt8) -> Bool {
    byte <= ASCII.space || ASCII.byteOrderMark.contains(byte)
  }

  // MARK: Chunks

  private mutating func read(_ data: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    var scanner = try JSONScanner(data)
    // The candidates while the answer's id is not known: it may stand after them, but is told first.
    var candidates: ArraySlice<UInt8>?
    var chunk = (id: id, model: model, usage: usage)
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "candidates":
        if id.isEmpty { candidates = try scanner.raw() } else { try readCandidates(&scanner, into: &events) }
      case "responseId": chunk.id = try scanner.stringBytes() ?? id
      case "modelVersion": chunk.model = try scanner.stringBytes() ?? model
      case "usageMetadata": chunk.usage = try scanner.raw()
      case "promptFeedback": endBlocked(try scanner.value(), into: &events)
      case "error": events.append(.failed(FailureBody(try scanner.value()).failure(status: 200)))
      default: try noted.note(name, &scanner)
      }
    }
    try scanner.finish()
    tellStart(chunk.id, chunk.model, into: &events)
    if let candidates {
      var scanner = try JSONScanner(candidates)
      try readCandidates(&scanner, into: &events)
    }
    try tellUsage(chunk.usage, into: &events)
  }

  private mutating func tellStart(
    _ newID: ArraySlice<UInt8>, _ newModel: ArraySlice<UInt8>, into events: inout [ChatEvent]
  ) {
    guard newID != id || newModel != model else { return }
    (id, model) = (newID, newModel)
    events.append(.started(id: id.isEmpty ? nil : id.text, model: model.isEmpty ? nil : model.text))
  }

  /// Each chunk tells all the usage so far.
  private mutating func tellUsage(_ bytes: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    guard bytes != usage else { return }
    usage = bytes
    if let usage = GeminiContentUsage.decode(try JSON.parse(bytes)) { events.append(.usage(usage)) }
  }

  private mutating func endBlocked(_ feedback: JSON, into events: inout [ChatEvent]) {
    let extras = GeminiContentExtras.feedback(feedback)
    if !extras.isEmpty { events.append(.extras(extras)) }
    guard let finish = Finish(geminiPromptFeedback: feedback) else { return }
    isComplete = true
    events.append(.finished(finish))
  }

  // MARK: Candidates

  private mutating func readCandidates(
    _ scanner: inout JSONScanner, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard try scanner.kind() == .array else { return }
    try scanner.enterArray()
    while try scanner.nextElement() {
      if try scanner.kind() == .object { try readCandidate(&scanner, into: &events) }
    }
  }

  private mutating func readCandidate(
    _ scanner: inout JSONScanner, into events: inout [ChatEvent]
  ) throws(WireError) {
    var candidate = GeminiContentChunk()
    try candidate.read(&scanner)
    let index = candidate.index
    guard candidates[index] != nil || candidates.count < Self.mostCandidates else {
      throw WireError(offset: 0, "more than \(Self.mostCandidates) candidates")
    }
    var delta = candidates.removeValue(forKey: index) ?? GeminiContentDelta()
    try delta.decode(candidate, replyID: id) { events.append(Self.event($0, of: index)) }
    candidates[index] = delta
    if index == 0, !candidate.finishReason.isEmpty { isComplete = true }
  }

  private static func event(_ event: ChatEvent, of index: Int) -> ChatEvent {
    index == 0 ? event : .otherChoice(index: index, event)
  }
}

extension Result where Failure == WireError {
  fileprivate var problem: WireError? {
    if case .failure(let error) = self { error } else { nil }
  }
}
