// An answer to the bytes a client expects. `OpenAIChat.decodeReply` is the way back.

extension OpenAIChat: ServedDialect {
  public static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply {
    var encoder = OpenAIChatMessageEncoder(extras: ReplyExtras(heading, in: .openAIChat))
    let extras = encoder.extras.keep(reply.extras, of: ReplyExtras.reply)
    let first = Choice(reply.content, finish: reply.finish, extras: extras)
    var choices = [encoder.choice(first, reply.logprobs, index: 0)]
    for (index, choice) in reply.otherChoices.enumerated() {
      var choice = choice
      choice.extras = encoder.extras.keep(choice.extras, of: ReplyExtras.reply)
      choices.append(encoder.choice(choice, [], index: index + 1))
    }
    var body: JSONObject = [
      "id": .string(reply.id ?? heading.id), "object": "chat.completion",
      "created": .number(JSONNumber(heading.createdAt)),
      "model": .string(reply.model ?? heading.client.request.model), "choices": .array(choices),
    ]
    body["usage"] = reply.usage.map { .object(OpenAIChatUsage.encode($0)) }
    body["service_tier"] = reply.usage?.serviceTier.map { .string($0) }
    body.fill(from: OpenAIChatExtras.own(extras))
    return EncodedReply(body: JSON.object(body).bytes, changes: encoder.changes + encoder.extras.changes)
  }

  public static func makeStreamEncoder(under heading: ReplyHeading) -> OpenAIChatStreamEncoder {
    OpenAIChatStreamEncoder(heading)
  }
}

/// Writes the message of a choice.
struct OpenAIChatMessageEncoder {
  private(set) var changes: [Change] = []
  var extras: ReplyExtras

  init(extras: ReplyExtras) { self.extras = extras }

  mutating func choice(_ choice: Choice, _ logprobs: [TokenLogprob], index: Int) -> JSON {
    var message = message(choice.content)
    message.fill(from: choice.extras[OpenAIChatExtras.message]?.object ?? JSONObject())
    var object: JSONObject = [
      "index": .number(JSONNumber(index)), "message": .object(message),
      "logprobs": logprobs.isEmpty ? .null : OpenAIChatLogprobs.encode(logprobs),
      "finish_reason": .string(word(for: choice.finish)),
    ]
    object.fill(from: choice.extras[OpenAIChatExtras.choice]?.object ?? JSONObject())
    return .object(object)
  }

  private mutating func word(for finish: Finish?) -> String {
    changes += finish?.openAIChatChanges ?? []
    return finish?.openAIChatWord ?? "stop"
  }

  private mutating func message(_ content: [ContentPart]) -> JSONObject {
    var text: String?
    var refusal: String?
    var reasoning = ""
    var details: [JSON] = []
    var images: [JSON] = []
    var calls: [JSON] = []
    var audio: JSON?
    for part in content {
      let partExtras = keep(part)
      switch part.kind {
      case .text(let piece): text = (text ?? "") + piece
      case .refusal(let piece): refusal = (refusal ?? "") + piece
      case .reasoning(let block) where block.saysNothing: break
      case .reasoning(let block):
        reasoning += block.text
        details.append(OpenAIChatReasoning.detail(block, index: details.count, partExtras))
      case .toolCall(let call) where call.kind != .atProvider:
        calls.append(Self.call(call, PartAttributes(part.signature, partExtras)))
      case .image(let media): images.append(Self.image(media))
      case .audio(let media): audio = Self.audio(media, partExtras)
      case .toolCall(let call): drop("a call of `\(call.name)`, which the provider ran itself,")
      case .other(let type, _): drop("a part of the type `\(type)`")
      case .document: drop("a document")
      case .toolResult: drop("a tool result")
      }
    }
    // Clients know an answer without a text by `null`.
    var message: JSONObject = ["role": "assistant", "content": text.map { .string($0) } ?? .null]
    message["refusal"] = refusal.map { .string($0) } ?? .null
    if !reasoning.isEmpty { message["reasoning_content"] = .string(reasoning) }
    if details.contains(where: \.isSealed) { message["reasoning_details"] = .array(details) }
    if !images.isEmpty { message["images"] = .array(images) }
    message["audio"] = audio
    if !calls.isEmpty { message["tool_calls"] = .array(calls) }
    return message
  }

  /// The extras of a part that are written with it; a text of this format has no members for any.
  mutating func keep(_ part: ContentPart) -> JSONObject {
    switch part.kind {
    case .text, .refusal, .image:
      extras.drop(part.extras, of: ReplyExtras.part)
      if part.signature != nil { extras.drop(["signature": true], of: ReplyExtras.part) }
      return JSONObject()
    case .reasoning, .toolCall, .audio: return extras.keep(part.extras, of: ReplyExtras.part)
    case .document, .toolResult, .other: return JSONObject()  // reported as wholes
    }
  }

  private mutating func drop(_ what: String) {
    changes.append(Change("choices[0].message", .dropped, "\(what) has no place in this format"))
  }

  // MARK: Parts

  /// The seal of a call goes out in its id: clients return nothing else of a call for certain.
  static func call(_ call: ToolCall, _ attributes: PartAttributes) -> JSON {
    let isCustom = call.kind == .custom
    let type = isCustom ? "custom" : "function"
    var object: JSONObject = [
      "id": .string(attributes.seal?.attached(toCallID: call.id) ?? call.id), "type": .string(type),
      type: ["name": .string(call.name), isCustom ? "input" : "arguments": .string(call.arguments)],
    ]
    object.fill(from: attributes.extras)
    return .object(object)
  }

  /// Images in answers are no part of OpenAI's format; routers agree on this form.
  static func image(_ media: Media) -> JSON {
    ["type": "image_url", "image_url": ["url": .string(media.addressOrData)]]
  }

  static func audio(_ media: Media, _ extras: JSONObject) -> JSON {
    var audio = extras
    if case .base64(let data) = media.source { audio["data"] = .string(data) }
    return .object(audio)
  }
}

extension Media {
  /// The address, or one that holds the bytes (RFC 2397); nothing where there is neither.
  var addressOrData: String {
    switch source {
    case .base64(let data): "data:\(mediaType ?? "application/octet-stream");base64,\(data)"
    case .url(let url): url
    case .fileID, .text: ""
    }
  }
}

extension JSON {
  /// A block of thinking that the provider needs to see again as it was.
  fileprivate var isSealed: Bool { self["signature"] != nil || self["data"] != nil }
}

extension Finish {
  /// The format's word for the reason.
  var openAIChatWord: String {
    switch reason {
    case .stop, .pause, .other: "stop"
    case .length: "length"
    case .toolCalls: "tool_calls"
    case .contentFilter: "content_filter"
    }
  }

  /// What is lost by that word.
  var openAIChatChanges: [Change] {
    let field = "choices[0].finish_reason"
    var changes: [Change] = []
    if reason == .pause || reason == .other {
      changes.append(Change(field, .converted, "this format has no word for `\(word)`"))
    }
    if stopText != nil {
      changes.append(Change(field, .dropped, "this format does not tell which stop text was met"))
    }
    return changes
  }
}

enum OpenAIChatLogprobs {
  static func encode(_ tokens: [TokenLogprob]) -> JSON {
    ["content": .array(tokens.map { token($0) }), "refusal": .null]
  }

  private static func token(_ token: TokenLogprob) -> JSON {
    .object(member(token) + ["top_logprobs": .array(token.top.map { .object(member($0)) })])
  }

  private static func member(_ token: TokenLogprob) -> JSONObject {
    [
      "token": .string(token.token), "logprob": .number(token.logprob),
      "bytes": .array((token.bytes ?? Array(token.token.utf8)).map { .number(JSONNumber(Int($0))) }),
    ]
  }

  /// The tokens of a choice's `logprobs`.
  static func decode(_ json: JSON?) -> [TokenLogprob] {
    (json?["content"]?.array ?? []).compactMap { token($0, withTop: true) }
  }

  private static func token(_ json: JSON, withTop: Bool) -> TokenLogprob? {
    guard let text = json["token"]?.string, let logprob = json["logprob"]?.number else { return nil }
    let bytes = json["bytes"]?.array?.compactMap { $0.int.flatMap { UInt8(exactly: $0) } }
    let top = withTop ? (json["top_logprobs"]?.array ?? []).compactMap { token($0, withTop: false) } : []
    return TokenLogprob(text, logprob, bytes: bytes, top: top)
  }
}
