// The text completions that chat replaced (platform.openai.com/docs/api-reference/completions), on the side of the server.

/// `POST /v1/completions`: read as a chat of one message, and answered with the text alone.
public enum TextCompletions {
  /// Reads a client's request, and says what of it no chat can do.
  public static func decodeRequest(_ body: [UInt8]) throws(WireError) -> (client: ClientRequest, changes: [Change]) {
    var members = try Members(try JSON.parse(body))
    var request = ChatRequest(model: try members.model(at: RequestAddress()), messages: [])
    request.messages = [Message(.user, try prompt(&members))]
    try readSampling(&members, into: &request)
    request.stop = try members.strings("stop") ?? []
    request.user = try members.string("user")
    request.streams = try members.bool("stream") ?? false
    let wantsUsage = try members.members("stream_options").map { options throws(WireError) in
      var options = options
      return try options.bool("include_usage") ?? false
    }
    let changes = takeLost(&members)
    request.extras = members.rest
    return (ClientRequest(request, wantsStreamUsage: wantsUsage ?? false), changes)
  }

  /// Writes a whole answer.
  public static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply {
    var encoder = TextCompletionEncoder(heading)
    let text = reply.content.reduce(into: "") { text, part in
      switch part.kind {
      case .text(let piece), .refusal(let piece): text += piece
      case .reasoning: encoder.drop("reasoning")
      default: encoder.drop("what is no text")
      }
    }
    var body = encoder.object(text, reply.finish, id: reply.id, model: reply.model)
    body["usage"] = reply.usage.map { .object(OpenAIChatUsage.encode($0)) }
    return EncodedReply(body: JSON.object(body).bytes, changes: encoder.changes)
  }

  public static func makeStreamEncoder(under heading: ReplyHeading) -> TextCompletionEncoder {
    TextCompletionEncoder(heading)
  }

  private static func prompt(_ members: inout Members) throws(WireError) -> String {
    guard let prompts = try members.strings("prompt") else { throw WireError(offset: 0, "`prompt` is missing") }
    guard prompts.count == 1 else {
      throw WireError(offset: 0, "`prompt` must be one text, not \(prompts.count): send a request for each")
    }
    return prompts[0]
  }

  private static func readSampling(_ members: inout Members, into request: inout ChatRequest) throws(WireError) {
    request.maxOutputTokens = try members.int("max_tokens")
    request.sampling.temperature = try members.number("temperature")
    request.sampling.topP = try members.number("top_p")
    request.sampling.frequencyPenalty = try members.number("frequency_penalty")
    request.sampling.presencePenalty = try members.number("presence_penalty")
    request.sampling.seed = try members.number("seed")
    guard try members.int("n") ?? 1 == 1 else { throw WireError(offset: 0, "`n` must be 1: send a request for each") }
  }

  /// Fields that a chat has no word for, each with the value that asks for nothing.
  private static let lost: [(name: String, idle: JSON)] = [
    ("suffix", ""), ("best_of", 1), ("logprobs", .null), ("logit_bias", [:]), ("echo", false),
  ]

  private static func takeLost(_ members: inout Members) -> [Change] {
    lost.compactMap { name, idle in
      guard let value = members.take(name), value != idle else { return nil }
      return Change(name, .dropped, "the text is completed by a chat, which has no such parameter")
    }
  }
}

/// Writes `text_completion` events and `[DONE]`.
public struct TextCompletionEncoder: StreamEncoding {
  public let contentType = "text/event-stream"
  public private(set) var changes: [Change] = []

  private let heading: ReplyHeading
  private var id: String?
  private var model: String?
  private var finish: Finish?
  private var usage: Usage?
  private var hasFailed = false

  init(_ heading: ReplyHeading) { self.heading = heading }

  public mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8]) {
    for event in events where !hasFailed { encode(event, into: &bytes) }
  }

  public mutating func finish(into bytes: inout [UInt8]) {
    guard !hasFailed else { return }
    append(object("", finish ?? Finish(.stop, word: "stop"), id: id, model: model), to: &bytes)
    if heading.client.wantsStreamUsage, let usage {
      var last = object("", nil, id: id, model: model)
      last["choices"] = []
      last["usage"] = .object(OpenAIChatUsage.encode(usage))
      append(last, to: &bytes)
    }
    bytes += "data: [DONE]\n\n".utf8
  }

  private mutating func encode(_ event: ChatEvent, into bytes: inout [UInt8]) {
    switch event {
    case .text(let piece), .refusal(let piece):
      if !piece.isEmpty { append(object(piece, nil, id: id, model: model), to: &bytes) }
    case .started(let id, let model):
      self.id = id ?? self.id
      self.model = model ?? self.model
    case .finished(let finish): self.finish = finish
    case .usage(let usage): self.usage = usage
    case .failed(let failure):
      hasFailed = true
      ServerSentEventEncoder.append(data: OpenAIChat.encodeFailure(failure).body, to: &bytes)
    case .reasoning, .reasoningSignature, .encryptedReasoning: drop("reasoning")
    case .toolCallStarted, .toolArguments, .part, .otherChoice: drop("what is no text")
    case .textPartStarted, .partSignature, .partExtras, .logprobs, .extras: break
    }
  }

  private func append(_ object: JSONObject, to bytes: inout [UInt8]) {
    ServerSentEventEncoder.append(data: JSON.object(object).bytes, to: &bytes)
  }

  /// An answer with so much text, or a piece of one.
  fileprivate func object(_ text: String, _ finish: Finish?, id: String?, model: String?) -> JSONObject {
    let word = finish.map { $0.reason == .length || $0.reason == .contentFilter ? $0.openAIChatWord : "stop" }
    return [
      "id": .string(id ?? heading.id), "object": "text_completion", "created": .number(JSONNumber(heading.createdAt)),
      "model": .string(model ?? heading.client.request.model),
      "choices": [
        ["text": .string(text), "index": 0, "logprobs": .null, "finish_reason": word.map { .string($0) } ?? .null]
      ],
    ]
  }

  /// Once for all pieces of it.
  fileprivate mutating func drop(_ what: String) {
    let change = Change(what, .dropped, "a text completion holds the text alone")
    if !changes.contains(change) { changes.append(change) }
  }
}
