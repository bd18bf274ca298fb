// Events back to a whole reply. `ChatReply.events` is the way there.

/// Folds the events of one answer into a reply; parts stay apart where the provider had parts.
public struct ChatReplyBuilder: Sendable {
  /// The first failure the stream told of, if it did.
  public private(set) var failure: ProviderFailure?

  private enum TextKind: Sendable {
    case text, refusal, reasoning
  }

  private struct OpenCall: Sendable {
    /// Where its part stands in the content.
    var place: Int
    var arguments = ""
  }

  private static let maximumCalls = 1024
  private static let maximumChoices = 256

  private var result = ChatReply()
  /// The part that still grows stands apart, so that appending a piece copies nothing; so do arguments.
  private var openKind: TextKind?
  private var openText = ""
  private var openExtras = JSONObject()
  /// A new part was announced and nothing of it told: what is said of it is said of an empty text.
  private var isPartPending = true
  private var calls: [Int: OpenCall] = [:]
  private var choices: [Int: ChatReplyBuilder] = [:]
  private var bytesLeft: Int

  /// Keeps at most `maximumBytes` of text, 64 MiB unless told otherwise.
  public init(maximumBytes: Int = 64 << 20) {
    bytesLeft = maximumBytes
  }

  /// Begins with a reply that came whole.
  public init(_ reply: ChatReply) {
    self.init()
    result = reply
    isPartPending = reply.content.isEmpty
  }

  /// Adds one event.
  ///
  /// Throws when the answer grows beyond its bounds or arguments come for a call that never began.
  public mutating func add(_ event: ChatEvent) throws(WireError) {
    switch event {
    case .started(let id, let model):
      result.id = id ?? result.id
      result.model = model ?? result.model
    case .text(let piece): try append(piece, to: .text)
    case .refusal(let piece): try append(piece, to: .refusal)
    case .reasoning(let piece): try append(piece, to: .reasoning)
    case .textPartStarted:
      closePart()
      isPartPending = true
    case .reasoningSignature(let signature): try addSignature(signature)
    case .encryptedReasoning(let data):
      try spend(data.text)
      addPart(ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: data))))
    case .partSignature(let signature): try sign(signature)
    case .partExtras(let extras): try add(extras)
    case .extras(let extras): try result.extras.overlay(spending(extras))
    case .toolCallStarted(let index, let id, let name, let kind):
      let none = kind == .custom ? "" : "{}"
      try start(ToolCall(id: id, name: name, arguments: none, kind: kind), at: index)
    case .toolArguments(let index, let piece):
      try spend(piece)
      guard calls[index]?.arguments.append(piece) != nil else {
        throw WireError(offset: 0, "arguments of a tool call that never began")
      }
    case .part(let part): addPart(part)
    case .finished(let finish): result.finish = finish
    case .usage(let usage): result.usage = usage
    case .failed(let failure): self.failure = self.failure ?? failure
    case .logprobs(let tokens):
      bytesLeft -= tokens.reduce(0) { $0 + $1.size }
      guard bytesLeft >= 0 else { throw Self.tooLarge }
      result.logprobs += tokens
    case .otherChoice(let index, let event): try addToChoice(index, event)
    }
  }

  /// The reply as far as it has come.
  public var reply: ChatReply {
    if openKind == nil, calls.isEmpty, choices.isEmpty { return result }
    var finished = self
    finished.closePart()
    for call in calls.values where !call.arguments.isEmpty {
      guard case .toolCall(var toolCall) = finished.result.content[call.place].kind else { continue }
      toolCall.arguments = call.arguments
      finished.result.content[call.place].kind = .toolCall(toolCall)
    }
    finished.result.otherChoices = choices.sorted { $0.key < $1.key }.map {
      Choice($0.value.reply.content, finish: $0.value.reply.finish, extras: $0.value.reply.extras)
    }
    return finished.result
  }

  // MARK: Parts

  private mutating func append(_ piece: String, to kind: TextKind) throws(WireError) {
    try spend(piece)
    if openKind != kind {
      closePart()
      openKind = kind
    }
    openText += piece
  }

  private mutating func addPart(_ part: ContentPart) {
    closePart()
    append(part)
  }

  private mutating func append(_ part: ContentPart) {
    result.content.append(part)
    isPartPending = false
  }

  /// Ends the thinking that just ran, or stands alone.
  private mutating func addSignature(_ signature: Seal) throws(WireError) {
    try spend(signature.text)
    if openKind != .reasoning { closePart() }
    appendOpen(.reasoning(ReasoningBlock(text: openText, signature: signature)))
  }

  /// What is said of the part told last, which may go on.
  private mutating func add(_ extras: JSONObject) throws(WireError) {
    let extras = try spending(extras)
    if openKind != nil { return openExtras.overlay(extras) }
    if isPartPending { append(ContentPart(.text(""))) }
    result.content[result.content.count - 1].extras.overlay(extras)
  }

  /// Signs the part told last.
  private mutating func sign(_ signature: Seal) throws(WireError) {
    try spend(signature.text)
    closePart()
    switch result.content.last?.kind {
    case .text, .toolCall, .image, .audio, .document, .other: break
    default: addPart(ContentPart(.text("")))
    }
    // A part signed before is over: this is the proof of an empty one that follows it.
    if result.content.last?.signature != nil { addPart(ContentPart(.text(""))) }
    result.content[result.content.count - 1].signature = signature
  }

  private mutating func closePart() {
    switch openKind {
    case .text: appendOpen(.text(openText))
    case .refusal: appendOpen(.refusal(openText))
    case .reasoning: appendOpen(.reasoning(ReasoningBlock(text: openText)))
    case nil: break
    }
  }

  /// The part that was open is over.
  private mutating func appendOpen(_ kind: ContentPart.Kind) {
    var part = ContentPart(kind)
    part.extras = openExtras
    append(part)
    openKind = nil
    openText = ""
    openExtras = JSONObject()
  }

  // MARK: Calls and choices

  private mutating func start(_ call: ToolCall, at index: Int) throws(WireError) {
    guard calls[index] == nil, calls.count < Self.maximumCalls else {
      throw WireError(offset: 0, "a tool call that began before, or more than \(Self.maximumCalls)")
    }
    addPart(ContentPart(.toolCall(call)))
    calls[index] = OpenCall(place: result.content.count - 1)
  }

  /// A further choice is a reply of its own, within what is left for all.
  private mutating func addToChoice(_ index: Int, _ event: ChatEvent) throws(WireError) {
    if case .otherChoice = event { throw WireError(offset: 0, "a choice within a choice") }
    guard choices[index] != nil || choices.count < Self.maximumChoices else {
      throw WireError(offset: 0, "more than \(Self.maximumChoices) choices")
    }
    var choice = choices.removeValue(forKey: index) ?? ChatReplyBuilder()
    choice.bytesLeft = bytesLeft
    try choice.add(event)
    bytesLeft = choice.bytesLeft
    choices[index] = choice
  }

  private mutating func spend(_ piece: String) throws(WireError) {
    bytesLeft -= piece.utf8.count
    guard bytesLeft >= 0 else { throw Self.tooLarge }
  }

  private mutating func spending(_ extras: JSONObject) throws(WireError) -> JSONObject {
    bytesLeft -= JSON.object(extras).bytes.count
    guard bytesLeft >= 0 else { throw Self.tooLarge }
    return extras
  }

  private static let tooLarge = WireError(offset: 0, "the answer is larger than allowed")
}

extension TokenLogprob {
  fileprivate var size: Int { 32 + token.utf8.count + top.reduce(0) { $0 + 32 + $1.token.utf8.count } }
}
