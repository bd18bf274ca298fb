// Events to chunks. The part of a chunk that never changes is made once.

/// Writes `chat.completion.chunk` events and `[DONE]`.
public struct OpenAIChatStreamEncoder: StreamEncoding {
  public let contentType = "text/event-stream"
  public var changes: [Change] { ownChanges + parts.extras.changes }

  private var ownChanges: [Change] = []
  private let heading: ReplyHeading
  /// `data: {"id":…,"choices":[{"index":`, once the answer's id and model are known.
  private var head: [UInt8] = []
  /// All of a chunk that stands before a text of the first choice, once that has begun: most chunks are such.
  private var textHead: [UInt8] = []
  private var id: String
  private var model: String
  private var choices: [Int: Choice] = [:]
  private var usage: Usage?
  private var hasFailed = false
  private var parts: OpenAIChatMessageEncoder
  /// What the last chunk says besides.
  private var extras = JSONObject()
  /// What the call that began last went out with: it is told behind it.
  private var told = PartAttributes()

  /// What is remembered of one choice.
  private struct Choice: Sendable {
    var finish: Finish?
    /// Which block of thinking runs.
    var block = 0
    var extras = JSONObject()
    /// The calls the client was told of, by the number of their events.
    var calls: [Int: ToldCall] = [:]
  }

  /// A call as the client knows it; those that the provider ran itself are none, and leave no gap.
  private struct ToldCall: Sendable {
    var place: Int
    var isCustom: Bool
  }

  init(_ heading: ReplyHeading) {
    self.heading = heading
    parts = OpenAIChatMessageEncoder(extras: ReplyExtras(heading, in: .openAIChat))
    id = heading.id
    model = heading.client.request.model
  }

  public mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8]) {
    for (place, event) in events.enumerated() where !hasFailed {
      encode(event, choice: 0, followedBy: events[(place + 1)...], into: &bytes)
    }
  }

  public mutating func finish(into bytes: inout [UInt8]) {
    guard !hasFailed else { return }
    begin(0, into: &bytes)
    for (index, choice) in choices.sorted(by: { $0.key < $1.key }) {
      ownChanges += choice.finish?.openAIChatChanges ?? []
      writeEnd(of: choice, index, into: &bytes)
    }
    writeUsage(into: &bytes)
    bytes += "data: [DONE]\n\n".utf8
  }

  private mutating func writeEnd(of choice: Choice, _ index: Int, into bytes: inout [UInt8]) {
    openChunk(index, into: &bytes)
    bytes += JSON.object(choice.extras[OpenAIChatExtras.message]?.object ?? JSONObject()).bytes
    bytes += #","logprobs":null,"finish_reason":""#.utf8
    bytes += (choice.finish?.openAIChatWord ?? "stop").utf8
    bytes.append(ASCII.quote)
    appendMembers(choice.extras[OpenAIChatExtras.choice]?.object ?? JSONObject(), to: &bytes)
    bytes += "}]".utf8
    if index == 0 { appendMembers(extras, to: &bytes) }
    bytes += "}\n\n".utf8
  }

  /// Goes on with an object that has members.
  private func appendMembers(_ members: JSONObject, to bytes: inout [UInt8]) {
    guard !members.isEmpty else { return }
    bytes.append(ASCII.comma)
    bytes += JSON.object(members).bytes.dropFirst().dropLast()
  }

  // MARK: Events

  private mutating func encode(
    _ event: ChatEvent, choice index: Int, followedBy rest: ArraySlice<ChatEvent>, into bytes: inout [UInt8]
  ) {
    switch event {
    case .text(let piece): appendText(piece, index, into: &bytes)
    case .toolArguments(let call, let piece): appendArguments(piece, of: call, index, into: &bytes)
    case .reasoning(let piece): if !piece.isEmpty { appendReasoning(piece, index, into: &bytes) }
    case .refusal(let piece): append("refusal", piece, index, into: &bytes)
    case .started(let id, let model):
      if head.isEmpty {
        self.id = id ?? self.id
        self.model = model ?? self.model
      }
      begin(index, into: &bytes)
    case .reasoningSignature(let seal): appendDetail(ReasoningBlock(text: "", signature: seal), index, into: &bytes)
    case .encryptedReasoning(let seal): appendDetail(ReasoningBlock(text: "", encrypted: seal), index, into: &bytes)
    case .toolCallStarted(let call, let id, let name, let kind):
      start(ToolCall(id: id, name: name, arguments: "", kind: kind), call, index, rest, into: &bytes)
    case .part(let part): append(part, index, into: &bytes)
    case .finished(let finish):
      begin(index, into: &bytes)
      choices[index]?.finish = finish
    case .usage(let usage): self.usage = usage
    case .logprobs(let tokens): appendLogprobs(tokens, index, into: &bytes)
    case .failed(let failure): fail(failure, into: &bytes)
    case .otherChoice(let other, let event): encode(event, choice: other, followedBy: [], into: &bytes)
    case .partExtras(let extras): report(extras)
    case .extras(let extras): keep(extras, index, into: &bytes)
    case .partSignature: reportSignature()
    case .textPartStarted: break  // parts are not told apart here
    }
  }

  /// What is said of the part told last has no place any more, unless it went out with its start.
  private mutating func report(_ extras: JSONObject) {
    if told.extras.isEmpty { parts.extras.drop(extras, of: ReplyExtras.part) }
    told.extras = JSONObject()
  }

  private mutating func reportSignature() {
    if told.seal == nil { parts.extras.drop(["signature": true], of: ReplyExtras.part) }
    told.seal = nil
  }

  private mutating func keep(_ extras: JSONObject, _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    let kept = parts.extras.keep(extras, of: ReplyExtras.reply)
    choices[index]?.extras.overlay(kept)
    if index == 0 { self.extras.overlay(OpenAIChatExtras.own(kept)) }
  }

  private mutating func appendText(_ piece: String, _ index: Int, into bytes: inout [UInt8]) {
    guard index == 0, !textHead.isEmpty else { return append("content", piece, index, into: &bytes) }
    bytes += textHead
    JSONWriter.append(quoted: piece, to: &bytes)
    closeChunk(into: &bytes)
  }

  private mutating func append(_ member: StaticString, _ piece: String, _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    openChunk(index, into: &bytes)
    bytes += "{\"".utf8
    member.withUTF8Buffer { bytes += $0 }
    bytes += "\":".utf8
    JSONWriter.append(quoted: piece, to: &bytes)
    closeChunk(into: &bytes)
  }

  /// Thinking is told as text and as a block, so that a client that returns blocks returns it with its signature.
  private mutating func appendReasoning(_ piece: String, _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    openChunk(index, into: &bytes)
    bytes += #"{"reasoning_content":"#.utf8
    let start = bytes.count
    JSONWriter.append(quoted: piece, to: &bytes)
    let end = bytes.count
    bytes += #","reasoning_details":[{"type":"reasoning.text","text":"#.utf8
    bytes += Array(bytes[start..<end])
    bytes += ",\"index\":\(choices[index]?.block ?? 0)}]".utf8
    closeChunk(into: &bytes)
  }

  private mutating func appendDetail(_ block: ReasoningBlock, _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    let detail = OpenAIChatReasoning.detail(block, index: choices[index]?.block ?? 0)
    choices[index]?.block += 1
    appendDelta(["reasoning_details": .array([detail])], index, into: &bytes)
  }

  private mutating func append(_ part: ContentPart, _ index: Int, into bytes: inout [UInt8]) {
    let extras = parts.keep(part)
    switch part.kind {
    case .image(let media):
      appendDelta(["images": .array([OpenAIChatMessageEncoder.image(media)])], index, into: &bytes)
    case .audio(let media):
      appendDelta(["audio": OpenAIChatMessageEncoder.audio(media, extras)], index, into: &bytes)
    case .other(let type, _):
      ownChanges.append(Change("choices[\(index)].delta", .dropped, "a part of the type `\(type)` has no place here"))
    default: ownChanges.append(Change("choices[\(index)].delta", .dropped, "such a part has no place here"))
    }
  }

  private mutating func appendLogprobs(_ tokens: [TokenLogprob], _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    openChunk(index, into: &bytes)
    bytes += #"{},"logprobs":"#.utf8
    bytes += OpenAIChatLogprobs.encode(tokens).bytes
    bytes += ",\"finish_reason\":null}]}\n\n".utf8
  }

  // MARK: Calls

  /// The seal of a call is told behind it, but its id goes out now: a provider that seals calls tells them in one go.
  private mutating func start(
    _ call: ToolCall, _ number: Int, _ index: Int, _ rest: ArraySlice<ChatEvent>, into bytes: inout [UInt8]
  ) {
    guard call.kind != .atProvider else {
      ownChanges.append(
        Change("choices[\(index)].delta", .dropped, "a call of `\(call.name)`, which the provider ran itself"))
      return
    }
    told = PartAttributes(in: rest)
    begin(index, into: &bytes)
    let place = choices[index]?.calls.count ?? 0
    choices[index]?.calls[number] = ToldCall(place: place, isCustom: call.kind == .custom)
    let attributes = PartAttributes(told.seal, parts.extras.keep(told.extras, of: ReplyExtras.part))
    var object = OpenAIChatMessageEncoder.call(call, attributes).object ?? JSONObject()
    object.members.insert(.init(name: "index", value: .number(JSONNumber(place))), at: 0)
    appendDelta(["tool_calls": .array([.object(object)])], index, into: &bytes)
  }

  private mutating func appendArguments(_ piece: String, of number: Int, _ index: Int, into bytes: inout [UInt8]) {
    guard let call = choices[index]?.calls[number] else { return }
    openChunk(index, into: &bytes)
    bytes += "{\"tool_calls\":[{\"index\":\(call.place),".utf8
    bytes += (call.isCustom ? #""custom":{"input":"# : #""function":{"arguments":"#).utf8
    JSONWriter.append(quoted: piece, to: &bytes)
    bytes += "}}]".utf8
    closeChunk(into: &bytes)
  }

  // MARK: Chunks

  /// The first chunk of a choice names the role.
  private mutating func begin(_ index: Int, into bytes: inout [UInt8]) {
    guard choices[index] == nil else { return }
    choices[index] = Choice()
    appendDelta(["role": "assistant", "content": "", "refusal": .null], index, into: &bytes)
    if index == 0 { textHead = head + Array(#"0,"delta":{"content":"#.utf8) }
  }

  private mutating func appendDelta(_ delta: JSONObject, _ index: Int, into bytes: inout [UInt8]) {
    begin(index, into: &bytes)
    openChunk(index, into: &bytes)
    var text = JSON.object(delta).bytes
    text.removeLast()  // closed with the chunk
    bytes += text
    closeChunk(into: &bytes)
  }

  private mutating func openChunk(_ index: Int, into bytes: inout [UInt8]) {
    if head.isEmpty { head = makeHead() + Array(#"[{"index":"#.utf8) }
    bytes += head
    if index == 0 { bytes.append(UInt8(ascii: "0")) } else { bytes += String(index).utf8 }
    bytes += ",\"delta\":".utf8
  }

  private func closeChunk(into bytes: inout [UInt8]) { bytes += Self.chunkEnd }

  private static let chunkEnd = Array("},\"logprobs\":null,\"finish_reason\":null}]}\n\n".utf8)

  private func makeHead() -> [UInt8] {
    var writer = JSONWriter(Array("data: ".utf8))
    writer.beginObject()
    writer.name("id")
    writer.write(id)
    writer.name("object")
    writer.write("chat.completion.chunk")
    writer.name("created")
    writer.write(heading.createdAt)
    writer.name("model")
    writer.write(model)
    writer.name("choices")
    return writer.bytes
  }

  private mutating func writeUsage(into bytes: inout [UInt8]) {
    guard heading.client.wantsStreamUsage, let usage else { return }
    bytes += makeHead()
    bytes += "[],\"usage\":".utf8
    bytes += JSON.object(OpenAIChatUsage.encode(usage)).bytes
    bytes += "}\n\n".utf8
  }

  private mutating func fail(_ failure: ProviderFailure, into bytes: inout [UInt8]) {
    hasFailed = true
    bytes += "data: ".utf8
    bytes += OpenAIChat.encodeFailure(failure).body
    bytes += "\n\n".utf8
  }
}
