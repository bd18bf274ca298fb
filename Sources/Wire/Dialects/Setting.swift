// Settings that one format or another has no parameter for, under the names by which changes tell of them.

enum Setting: String {
  case choices = "n"
  case logprobs
  case metadata
  case parallelToolCalls = "parallel_tool_calls"
  case serviceTier = "service_tier"
  case user
}

extension ChatRequest {
  /// A change for each of `settings` that is asked for.
  func dropping(_ settings: [Setting]) -> [Change] {
    settings.filter(asks).map { Change($0.rawValue, .dropped, "this format has no such parameter") }
  }

  private func asks(for setting: Setting) -> Bool {
    switch setting {
    case .choices: (choices ?? 1) > 1
    case .logprobs: logprobs != nil
    case .metadata: metadata?.isEmpty == false
    case .parallelToolCalls: parallelToolCalls != nil
    case .serviceTier: serviceTier != nil
    case .user: user != nil
    }
  }
}

extension ContentPart {
  /// A change for each thing said of the part besides what it is, for formats that only have the part.
  func droppingAttributes(_ field: String) -> [Change] {
    var names: [String] = []
    if cacheControl != nil { names.append("cache_control") }
    if signature != nil { names.append("signature") }
    return names.map { Change("\(field).\($0)", .dropped, "this format has no such member") }
  }
}

extension ToolCall {
  /// The arguments as an object, for formats that take nothing else.
  ///
  /// What is none stands in a member of its own: the model is shown what it wrote.
  func argumentsObject(_ field: String, changes: inout [Change]) -> JSON {
    if let input = try? JSON.parse(arguments), input.object != nil { return input }
    changes.append(Change("\(field).arguments", .converted, "they are no JSON object, which this format requires"))
    return ["arguments": .string(arguments)]
  }
}
