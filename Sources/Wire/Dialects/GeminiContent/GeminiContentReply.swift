// A whole answer, and what it and a stream have in common: candidates, finish reasons, token probabilities.

extension GeminiContent {
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let json = try JSON.parse(body)
    if json.array != nil { return try decodeWholeStream(body) }
    let candidates = json["candidates"]?.array ?? []
    let blocked = Finish(geminiPromptFeedback: json["promptFeedback"])
    guard !candidates.isEmpty || blocked != nil else {
      throw WireError(offset: 0, "an answer has `candidates`, or says why the prompt was blocked")
    }
    var reply = ChatReply()
    reply.id = json["responseId"]?.string
    reply.model = json["modelVersion"]?.string
    reply.finish = blocked
    reply.usage = json["usageMetadata"].flatMap(GeminiContentUsage.decode)
    reply.extras = json.object?.rest(besides: GeminiContentExtras.held) ?? JSONObject()
    reply.extras.overlay(GeminiContentExtras.feedback(json["promptFeedback"]))
    let first = candidates.firstIndex { $0["index"]?.int ?? 0 == 0 } ?? 0
    for (place, json) in candidates.enumerated() {
      let candidate = GeminiContentCandidate(json, replyID: reply.id)
      guard place == first else {
        reply.otherChoices.append(
          Choice(candidate.content, finish: candidate.finish, extras: GeminiContentExtras.candidate(candidate.rest)))
        continue
      }
      reply.content = candidate.content
      reply.finish = candidate.finish ?? blocked
      reply.logprobs = candidate.logprobs
      reply.extras.overlay(GeminiContentExtras.candidate(candidate.rest))
    }
    return reply
  }

  /// A stream that came as one list: a server that does not know `alt=sse` answers so.
  private static func decodeWholeStream(_ body: [UInt8]) throws(WireError) -> ChatReply {
    var decoder = GeminiContentStreamDecoder()
    var builder = ChatReplyBuilder()
    var events: [ChatEvent] = []
    try decoder.decode(body, into: &events)
    try decoder.finish(into: &events)
    for event in events { try builder.add(event) }
    guard decoder.isComplete, builder.failure == nil else {
      throw WireError(offset: body.count, "the list ends without a finish reason")
    }
    return builder.reply
  }
}

/// What an answer says that has no word in the vocabulary: of itself, and of its candidate.
enum GeminiContentExtras {
  /// The member of extras that holds what the candidate says of itself.
  static let candidate = "candidate"

  /// Members of an answer that are read elsewhere.
  static let held: Set<String> = ["candidates", "responseId", "modelVersion", "usageMetadata", "promptFeedback"]

  static func candidate(_ rest: JSONObject) -> JSONObject {
    rest.isEmpty ? JSONObject() : [candidate: .object(rest)]
  }

  /// What is said of the prompt besides why it was blocked.
  static func feedback(_ feedback: JSON?) -> JSONObject {
    let rest = feedback?.object?.rest(besides: ["blockReason"]) ?? JSONObject()
    return rest.isEmpty ? rest : ["promptFeedback": .object(rest)]
  }
}

/// One answer of a reply.
struct GeminiContentCandidate {
  var content: [ContentPart] = []
  var finish: Finish?
  var logprobs: [TokenLogprob] = []
  /// Members without a place of their own: safety ratings and the like.
  var rest = JSONObject()

  init(_ json: JSON, replyID: String?) {
    var calls = 0
    for part in json["content"]?["parts"]?.array ?? [] {
      guard let part = GeminiContentPart.decode(part, callID: OpenAIChat.madeCallID(replyID, calls)) else { continue }
      if case .toolCall = part.kind { calls += 1 }
      content.append(part)
    }
    for member in json.object?.members ?? [] {
      switch member.name {
      case "content", "index", "finishReason": break
      case "logprobsResult": logprobs = [TokenLogprob](geminiResult: member.value)
      case let name where GeminiContentPart.sources.contains(name):
        content += [ContentPart(geminiSource: name, member.value)].compactMap(\.self)
      default: rest.overlay(JSONObject([(member.name, member.value)]).rest(besides: []))
      }
    }
    finish = Finish(geminiWord: json["finishReason"]?.string, callsTools: calls > 0)
  }
}

extension ContentPart {
  /// Where an answer's text is from; `nil` when nothing is said.
  init?(geminiSource name: String, _ value: JSON) {
    guard let object = value.object, !object.isEmpty else { return nil }
    self.init(.other(type: name, .object(JSONObject([(name, value)]))))
  }
}

extension Finish {
  /// Stands before the word for why no answer was begun.
  static let geminiPromptMark = "promptFeedback:"

  /// `nil` while no word is there.
  init?(geminiWord word: String?, callsTools: Bool) {
    guard let word, !word.isEmpty else { return nil }
    let reason: Reason =
      switch word {
      case "STOP": callsTools ? .toolCalls : .stop
      case "MAX_TOKENS": .length
      case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
        .contentFilter
      default: .other
      }
    self.init(reason, word: word)
  }

  /// `nil` when the prompt was not blocked.
  init?(geminiPromptFeedback feedback: JSON?) {
    guard let word = feedback?["blockReason"]?.string, !word.isEmpty else { return nil }
    self.init(.contentFilter, word: Self.geminiPromptMark + word)
  }
}

extension [TokenLogprob] {
  /// As the format has them; the bytes of a token have no place.
  var geminiResult: JSON {
    [
      "chosenCandidates": .array(map { .object($0.geminiCandidate) }),
      "topCandidates": .array(map { ["candidates": .array($0.top.map { .object($0.geminiCandidate) })] }),
    ]
  }

  /// The tokens chosen, and the likeliest in the place of each.
  init(geminiResult result: JSON) {
    let top = result["topCandidates"]?.array ?? []
    self = (result["chosenCandidates"]?.array ?? []).enumerated().compactMap { index, chosen in
      guard var token = TokenLogprob(geminiCandidate: chosen) else { return nil }
      let others = index < top.count ? top[index]["candidates"]?.array : nil
      token.top = (others ?? []).compactMap { TokenLogprob(geminiCandidate: $0) }
      return token
    }
  }
}

extension TokenLogprob {
  fileprivate var geminiCandidate: JSONObject { ["token": .string(token), "logProbability": .number(logprob)] }

  fileprivate init?(geminiCandidate json: JSON) {
    guard let token = json["token"]?.string else { return nil }
    // A probability of one is left out as zeros are.
    self.init(token, json["logProbability"]?.number ?? JSONNumber(0))
  }
}
