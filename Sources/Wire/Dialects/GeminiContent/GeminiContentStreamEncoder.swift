// Events to pieces of a `GenerateContentResponse`, each an event or an element of one array. A call is told whole:
// its arguments are held until it is over.

/// Writes the chunks of a streamed answer.
public struct GeminiContentStreamEncoder: StreamEncoding {
  public var contentType: String { heading.client.isArray ? "application/json" : "text/event-stream" }
  public var changes: [Change] { encoder.changes + encoder.extras.changes }

  private let heading: ReplyHeading
  private var encoder: GeminiContentCandidateEncoder
  /// `,"modelVersion":…,"responseId":…}`, once something is written.
  private var tail: [UInt8] = []
  private var id: String
  private var model: String
  private var candidates: [Int: Candidate] = [:]
  private var usage: Usage?
  private var hasBegun = false
  private var hasFailed = false
  private var heldBytes = 0

  /// Arguments of more than this are no call.
  private static let mostHeldBytes = 16 << 20

  /// What is remembered of one candidate.
  private struct Candidate: Sendable {
    /// The calls that are not over.
    var calls: [Int: OpenCall] = [:]
    var order: [Int] = []
    var finish: Finish?
    var sources = JSONObject()
    var extras = JSONObject()
    var hasContent = false
  }

  private struct OpenCall: Sendable {
    var call: ToolCall
    var seal: Seal?
    var extras = JSONObject()

    var part: ContentPart {
      var whole = call
      if whole.arguments.isEmpty, whole.kind != .custom { whole.arguments = "{}" }
      var part = ContentPart(.toolCall(whole))
      part.signature = seal
      part.extras = extras
      return part
    }
  }

  init(_ heading: ReplyHeading) {
    self.heading = heading
    encoder = GeminiContentCandidateEncoder(extras: ReplyExtras(heading, in: .gemini))
    id = heading.id
    model = heading.client.request.model
  }

  public mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8]) {
    var place = 0
    while place < events.count, !hasFailed {
      let next = place + 1 < events.count ? events[place + 1] : nil
      place += encode(events[place], followedBy: next, into: &bytes) ? 2 : 1
    }
  }

  public mutating func finish(into bytes: inout [UInt8]) {
    if !hasFailed {
      for index in candidates.keys.sorted() { writeCalls(of: index, into: &bytes) }
      writeEnd(into: &bytes)
    }
    if heading.client.isArray { bytes += "]\n".utf8 }
  }

  // MARK: Events

  /// True when the event that follows is told with this one: a proof stands in the part it is of.
  private mutating func encode(
    _ event: ChatEvent, followedBy next: ChatEvent?, into bytes: inout [UInt8]
  ) -> Bool {
    switch (event, next) {
    case (.text(let text), .partSignature(let seal)):
      var part = ContentPart(.text(text))
      part.signature = seal
      write(part, 0, into: &bytes)
      return true
    case (.text(let text), .partExtras(let extras)) where encoder.extras.isOwn:
      var part = ContentPart(.text(text))
      part.extras = extras
      write(part, 0, into: &bytes)
      return true
    case (.reasoning(let text), .reasoningSignature(let seal)):
      write(ContentPart(.reasoning(ReasoningBlock(text: text, signature: seal))), 0, into: &bytes)
      return true
    case (.part(var part), .partSignature(let seal)):
      part.signature = seal
      tell(part, 0, into: &bytes)
      return true
    default:
      encode(event, 0, into: &bytes)
      return false
    }
  }

  private mutating func encode(_ event: ChatEvent, _ index: Int, into bytes: inout [UInt8]) {
    switch event {
    case .text(let text): writeText(text, index, into: &bytes)
    case .toolArguments(let call, let piece): hold(piece, of: call, index, into: &bytes)
    case .refusal(let text): write(ContentPart(.refusal(text)), index, into: &bytes)
    case .reasoning(let text): write(ContentPart(.reasoning(ReasoningBlock(text: text))), index, into: &bytes)
    case .reasoningSignature(let seal):
      write(ContentPart(.reasoning(ReasoningBlock(text: "", signature: seal))), index, into: &bytes)
    case .encryptedReasoning(let seal):
      write(ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: seal))), index, into: &bytes)
    case .toolCallStarted(let call, let id, let name, let kind):
      let held = OpenCall(call: ToolCall(id: id, name: name, arguments: "", kind: kind))
      candidates[index, default: Candidate()].calls[call] = held
      candidates[index]?.order.append(call)
    case .partSignature(let seal): sign(seal, index, into: &bytes)
    case .partExtras(let extras): note(extras, index)
    case .extras(let extras):
      let kept = encoder.extras.keep(extras, of: ReplyExtras.reply)
      candidates[index, default: Candidate()].extras.overlay(kept)
    case .part(let part): tell(part, index, into: &bytes)
    case .started(let id, let model): begin(id, model)
    case .finished(let finish): candidates[index, default: Candidate()].finish = finish
    case .usage(let usage): self.usage = usage
    case .logprobs(let tokens): writeLogprobs(tokens, index, into: &bytes)
    case .otherChoice(let other, let event): encode(event, other, into: &bytes)
    case .failed(let failure): fail(failure, into: &bytes)
    case .textPartStarted: break  // parts of one text are not told apart in a stream
    }
  }

  private mutating func begin(_ id: String?, _ model: String?) {
    guard tail.isEmpty else { return }
    self.id = id ?? self.id
    self.model = model ?? self.model
  }

  private mutating func tell(_ part: ContentPart, _ index: Int, into bytes: inout [UInt8]) {
    if let source = part.geminiSource {
      candidates[index, default: Candidate()].sources[source.name] = source.value
    } else {
      write(part, index, into: &bytes)
    }
  }

  // MARK: Calls

  private mutating func hold(_ piece: String, of call: Int, _ index: Int, into bytes: inout [UInt8]) {
    guard candidates[index]?.calls[call] != nil else {
      return encoder.drop("candidates[\(index)].content", "arguments of a call that was told already")
    }
    heldBytes += piece.utf8.count
    guard heldBytes <= Self.mostHeldBytes else {
      return fail(ProviderFailure(.malformed, message: "the arguments of a call are too long"), into: &bytes)
    }
    candidates[index]?.calls[call]?.call.arguments += piece
  }

  /// The proof is of the call that is held, or of a part that has gone out already: an empty one behind it says so.
  private mutating func sign(_ seal: Seal, _ index: Int, into bytes: inout [UInt8]) {
    if let call = candidates[index]?.order.last, candidates[index]?.calls[call] != nil {
      candidates[index]?.calls[call]?.seal = seal
      return
    }
    var part = ContentPart(.text(""))
    part.signature = seal
    write(part, index, into: &bytes)
  }

  /// What is said of the part told last goes out with a call that is held; any other part has gone already.
  private mutating func note(_ extras: JSONObject, _ index: Int) {
    if let call = candidates[index]?.order.last, candidates[index]?.calls[call] != nil {
      candidates[index]?.calls[call]?.extras = extras
    } else {
      encoder.extras.drop(extras, of: ReplyExtras.part)
    }
  }

  /// Tells the calls that are held.
  private mutating func writeCalls(of index: Int, into bytes: inout [UInt8]) {
    guard let candidate = candidates[index], !candidate.calls.isEmpty else { return }
    candidates[index]?.calls = [:]
    let parts = candidate.order.compactMap { candidate.calls[$0] }.compactMap { encoder.part($0.part, index: index) }
    guard !parts.isEmpty else { return }
    writeChunk(index, into: &bytes) { $0 += JSON.array(parts.map { .object($0) }).bytes.dropFirst().dropLast() }
  }

  // MARK: Chunks

  private mutating func write(_ part: ContentPart, _ index: Int, into bytes: inout [UInt8]) {
    guard let object = encoder.part(part, index: index) else { return }
    writeCalls(of: index, into: &bytes)
    writeChunk(index, into: &bytes) { $0 += JSON.object(object).bytes }
  }

  private mutating func writeText(_ text: String, _ index: Int, into bytes: inout [UInt8]) {
    writeCalls(of: index, into: &bytes)
    writeChunk(index, into: &bytes) { bytes in
      bytes += "{\"text\":".utf8
      JSONWriter.append(quoted: text, to: &bytes)
      bytes.append(ASCII.closeBrace)
    }
  }

  /// A chunk of one candidate, whose parts `write` appends.
  private mutating func writeChunk(_ index: Int, into bytes: inout [UInt8], write: (inout [UInt8]) -> Void) {
    open(into: &bytes)
    bytes += "{\"candidates\":[{\"content\":{\"parts\":[".utf8
    write(&bytes)
    bytes += "],\"role\":\"model\"},\"index\":\(index)}]".utf8
    close(into: &bytes)
    candidates[index, default: Candidate()].hasContent = true
  }

  private mutating func writeLogprobs(_ tokens: [TokenLogprob], _ index: Int, into bytes: inout [UInt8]) {
    let candidate: JSON = ["index": .number(JSONNumber(index)), "logprobsResult": tokens.geminiResult]
    write(["candidates": [candidate]], into: &bytes)
  }

  /// The last chunk: why each candidate ended, and the usage.
  private mutating func writeEnd(into bytes: inout [UInt8]) {
    var body = JSONObject()
    let first = candidates[0] ?? Candidate()
    if !first.hasContent, let feedback = first.finish?.geminiPromptFeedback {
      body["promptFeedback"] = feedback
    } else {
      candidates[0] = first
      body["candidates"] = .array(candidates.keys.sorted().map { end(of: $0) })
    }
    body.add(first.extras)
    body["usageMetadata"] = usage.map { .object(GeminiContentUsage.encode($0)) }
    write(body, into: &bytes)
  }

  private mutating func end(of index: Int) -> JSON {
    let candidate = candidates[index] ?? Candidate()
    let last = Choice([ContentPart(.text(""))], finish: candidate.finish, extras: candidate.extras)
    var object = encoder.candidate(last, index: index)
    for source in candidate.sources.members { object[source.name] = source.value }
    return .object(object)
  }

  private mutating func write(_ body: JSONObject, into bytes: inout [UInt8]) {
    open(into: &bytes)
    bytes += JSON.object(body).bytes.dropLast()
    close(into: &bytes)
  }

  private mutating func open(into bytes: inout [UInt8]) {
    if heading.client.isArray {
      bytes += (hasBegun ? "," : "[").utf8
    } else {
      bytes += "data: ".utf8
    }
    hasBegun = true
  }

  /// Ends a chunk, whose object is still open, with what every chunk says.
  private mutating func close(into bytes: inout [UInt8]) {
    if tail.isEmpty {
      let heading: JSONObject = ["modelVersion": .string(model), "responseId": .string(id)]
      tail = [ASCII.comma] + JSON.object(heading).bytes.dropFirst()
    }
    bytes += tail
    endFrame(into: &bytes)
  }

  private func endFrame(into bytes: inout [UInt8]) {
    bytes += (heading.client.isArray ? "\n" : "\n\n").utf8
  }

  private mutating func fail(_ failure: ProviderFailure, into bytes: inout [UInt8]) {
    open(into: &bytes)
    bytes += GeminiContent.encodeFailure(failure).body
    endFrame(into: &bytes)
    hasFailed = true
  }
}
