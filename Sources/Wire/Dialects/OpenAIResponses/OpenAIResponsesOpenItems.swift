// What is remembered of the items of a streamed answer that are not over.

/// A message that goes on.
struct OpenAIResponsesOpenMessage: Sendable {
  enum Kind: Sendable {
    case text, refusal
  }

  let place: OpenAIResponsesPlace
  /// The parts that are over.
  private(set) var parts: [JSON] = []
  /// The part that goes on, if one does.
  private(set) var kind: Kind?
  private(set) var deltaPlace: [UInt8] = []
  var text = ""
  var annotations: [JSON] = []
  var logprobs: [TokenLogprob] = []

  /// What the provider says of it.
  private let members: JSONObject

  init(place: OpenAIResponsesPlace, members: JSONObject) {
    self.place = place
    self.members = members
  }

  mutating func begin(_ kind: Kind) {
    self.kind = kind
    deltaPlace = place.bytes("content_index", parts.count, kind == .text ? ",\"logprobs\":[]" : "")
  }

  mutating func end(_ part: JSONObject) {
    parts.append(.object(part))
    kind = nil
    text = ""
    annotations = []
    logprobs = []
  }

  var part: JSONObject {
    guard kind == .text else { return ["type": "refusal", "refusal": .string(text)] }
    return [
      "type": "output_text", "text": .string(text), "annotations": .array(annotations),
      "logprobs": OpenAIResponsesLogprobs.encode(logprobs),
    ]
  }

  func item(_ status: JSON) -> JSONObject {
    var item: JSONObject = [
      "id": .string(place.id), "type": "message", "status": status, "role": "assistant", "content": .array(parts),
    ]
    item.fill(from: members)
    return item
  }
}

/// Thinking that goes on.
struct OpenAIResponsesOpenReasoning: Sendable {
  let place: OpenAIResponsesPlace
  private(set) var summaries: [JSON] = []
  private(set) var isPartOpen = false
  private(set) var deltaPlace: [UInt8] = []
  var text = ""

  init(place: OpenAIResponsesPlace) { self.place = place }

  mutating func begin() {
    isPartOpen = true
    deltaPlace = place.bytes("summary_index", summaries.count)
  }

  mutating func end(_ part: JSONObject) {
    summaries.append(.object(part))
    isPartOpen = false
    text = ""
  }

  var part: JSONObject { ["type": "summary_text", "text": .string(text)] }

  /// Its text stands in the summary, which is what clients show.
  func item(_ encrypted: String?) -> JSONObject {
    var item: JSONObject = ["id": .string(place.id), "type": "reasoning", "summary": .array(summaries)]
    item["encrypted_content"] = encrypted.map { .string($0) }
    return item
  }
}

/// A call whose arguments go on.
struct OpenAIResponsesOpenCall: Sendable {
  var call: ToolCall
  var isSealed = false
  /// Once it was told.
  var place: OpenAIResponsesPlace?
  var deltaPlace: [UInt8] = []
  var progress = JSONProgress()
  /// What the provider says of it.
  var extras = JSONObject()

  var isCustom: Bool { call.kind == .custom }

  func item(_ id: String, _ status: String) -> JSONObject {
    var item: JSONObject = [
      "id": .string(id), "type": isCustom ? "custom_tool_call" : "function_call", "status": .string(status),
      "call_id": .string(call.id), "name": .string(call.name),
      isCustom ? "input" : "arguments": .string(call.arguments),
    ]
    item.fill(from: extras)
    return item
  }
}
