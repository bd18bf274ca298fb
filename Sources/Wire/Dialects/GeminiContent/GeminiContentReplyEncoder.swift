// An answer to the bytes a client expects. `GeminiContent.decodeReply` is the way back.

extension GeminiContent: ServedDialect {
  public static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply {
    var encoder = GeminiContentCandidateEncoder(extras: ReplyExtras(heading, in: .gemini))
    var body = JSONObject()
    let extras = encoder.extras.keep(reply.extras, of: ReplyExtras.reply)
    if reply.content.isEmpty, let feedback = reply.finish?.geminiPromptFeedback {
      body["promptFeedback"] = feedback
    } else {
      var candidates = [encoder.candidate(Choice(reply.content, finish: reply.finish, extras: extras), index: 0)]
      if !reply.logprobs.isEmpty { candidates[0]["logprobsResult"] = reply.logprobs.geminiResult }
      for (index, choice) in reply.otherChoices.enumerated() {
        var choice = choice
        choice.extras = encoder.extras.keep(choice.extras, of: ReplyExtras.reply)
        candidates.append(encoder.candidate(choice, index: index + 1))
      }
      body["candidates"] = .array(candidates.map { .object($0) })
    }
    body["usageMetadata"] = reply.usage.map { .object(GeminiContentUsage.encode($0)) }
    body.add(extras)
    body["modelVersion"] = .string(reply.model ?? heading.client.request.model)
    body["responseId"] = .string(reply.id ?? heading.id)
    return EncodedReply(body: JSON.object(body).bytes, changes: encoder.changes + encoder.extras.changes)
  }

  public static func makeStreamEncoder(under heading: ReplyHeading) -> GeminiContentStreamEncoder {
    GeminiContentStreamEncoder(heading)
  }

  /// The model stands in the address; what a body may say of it must not say otherwise.
  public static func forward(
    _ body: [UInt8], model: String, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    EncodedRequest(body: try JSON.splicing([("model", nil)], into: body), changes: [])
  }
}

/// Writes candidates.
struct GeminiContentCandidateEncoder {
  private var encoder = GeminiContentPartEncoder(for: .client)
  var changes: [Change] { encoder.changes }
  var extras: ReplyExtras

  init(extras: ReplyExtras) { self.extras = extras }

  mutating func candidate(_ choice: Choice, index: Int) -> JSONObject {
    let parts = choice.content.compactMap { part($0, index: index) }
    var candidate: JSONObject = [
      "content": ["parts": .array(parts.map { .object($0) }), "role": "model"],
      "finishReason": .string(finishReason(choice.finish)), "index": .number(JSONNumber(index)),
    ]
    for part in choice.content { if let source = part.geminiSource { candidate[source.name] = source.value } }
    candidate.fill(from: choice.extras[GeminiContentExtras.candidate]?.object ?? JSONObject())
    return candidate
  }

  /// Parts without a word in the vocabulary, and extras, are of this format only when the answer is.
  mutating func part(_ part: ContentPart, index: Int) -> JSONObject? {
    let field = "candidates[\(index)].content"
    if case .other(let type, _) = part.kind, !extras.isOwn {
      drop(field, "a part of the type `\(type)` has no place in this format")
      return nil
    }
    var part = part
    part.extras = extras.keep(part.extras, of: ReplyExtras.part)
    return encoder.part(part, field)
  }

  mutating func finishReason(_ finish: Finish?) -> String {
    if let finish, finish.reason == .other || finish.reason == .pause, finish.geminiWord != finish.word {
      encoder.change("finishReason", .converted, "this format has no word for `\(finish.word)`")
    }
    if finish?.stopText != nil {
      encoder.change("finishReason", .dropped, "this format does not tell which stop text was met")
    }
    return finish?.geminiWord ?? "STOP"
  }

  mutating func drop(_ field: String, _ why: String) { encoder.change(field, .dropped, why) }
}

extension JSONObject {
  /// Adds what an answer says of itself; what it says of the prompt joins what is said of it already.
  mutating func add(_ extras: JSONObject) {
    for member in extras.members where member.name != GeminiContentExtras.candidate {
      let said = self[member.name]?.object ?? JSONObject()
      self[member.name] = member.value.object.map { .object(said + $0) } ?? member.value
    }
  }
}

extension ContentPart {
  /// What a part like that of `init(geminiSource:_:)` tells.
  var geminiSource: JSONObject.Member? {
    guard case .other(let type, let json) = kind, GeminiContentPart.sources.contains(type), let value = json[type]
    else { return nil }
    return JSONObject.Member(name: type, value: value)
  }
}

extension Finish {
  /// The format's word: its own where it came from there.
  var geminiWord: String {
    if Self.geminiWords.contains(word) { return word }
    return switch reason {
    case .stop, .toolCalls: "STOP"
    case .length: "MAX_TOKENS"
    case .contentFilter: "SAFETY"
    case .pause, .other: "OTHER"
    }
  }

  /// Why no answer was begun, when it was the prompt.
  var geminiPromptFeedback: JSON? {
    guard word.hasPrefix(Self.geminiPromptMark) else { return nil }
    return ["blockReason": .string(String(word.dropFirst(Self.geminiPromptMark.count)))]
  }

  /// ai.google.dev/api/generate-content, `FinishReason`; clients in typed languages know no others.
  private static let geminiWords: Set<String> = [
    "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
    "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER", "NO_IMAGE",
    "IMAGE_RECITATION", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE", "MODEL_ARMOR",
  ]
}
