// The `response` object: what the request said, told again, and how the answer stands.

/// Everything of a `response` that does not depend on the answer; the official clients want each member.
struct OpenAIResponsesHead: Sendable {
  var id: String
  var model: String
  private let createdAt: Int
  /// The settings of the request as this format writes them.
  private let settings: JSONObject

  init(_ heading: ReplyHeading) {
    id = heading.id
    model = heading.client.request.model
    createdAt = heading.createdAt
    var encoder = OpenAIResponsesRequestEncoder(heading.client.request, ModelTraits(), Quirks())
    encoder.addSettings()
    encoder.body["instructions"] =
      OpenAIResponsesInputEncoder.instructions(of: heading.client.request.messages).map { .string($0) }
    settings = encoder.body
  }

  /// How an answer stands.
  struct State {
    var status: String
    var output: [JSON] = []
    var usage: Usage?
    /// Why the answer is incomplete.
    var reason: String?
    var error: JSON?
  }

  func response(_ state: State) -> JSONObject {
    var object: JSONObject = [
      "id": .string(id), "object": "response", "created_at": .number(JSONNumber(createdAt)),
      "status": .string(state.status), "background": false, "error": state.error ?? .null,
      "incomplete_details": state.reason.map { ["reason": .string($0)] } ?? .null,
    ]
    for (name, missing) in Self.echoed { object.members.append(.init(name: name, value: settings[name] ?? missing)) }
    object.members += [
      .init(name: "model", value: .string(model)), .init(name: "output", value: .array(state.output)),
      .init(name: "service_tier", value: state.usage?.serviceTier.map { .string($0) } ?? .null),
      // Nothing can be asked for later.
      .init(name: "store", value: false),
      .init(name: "usage", value: state.usage.map { .object(OpenAIResponsesUsage.encode($0)) } ?? .null),
    ]
    return object
  }

  /// What is told again of the request, and what stands there when the request does not say it.
  private static let echoed: [(name: String, missing: JSON)] = [
    ("instructions", .null), ("max_output_tokens", .null), ("max_tool_calls", .null), ("metadata", [:]),
    ("parallel_tool_calls", true), ("previous_response_id", .null), ("prompt_cache_key", .null),
    ("reasoning", ["effort": .null, "summary": .null]), ("safety_identifier", .null), ("temperature", .null),
    ("text", ["format": ["type": "text"]]), ("tool_choice", "auto"), ("tools", []), ("top_logprobs", 0),
    ("top_p", .null), ("truncation", "disabled"), ("user", .null),
  ]

  /// Members of a `response` that are the request told again, or read elsewhere, or say when it was made.
  static let told = Set(echoed.map(\.name)).union([
    "id", "object", "model", "output", "usage", "error", "incomplete_details", "status", "created_at", "completed_at",
    "background", "store", "service_tier", "frequency_penalty", "presence_penalty", "prompt", "tool_usage",
    "prompt_cache_retention",
  ])
}

extension OpenAIResponsesUsage {
  /// As the official clients want it, every count there.
  static func encode(_ usage: Usage) -> JSONObject {
    func count(_ count: Int?) -> JSON { .number(JSONNumber(count ?? 0)) }
    let (total, isHuge) = (usage.input ?? 0).addingReportingOverflow(usage.output ?? 0)
    return [
      "input_tokens": count(usage.input),
      "input_tokens_details": [
        "cached_tokens": count(usage.cacheRead), "cache_write_tokens": count(usage.cacheWrite),
      ],
      "output_tokens": count(usage.output),
      "output_tokens_details": ["reasoning_tokens": count(usage.reasoning)],
      "total_tokens": count(isHuge ? .max : total),
    ]
  }
}

extension Finish {
  /// How a `response` that ended so stands, and why when it is incomplete.
  var responsesStatus: (status: String, reason: String?) {
    switch reason {
    case .length: ("incomplete", "max_output_tokens")
    case .contentFilter: ("incomplete", "content_filter")
    case .stop, .toolCalls, .pause, .other: ("completed", nil)
    }
  }

  /// What is lost by that status.
  var responsesChange: Change? {
    guard reason == .pause || reason == .other else { return nil }
    return Change("status", .converted, "this format has no word for `\(word)`")
  }
}
