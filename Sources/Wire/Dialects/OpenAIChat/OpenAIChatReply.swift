// A whole answer to a `ChatReply`.

extension OpenAIChat {
  /// Reads a whole answer.
  ///
  /// Throws when it is none: an error object with status 200 is for `decodeFailure`.
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let json = try JSON.parse(body)
    guard let choices = json["choices"]?.array, !choices.isEmpty else {
      let isError = json["error"]?.isNull == false
      throw WireError(offset: 0, isError ? "the answer is an error object" : "an answer has `choices`")
    }
    var reply = ChatReply()
    reply.id = json["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    reply.model = json["model"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    reply.extras = json.object?.rest(besides: OpenAIChatExtras.heldElsewhere) ?? JSONObject()
    let first = choices.firstIndex { $0["index"]?.int == 0 } ?? 0
    for (position, choice) in choices.enumerated() {
      var message = OpenAIChatMessageDecoder(replyID: reply.id, quirks: quirks)
      message.decode(choice["message"] ?? .null)
      let finish = choice["finish_reason"]?.string.flatMap { Finish(openAIChatWord: $0) }
      let extras = OpenAIChatExtras.join(
        message: message.rest, choice: choice.object?.rest(besides: OpenAIChatExtras.heldOfChoice) ?? JSONObject())
      if position == first {
        reply.content = message.content
        reply.logprobs = OpenAIChatLogprobs.decode(choice["logprobs"])
        reply.finish = finish
        reply.extras.overlay(extras)
      } else {
        reply.otherChoices.append(Choice(message.content, finish: finish, extras: extras))
      }
    }
    reply.usage = usage(in: json, quirks)
    return reply
  }

  private static func usage(in json: JSON, _ quirks: Quirks) -> Usage? {
    let tier = json["service_tier"]?.string
    func read(_ usage: JSON?) -> Usage? {
      usage.flatMap { OpenAIChatUsage.decode($0, serviceTier: tier, quirks: quirks) }
    }
    return read(json["usage"]) ?? read(quirks.usageEnvelope.flatMap { json[$0]?["usage"] })
  }
}

/// Takes an assistant message apart.
struct OpenAIChatMessageDecoder {
  let replyID: String?
  let quirks: Quirks
  private(set) var content: [ContentPart] = []
  /// Members that have no place in the content.
  private(set) var rest = JSONObject()
  private var callCount = 0
  /// Where each part stood in the message.
  private(set) var places: [String] = []

  init(replyID: String?, quirks: Quirks) {
    self.replyID = replyID
    self.quirks = quirks
  }

  mutating func decode(_ message: JSON) {
    addReasoning(of: message)
    addContent(message["content"])
    if let text = message["refusal"]?.string, !text.isEmpty { content.append(ContentPart(.refusal(text))) }
    note("refusal")
    for (index, image) in (message["images"]?.array ?? []).enumerated() {
      addImage(image)
      note("images[\(index)]")
    }
    // Some providers send every member there is, those without a meaning empty.
    if let audio = message["audio"]?.object, audio["id"]?.string != "" { addAudio(audio) }
    note("audio")
    if let call = message["function_call"], call["name"]?.string?.isEmpty == false { addCall(["function": call]) }
    note("function_call")
    for (index, call) in (message["tool_calls"]?.array ?? []).enumerated() {
      addCall(call)
      note("tool_calls[\(index)]")
    }
    rest = message.object?.rest(besides: OpenAIChatExtras.heldOfMessage) ?? JSONObject()
    rest.members.removeAll {
      OpenAIChatReasoning.fields(quirks).contains($0.name) || $0.name == OpenAIChatReasoning.detailsField(quirks)
    }
  }

  /// The parts that were added since stood there.
  private mutating func note(_ place: String) {
    while places.count < content.count { places.append(place) }
  }

  // MARK: Text and thinking

  private mutating func addReasoning(of message: JSON) {
    let plain = OpenAIChatReasoning.fields(quirks).lazy.compactMap { message[$0]?.string }.first { !$0.isEmpty }
    let details = message[OpenAIChatReasoning.detailsField(quirks)]?.array ?? []
    let parts = details.compactMap { OpenAIChatReasoning.part($0) }
    if let plain, !parts.contains(where: { !$0.reasoningText.isEmpty }) {
      content.append(ContentPart(.reasoning(ReasoningBlock(text: plain))))
    }
    note(OpenAIChatReasoning.fields(quirks).first { message[$0]?.string?.isEmpty == false } ?? "")
    for (index, part) in parts.enumerated() {
      content.append(part)
      note("\(OpenAIChatReasoning.detailsField(quirks))[\(index)]")
    }
  }

  private mutating func addContent(_ json: JSON?) {
    if let text = json?.string {
      addText(text)
      return note("content")
    }
    for (index, item) in (json?.array ?? []).enumerated() {
      defer { note("content[\(index)]") }
      if item["type"] == "thinking" {
        content.append(ContentPart(.reasoning(ReasoningBlock(text: OpenAIChatReasoning.text(ofThinking: item)))))
        continue
      }
      let part = OpenAIChatParts.part(item)
      if quirks.thinkTags, case .text(let text) = part.kind { addText(text) } else { content.append(part) }
    }
  }

  private mutating func addText(_ text: String) {
    guard quirks.thinkTags else {
      if !text.isEmpty { content.append(ContentPart(.text(text))) }
      return
    }
    var splitter = ThinkTagSplitter()
    let pieces = splitter.split(text)
    for piece in pieces + [splitter.finish()].compactMap({ $0 }) {
      switch piece {
      case .reasoning(let text): content.append(ContentPart(.reasoning(ReasoningBlock(text: text))))
      case .text(let text): content.append(ContentPart(.text(text)))
      }
    }
  }

  // MARK: Media and calls

  private mutating func addImage(_ json: JSON) {
    guard let url = json["image_url"]?["url"]?.string else {
      return content.append(ContentPart(.other(type: "image", json)))
    }
    content.append(ContentPart(.image(Media(addressOrData: url))))
  }

  private mutating func addAudio(_ audio: JSONObject) {
    var part = ContentPart(.audio(Media(.base64(audio["data"]?.string ?? ""), mediaType: nil)))
    for member in audio.members where member.name != "data" { part.extras[member.name] = member.value }
    content.append(part)
  }

  private mutating func addCall(_ json: JSON) {
    let kind = ToolCall.Kind(
      openAIChatType: json["type"]?.string, hasFunction: json["function"]?.object != nil,
      hasCustom: json["custom"]?.object != nil)
    let place = kind == .custom ? "custom" : "function"
    let function = json[place]
    let id = json["id"]?.string ?? ""
    let written = function?["arguments"] ?? function?["input"]
    // Some providers write the arguments as an object instead of a text of one.
    let arguments = written?.string ?? written.flatMap { $0.isNull ? nil : $0.text } ?? ""
    let call = ToolCall(
      id: id.isEmpty ? OpenAIChat.madeCallID(replyID, callCount) : id, name: function?["name"]?.string ?? "",
      arguments: arguments.isEmpty && kind == .function ? "{}" : arguments, kind: kind)
    var part = ContentPart(.toolCall(call))
    part.signature = json["extra_content"].flatMap { Seal(extraContent: $0) }
    part.extras = json.object?.rest(besides: Self.heldCallMembers) ?? JSONObject()
    if part.signature != nil { part.extras["extra_content"] = nil }
    let inner = function?.object?.rest(besides: ["name", "arguments", "input"]) ?? JSONObject()
    if !inner.isEmpty { part.extras[place] = .object(inner) }
    content.append(part)
    callCount += 1
  }

  private static let heldCallMembers: Set<String> = ["id", "type", "index", "function", "custom"]
}

extension OpenAIChat {
  /// An id for a call that came without one: the answer's own id keeps it apart from those of other turns.
  static func madeCallID(_ replyID: String?, _ index: Int) -> String { "\(replyID ?? "call")-\(index)" }
}

extension Media {
  /// An address, or the bytes and the type a `data:` address holds.
  init(addressOrData url: String) {
    let parts = url.split(separator: ",", maxSplits: 1)
    if url.hasPrefix("data:"), parts.count == 2, parts[0].hasSuffix(";base64") {
      let type = parts[0].dropFirst("data:".count).dropLast(";base64".count)
      self.init(.base64(String(parts[1])), mediaType: type.isEmpty ? nil : String(type))
    } else {
      self.init(.url(url), mediaType: nil)
    }
  }
}

extension ContentPart {
  /// The thinking in this part.
  fileprivate var reasoningText: String {
    if case .reasoning(let block) = kind { block.text } else { "" }
  }
}
