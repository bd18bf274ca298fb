// Events to `message_start` … `message_stop`. Blocks follow one another here: one is open at a time.

/// Writes the events of a streamed message.
public struct AnthropicMessagesStreamEncoder: StreamEncoding {
  public let contentType = "text/event-stream"
  public var changes: [Change] { encoder.changes + encoder.extras.changes }

  private let heading: ReplyHeading
  private var encoder: AnthropicMessagesReplyEncoder
  private var extras = JSONObject()
  private var hasBegun = false
  private var isOver = false
  private var open = Open.none
  /// The open block's number; the next one's when none is open.
  private var index = 0
  private var finish: Finish?
  private var usage = Usage()
  private var droppedChoices: Set<Int> = []
  /// The calls that have begun, and what came for one while another was open.
  private var calls: [Int: OpenCall] = [:]
  private var order: [Int] = []

  private enum Open: Sendable, Equatable {
    case none, text, thinking
    case call(Int)
  }

  private struct OpenCall: Sendable {
    var call: ToolCall
    var attributes: PartAttributes
    /// Arguments that wait for the block before to end, or custom input until it is whole.
    var held = ""
    /// How far the arguments that were written have come.
    var progress = JSONProgress()
    var isWritten = false
  }

  init(_ heading: ReplyHeading) {
    self.heading = heading
    encoder = AnthropicMessagesReplyEncoder(extras: ReplyExtras(heading, in: .anthropicMessages))
  }

  public mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8]) {
    for (place, event) in events.enumerated() where !isOver {
      encode(event, followedBy: events[(place + 1)...], into: &bytes)
    }
  }

  public mutating func finish(into bytes: inout [UInt8]) {
    guard !isOver else { return }
    isOver = true
    begin(id: nil, model: nil, into: &bytes)
    closeBlock(into: &bytes)
    writeWaitingCalls(into: &bytes)
    encoder.dropOtherChoices(droppedChoices.count)
    var delta: JSONObject = [
      "stop_reason": .string(encoder.stopReason(finish)),
      "stop_sequence": finish?.stopText.map { .string($0) } ?? .null,
    ]
    delta.fill(from: extras.rest(besides: [Self.contextManagement]))
    var event: JSONObject = ["delta": .object(delta), "usage": .object(AnthropicMessagesUsage.encode(usage))]
    event[Self.contextManagement] = extras[Self.contextManagement]
    write("message_delta", event, into: &bytes)
    write("message_stop", [:], into: &bytes)
  }

  /// The one extra of a message that stands beside its `delta`.
  private static let contextManagement = "context_management"

  // MARK: Events

  private mutating func encode(_ event: ChatEvent, followedBy rest: ArraySlice<ChatEvent>, into bytes: inout [UInt8]) {
    switch event {
    case .text(let piece), .refusal(let piece): appendText(piece, followedBy: rest, into: &bytes)
    case .reasoning(let piece): if !piece.isEmpty { appendThinking(piece, into: &bytes) }
    case .toolArguments(let call, let piece): appendArguments(piece, to: call, into: &bytes)
    case .textPartStarted: closeBlock(into: &bytes)
    case .started(let id, let model): begin(id: id, model: model, into: &bytes)
    case .reasoningSignature(let seal): sign(seal, into: &bytes)
    case .encryptedReasoning(let seal):
      writeBlock(AnthropicMessagesReplyEncoder.thinking(ReasoningBlock(text: "", encrypted: seal)), into: &bytes)
    case .toolCallStarted(let number, let id, let name, let kind):
      let call = ToolCall(id: id, name: name, arguments: "", kind: kind)
      start(OpenCall(call: call, attributes: PartAttributes(in: rest)), number, into: &bytes)
    case .partSignature: break  // told before its part, which it came with
    case .partExtras(let extras): tell(extras, into: &bytes)
    case .extras(let extras): self.extras.overlay(encoder.extras.keep(extras, of: ReplyExtras.reply))
    case .part(let part): for block in encoder.blocks(part) { writeBlock(block, into: &bytes) }
    case .finished(let finish): self.finish = finish
    case .usage(let usage): self.usage = usage
    case .logprobs(let tokens): encoder.dropLogprobs(tokens)
    case .otherChoice(let index, _): droppedChoices.insert(index)
    case .failed(let failure): fail(failure, into: &bytes)
    }
  }

  /// What is said of the part told last: only citations may follow their text, all else went out with its start.
  private mutating func tell(_ extras: JSONObject, into bytes: inout [UInt8]) {
    guard encoder.extras.isOwn, open == .text || open == .thinking else {
      if case .call(let number) = open, calls[number]?.attributes.extras == extras { return }
      return encoder.extras.drop(extras, of: ReplyExtras.part)
    }
    for member in extras.members {
      guard member.name == AnthropicMessagesBlock.citations, open == .text else {
        encoder.extras.drop(JSONObject([(member.name, member.value)]), of: ReplyExtras.part)
        continue
      }
      for citation in member.value.array ?? [] {
        let delta: JSON = ["type": "citations_delta", "citation": citation]
        write("content_block_delta", ["index": .number(JSONNumber(index)), "delta": delta], into: &bytes)
      }
    }
  }

  // MARK: Text and thinking

  private mutating func appendText(
    _ piece: String, followedBy rest: ArraySlice<ChatEvent>, into bytes: inout [UInt8]
  ) {
    if open != .text {
      closeBlock(into: &bytes)
      if let seal = PartAttributes(in: rest, ofText: true).seal {
        writeBlock(AnthropicMessagesReplyEncoder.sealBlock(seal), into: &bytes)
      }
      openBlock(["type": "text", "text": ""], .text, into: &bytes)
    }
    appendDelta(#"{"type":"text_delta","text":"#, piece, into: &bytes)
  }

  private mutating func appendThinking(_ piece: String, into bytes: inout [UInt8]) {
    if open != .thinking {
      closeBlock(into: &bytes)
      openBlock(["type": "thinking", "thinking": "", "signature": ""], .thinking, into: &bytes)
    }
    appendDelta(#"{"type":"thinking_delta","thinking":"#, piece, into: &bytes)
  }

  private mutating func sign(_ seal: Seal, into bytes: inout [UInt8]) {
    if open != .thinking {
      closeBlock(into: &bytes)
      openBlock(["type": "thinking", "thinking": "", "signature": ""], .thinking, into: &bytes)
    }
    appendDelta(#"{"type":"signature_delta","signature":"#, seal.carried(in: .anthropic), into: &bytes)
    closeBlock(into: &bytes)
  }

  // MARK: Calls

  /// Calls whose arguments come by turns are told one after the other: blocks may not overlap.
  ///
  /// The next begins once the arguments of the one before are a whole value.
  private mutating func start(_ call: OpenCall, _ number: Int, into bytes: inout [UInt8]) {
    calls[number] = call
    order.append(number)
    if case .call = open { return }
    openCall(number, into: &bytes)
  }

  private mutating func openCall(_ number: Int, into bytes: inout [UInt8]) {
    guard let call = calls[number] else { return }
    closeBlock(into: &bytes)
    if let seal = call.attributes.seal { writeBlock(AnthropicMessagesReplyEncoder.sealBlock(seal), into: &bytes) }
    var block: JSONObject = [
      "type": .string(AnthropicMessagesReplyEncoder.type(of: call.call.kind)), "id": .string(call.call.id),
      "name": .string(call.call.name), "input": [:],
    ]
    block.fill(from: encoder.extras.keep(call.attributes.extras, of: ReplyExtras.part))
    openBlock(block, .call(number), into: &bytes)
    calls[number]?.isWritten = true
    guard call.call.kind != .custom, !call.held.isEmpty else { return }
    calls[number]?.held = ""
    writeArguments(call.held, of: number, into: &bytes)
  }

  private mutating func appendArguments(_ piece: String, to number: Int, into bytes: inout [UInt8]) {
    guard let call = calls[number] else { return }
    if open != .call(number), call.isWritten {
      encoder.drop("content", "arguments of `\(call.call.name)` that came after its block had ended")
      return
    }
    calls[number]?.held += piece
    guard call.call.kind != .custom else { return }
    if open == .call(number) {
      calls[number]?.held = ""
      writeArguments(piece, of: number, into: &bytes)
    } else if case .call(let other) = open, calls[other]?.progress.isComplete == true,
      order.first(where: isWaiting) == number
    {
      openCall(number, into: &bytes)
    }
  }

  private mutating func writeArguments(_ piece: String, of number: Int, into bytes: inout [UInt8]) {
    calls[number]?.progress.add(piece)
    appendDelta(#"{"type":"input_json_delta","partial_json":"#, piece, into: &bytes)
  }

  private func isWaiting(_ number: Int) -> Bool { calls[number]?.isWritten == false }

  private mutating func writeWaitingCalls(into bytes: inout [UInt8]) {
    for number in order where isWaiting(number) {
      openCall(number, into: &bytes)
      closeBlock(into: &bytes)
    }
  }

  // MARK: Blocks

  private mutating func openBlock(_ block: JSONObject, _ kind: Open, into bytes: inout [UInt8]) {
    begin(id: nil, model: nil, into: &bytes)
    open = kind
    let place = JSON.number(JSONNumber(index))
    write("content_block_start", ["index": place, "content_block": .object(block)], into: &bytes)
  }

  private mutating func closeBlock(into bytes: inout [UInt8]) {
    guard open != .none else { return }
    if case .call(let number) = open, let call = calls[number], !call.held.isEmpty {
      // Free text is told in the only form a client can read: a JSON object.
      let text = call.call.kind == .custom ? JSON.object(["arguments": .string(call.held)]).text : call.held
      appendDelta(#"{"type":"input_json_delta","partial_json":"#, text, into: &bytes)
      calls[number]?.held = ""
    }
    write("content_block_stop", ["index": .number(JSONNumber(index))], into: &bytes)
    open = .none
    index += 1
  }

  /// A block that is told at once.
  private mutating func writeBlock(_ block: JSONObject, into bytes: inout [UInt8]) {
    closeBlock(into: &bytes)
    openBlock(block, .text, into: &bytes)
    closeBlock(into: &bytes)
  }

  private mutating func appendDelta(_ head: StaticString, _ piece: String, into bytes: inout [UInt8]) {
    bytes += "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":".utf8
    if index < 10 { bytes.append(UInt8(ascii: "0") + UInt8(index)) } else { bytes += String(index).utf8 }
    bytes += ",\"delta\":".utf8
    head.withUTF8Buffer { bytes += $0 }
    JSONWriter.append(quoted: piece, to: &bytes)
    bytes += "}}\n\n".utf8
  }

  // MARK: The message

  private mutating func begin(id: String?, model: String?, into bytes: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    let message: JSONObject = [
      "id": .string(id ?? heading.id), "type": "message", "role": "assistant",
      "model": .string(model ?? heading.client.request.model), "content": [], "stop_reason": .null,
      "stop_sequence": .null, "usage": .object(AnthropicMessagesUsage.encode(usage)),
    ]
    write("message_start", ["message": .object(message)], into: &bytes)
  }

  private func write(_ type: StaticString, _ members: JSONObject, into bytes: inout [UInt8]) {
    var event: JSONObject = ["type": .string("\(type)")]
    event.members += members.members
    ServerSentEventEncoder.append(name: type, data: JSON.object(event).bytes, to: &bytes)
  }

  private mutating func fail(_ failure: ProviderFailure, into bytes: inout [UInt8]) {
    isOver = true
    ServerSentEventEncoder.append(name: "error", data: AnthropicMessages.encodeFailure(failure).body, to: &bytes)
  }
}
