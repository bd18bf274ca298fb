// What an assistant message of a request is made of: text, refusal, tool calls, and thinking where it may go back.

struct OpenAIChatAssistantTurn {
  let quirks: Quirks
  let field: String
  var changes: [Change] = []
  var texts: [JSON] = []
  var refusal = ""
  var calls: [JSON] = []
  private var reasoningText = ""
  private var reasoningDetails: [JSON] = []

  init(quirks: Quirks, field: String) {
    self.quirks = quirks
    self.field = field
  }

  mutating func add(_ part: ContentPart, at index: Int) {
    let place = "\(field).content[\(index)]"
    switch part.kind {
    case .text(let text): texts.append(textPart(text, part, place))
    case .refusal(let text): refusal += text
    case .toolCall(let call) where call.kind == .atProvider:
      drop(place, "a tool another provider ran has no place here")
    case .toolCall(let call): calls.append(encode(call, part, place))
    case .reasoning(let block): add(block, part, place)
    case .other(_, let json): texts.append(json)
    case .image, .document, .audio: drop(place, "an assistant message holds only text here")
    case .toolResult: drop(place, "a tool result has no place in an assistant message here")
    }
  }

  func writeReasoning(to object: inout JSONObject) {
    if case .field(let name) = quirks.echoReasoning, !reasoningText.isEmpty { object[name] = .string(reasoningText) }
    if let name = quirks.reasoningDetailsField, !reasoningDetails.isEmpty { object[name] = .array(reasoningDetails) }
  }

  private mutating func drop(_ place: String, _ why: String) { changes.append(Change(place, .dropped, why)) }

  private mutating func textPart(_ text: String, _ part: ContentPart, _ place: String) -> JSON {
    var object: JSONObject = ["type": "text", "text": .string(text)]
    if let cacheControl = part.cacheControl {
      if quirks.takesCacheControl {
        object["cache_control"] = cacheControl
      } else {
        drop("\(place).cache_control", "this provider takes no cache breakpoints")
      }
    }
    if part.signature != nil { drop("\(place).signature", "this format has no signatures of texts") }
    for extra in part.extras.members { object[extra.name] = extra.value }
    return .object(object)
  }

  private mutating func encode(_ call: ToolCall, _ part: ContentPart, _ place: String) -> JSON {
    let id = quirks.callIDs.fit(call.id)
    if id != call.id { changes.append(Change("\(place).id", .converted, "this provider takes ids of another form")) }
    var object: JSONObject = ["id": .string(id)]
    if call.kind == .custom {
      object["type"] = "custom"
      object["custom"] = ["name": .string(call.name), "input": .string(call.arguments)]
    } else {
      object["type"] = "function"
      object["function"] = ["name": .string(call.name), "arguments": .string(call.arguments)]
    }
    if let seal = part.signature {
      if quirks.takesThoughtSignatures, seal.isReadable(by: .gemini) {
        object["extra_content"] = seal.extraContent
      } else {
        drop("\(place).signature", "this provider takes no signatures of calls")
      }
    }
    object.fill(from: part.extras, at: place, changes: &changes)
    return .object(object)
  }

  private mutating func add(_ block: ReasoningBlock, _ part: ContentPart, _ place: String) {
    if quirks.reasoningDetailsField != nil {
      reasoningDetails.append(detail(block, part))
    } else if case .field = quirks.echoReasoning {
      reasoningText += block.text
      if block.text.isEmpty { drop(place, "this provider takes back only thinking in plain text") }
    } else {
      drop(place, "this provider takes no earlier thinking back")
    }
  }

  private func detail(_ block: ReasoningBlock, _ part: ContentPart) -> JSON {
    var detail = part.extras
    if let encrypted = block.encrypted {
      detail["type"] = "reasoning.encrypted"
      detail["data"] = .string(encrypted.text)
    } else if detail["type"] == "reasoning.summary" {
      detail["summary"] = .string(block.text)
    } else {
      detail["type"] = "reasoning.text"
      detail["text"] = .string(block.text)
      detail["signature"] = block.signature.map { .string($0.text) }
    }
    return .object(detail)
  }
}
