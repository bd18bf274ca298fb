// The items of a streamed answer, from their beginning to their end.

// MARK: Messages

extension OpenAIResponsesStreamEncoder {
  mutating func append(_ piece: String, _ kind: OpenAIResponsesOpenMessage.Kind, into bytes: inout [UInt8]) {
    guard spend(piece.utf8.count, into: &bytes) else { return }
    if ahead[OpenAIResponsesItem.messageExtra] != nil { closeText(into: &bytes) }
    if message?.kind != kind { open(kind, into: &bytes) }
    guard let place = message?.deltaPlace else { return }
    message?.text += piece
    frames.writeDelta(kind == .text ? "output_text.delta" : "refusal.delta", place, piece, into: &bytes)
  }

  private mutating func open(_ kind: OpenAIResponsesOpenMessage.Kind, into bytes: inout [UInt8]) {
    closePart(into: &bytes)
    if message == nil {
      closeText(into: &bytes)
      guard let place = makeItem("msg", into: &bytes) else { return }
      let members = ahead[OpenAIResponsesItem.messageExtra]?.object ?? JSONObject()
      let message = OpenAIResponsesOpenMessage(place: place, members: members)
      open(message.item("in_progress"), at: place, into: &bytes)
      self.message = message
    }
    message?.begin(kind)
    writePart("content_part.added", into: &bytes)
  }

  /// Ends the part of the message that goes on.
  mutating func closePart(into bytes: inout [UInt8]) {
    guard let kind = message?.kind, let part = message?.part else { return }
    writePlaced(kind == .text ? "output_text.done" : "refusal.done", into: &bytes) { writer in
      for member in part.members where ["text", "refusal", "logprobs"].contains(member.name) {
        writer.name(member.name)
        writer.write(member.value)
      }
    }
    writePart("content_part.done", into: &bytes)
    message?.end(part)
  }

  private mutating func writePart(_ name: StaticString, into bytes: inout [UInt8]) {
    guard let part = message?.part else { return }
    writePlaced(name, into: &bytes) { writer in
      writer.name("part")
      writer.write(part)
    }
  }

  /// An event about the part that goes on.
  private mutating func writePlaced(
    _ name: StaticString, into bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void
  ) {
    guard let place = message?.place, let index = message?.parts.count else { return }
    frames.write(name, into: &bytes) { writer in
      place.write(to: &writer)
      writer.name("content_index")
      writer.write(index)
      members(&writer)
    }
  }

  /// What is said of the part told last; what stands in its item went out with it.
  mutating func note(_ extras: JSONObject, into bytes: inout [UInt8]) {
    let kept = self.extras.keep(extras, of: ReplyExtras.part)
    if let annotations = kept[OpenAIResponsesItem.annotations]?.array { annotate(annotations, into: &bytes) }
  }

  /// Where the text before is from; its part is over then.
  private mutating func annotate(_ annotations: [JSON], into bytes: inout [UInt8]) {
    guard message?.kind == .text else { return drop("annotations", "there is no text that they belong to") }
    for (index, annotation) in annotations.enumerated() {
      guard spend(annotation.bytes.count, into: &bytes) else { return }
      writePlaced("output_text.annotation.added", into: &bytes) { writer in
        writer.name("annotation_index")
        writer.write(index)
        writer.name("annotation")
        writer.write(annotation)
      }
    }
    message?.annotations = annotations
    closePart(into: &bytes)
  }

  mutating func append(_ tokens: [TokenLogprob], into bytes: inout [UInt8]) {
    guard message?.kind == .text else { return dropOnce("logprobs", "there is no text that they belong to") }
    let encoded = OpenAIResponsesLogprobs.encode(tokens)
    guard spend(encoded.bytes.count, into: &bytes) else { return }
    message?.logprobs += tokens
    writePlaced("output_text.delta", into: &bytes) { writer in
      writer.name("delta")
      writer.write("")
      writer.name("logprobs")
      writer.write(encoded)
    }
  }

  /// Ends the message or the thinking that goes on.
  mutating func closeText(into bytes: inout [UInt8]) {
    closePart(into: &bytes)
    if let message {
      self.message = nil
      close(message.item("completed"), at: message.place, into: &bytes)
    }
    closeReasoning(nil, into: &bytes)
  }
}

// MARK: Thinking

extension OpenAIResponsesStreamEncoder {
  mutating func appendReasoning(_ piece: String, into bytes: inout [UInt8]) {
    guard !piece.isEmpty else { return }
    guard spend(piece.utf8.count, into: &bytes) else { return }
    openSummary(into: &bytes)
    guard let place = reasoning?.deltaPlace else { return }
    reasoning?.text += piece
    frames.writeDelta("reasoning_summary_text.delta", place, piece, into: &bytes)
  }

  private mutating func openSummary(into bytes: inout [UInt8]) {
    if reasoning == nil {
      closeText(into: &bytes)
      guard let place = makeItem("rs", into: &bytes) else { return }
      let reasoning = OpenAIResponsesOpenReasoning(place: place)
      open(reasoning.item(nil), at: place, into: &bytes)
      self.reasoning = reasoning
    }
    guard reasoning?.isPartOpen == false else { return }
    reasoning?.begin()
    writeSummary("reasoning_summary_part.added", into: &bytes)
  }

  mutating func closeSummary(into bytes: inout [UInt8]) {
    guard reasoning?.isPartOpen == true, let place = reasoning?.place, let part = reasoning?.part,
      let index = reasoning?.summaries.count
    else { return }
    frames.write("reasoning_summary_text.done", into: &bytes) { writer in
      place.write(to: &writer)
      writer.name("summary_index")
      writer.write(index)
      writer.name("text")
      writer.write(part["text"] ?? "")
    }
    writeSummary("reasoning_summary_part.done", into: &bytes)
    reasoning?.end(part)
  }

  private mutating func writeSummary(_ name: StaticString, into bytes: inout [UInt8]) {
    guard let place = reasoning?.place, let part = reasoning?.part, let index = reasoning?.summaries.count else {
      return
    }
    frames.write(name, into: &bytes) { writer in
      place.write(to: &writer)
      writer.name("summary_index")
      writer.write(index)
      writer.name("part")
      writer.write(part)
    }
  }

  private mutating func closeReasoning(_ encrypted: String?, into bytes: inout [UInt8]) {
    closeSummary(into: &bytes)
    guard let reasoning else { return }
    self.reasoning = nil
    close(reasoning.item(encrypted), at: reasoning.place, into: &bytes)
  }

  /// The proof of thinking without a text stands beside an empty one, which tells it from encrypted thinking.
  mutating func sign(_ seal: Seal, into bytes: inout [UInt8]) {
    let encrypted = seal.carried(in: .openAI)
    guard spend(encrypted.utf8.count, into: &bytes) else { return }
    if reasoning?.summaries.isEmpty ?? true { openSummary(into: &bytes) }
    closeReasoning(encrypted, into: &bytes)
  }

  /// Encrypted thinking, or the proof of a part, as an item of its own.
  mutating func appendSealed(_ encrypted: String, into bytes: inout [UInt8]) {
    guard spend(encrypted.utf8.count, into: &bytes) else { return }
    closeText(into: &bytes)
    guard let place = makeItem("rs", into: &bytes) else { return }
    add(OpenAIResponsesOpenReasoning(place: place).item(encrypted), at: place, into: &bytes)
  }
}

// MARK: Calls

extension OpenAIResponsesStreamEncoder {
  mutating func start(_ number: Int, _ call: ToolCall) {
    if call.kind == .atProvider {
      untoldCalls.insert(number)
      drop("output", "a call of `\(call.name)`, which the provider ran itself, has no place in this format")
    } else {
      heldCall = (number, OpenAIResponsesOpenCall(call: call))
    }
  }

  /// Whether `event` is kept for the call that is held back.
  ///
  /// The seal of a call goes out in its id, the one thing of a call that every client returns. Providers that seal
  /// calls tell the seal right after the start or after arguments in one piece, so a call is told with its second piece.
  mutating func hold(_ event: ChatEvent) -> Bool {
    guard let held = heldCall else { return false }
    switch event {
    case .partSignature(let seal) where !held.call.isSealed:
      heldCall?.call.call.id = seal.attached(toCallID: held.call.call.id)
      heldCall?.call.isSealed = true
    case .toolArguments(held.number, let piece) where held.call.call.arguments.isEmpty:
      heldCall?.call.call.arguments = piece
    case .partExtras(let said): heldCall?.call.extras.overlay(extras.keep(said, of: ReplyExtras.part))
    default: return false
    }
    return true
  }

  mutating func releaseCall(into bytes: inout [UInt8]) {
    guard let held = heldCall else { return }
    heldCall = nil
    let number = held.number
    var call = held.call
    let piece = call.call.arguments
    call.call.arguments = ""
    closeText(into: &bytes)
    ahead = call.extras
    guard let place = makeItem(call.isCustom ? "ctc" : "fc", into: &bytes) else { return }
    call.place = place
    call.deltaPlace = place.bytes()
    open(call.item(place.id, "in_progress"), at: place, into: &bytes)
    calls[number] = call
    lastCall = number
    if !piece.isEmpty { appendArguments(piece, to: number, into: &bytes) }
  }

  mutating func appendArguments(_ piece: String, to number: Int, into bytes: inout [UInt8]) {
    guard let place = calls[number]?.deltaPlace, let isCustom = calls[number]?.isCustom else {
      if !untoldCalls.contains(number) { dropOnce("output[].arguments", "they came after their call had ended") }
      return
    }
    guard spend(piece.utf8.count, into: &bytes) else { return }
    calls[number]?.call.arguments += piece
    calls[number]?.progress.add(piece)
    frames.writeDelta(
      isCustom ? "custom_tool_call_input.delta" : "function_call_arguments.delta", place, piece, into: &bytes)
  }

  /// A call ends when something else begins, once its arguments are a whole value: until then more may come for it.
  mutating func closeWholeCall(into bytes: inout [UInt8]) {
    guard let last = lastCall, calls[last]?.progress.isComplete == true, calls[last]?.isCustom == false else { return }
    closeCall(last, into: &bytes)
  }

  mutating func closeCall(_ number: Int, into bytes: inout [UInt8]) {
    guard let isEmpty = calls[number]?.call.arguments.isEmpty, let isCustom = calls[number]?.isCustom else { return }
    if isEmpty, !isCustom { appendArguments("{}", to: number, into: &bytes) }
    guard let call = calls.removeValue(forKey: number), let place = call.place else { return }
    frames.write(
      isCustom ? "custom_tool_call_input.done" : "function_call_arguments.done", into: &bytes
    ) { writer in
      place.write(to: &writer)
      if !isCustom {
        writer.name("name")
        writer.write(call.call.name)
      }
      writer.name(isCustom ? "input" : "arguments")
      writer.write(call.call.arguments)
    }
    close(call.item(place.id, "completed"), at: place, into: &bytes)
  }
}

// MARK: Whole parts

extension OpenAIResponsesStreamEncoder {
  mutating func append(_ part: ContentPart, into bytes: inout [UInt8]) {
    switch part.kind {
    case .other(let type, let json):
      guard extras.isOwn, OpenAIResponsesItem.isWhole(type), let object = json.object else {
        return drop("output", "a part of the type `\(type)` has no place in this format")
      }
      add(object, into: &bytes)
    case .image(let media): append(media, extras.keep(part.extras, of: ReplyExtras.part), into: &bytes)
    case .text, .refusal, .reasoning, .toolCall, .toolResult, .document, .audio:
      drop("output", "such a part has no place in this format")
    }
  }

  /// An image is what a tool of the provider's makes here.
  private mutating func append(_ media: Media, _ extras: JSONObject, into bytes: inout [UInt8]) {
    guard case .base64(let data) = media.source else {
      return drop("output", "an image by its address has no place in this format")
    }
    let subtype = media.mediaType?.split(separator: "/").last.map { JSON.string(String($0)) }
    let image: JSONObject = ["type": .string(OpenAIResponsesItem.imageType), "status": "completed"]
    var object = extras["type"] == image["type"] ? extras : image
    if object["output_format"] == nil { object["output_format"] = subtype }
    object["result"] = .string(data)
    add(object, into: &bytes)
  }

  /// An item that is told at once, with an id if it has none.
  private mutating func add(_ item: JSONObject, into bytes: inout [UInt8]) {
    guard spend(JSON.object(item).bytes.count, into: &bytes) else { return }
    closeText(into: &bytes)
    guard let place = makeItem("it", into: &bytes) else { return }
    var item = item
    if item["id"] == nil { item["id"] = .string(place.id) }
    add(item, at: place, into: &bytes)
  }
}
