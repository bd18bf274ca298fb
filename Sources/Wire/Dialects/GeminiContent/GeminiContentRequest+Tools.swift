// Tools and the choice among them. All functions stand in one tool; each of the vendor's own is one of its own.

extension GeminiContentRequestEncoder {
  mutating func addTools() {
    var functions: [JSON] = []
    var others: [JSON] = []
    for (index, tool) in request.tools.enumerated() {
      let field = "tools[\(index)]"
      guard let definition = tool.vendorDefinition else {
        functions.append(.object(function(tool, field)))
        continue
      }
      // Tools of other formats name their type in a member; those of this one do not.
      if definition["type"] == nil {
        others.append(definition)
      } else {
        change(field, .dropped, "another provider's own tool has no place here")
      }
    }
    if !functions.isEmpty { others.insert(["functionDeclarations": .array(functions)], at: 0) }
    guard !others.isEmpty else { return dropToolSettings() }
    body["tools"] = .array(others)
    addToolChoice()
    if request.parallelToolCalls == false {
      change("parallel_tool_calls", .dropped, "this format cannot keep a model from several calls at once")
    }
  }

  private mutating func dropToolSettings() {
    if let choice = request.toolChoice, choice != .auto, choice != .none {
      change("tool_choice", .dropped, "there are no tools to choose from")
    }
    if request.parallelToolCalls != nil { change("parallel_tool_calls", .dropped, "there are no tools to call") }
  }

  private mutating func function(_ tool: Tool, _ field: String) -> JSONObject {
    var function: JSONObject = ["name": .string(tool.name)]
    function["description"] = tool.description.map { .string($0) }
    // Any JSON Schema; `parameters` takes only a part of OpenAPI's (ai.google.dev/api/caching#FunctionDeclaration).
    function["parametersJsonSchema"] = tool.parameters
    function.fill(from: tool.extras, at: field, changes: &changes)
    if tool.strict == true { change("\(field).strict", .dropped, "this format has no strict tools") }
    if tool.cacheControl != nil {
      change("\(field).cache_control", .dropped, "this format has no cache breakpoints")
    }
    return function
  }

  private mutating func addToolChoice() {
    guard let choice = request.toolChoice else { return }
    var setting: JSONObject
    switch choice {
    case .auto: setting = ["mode": "AUTO"]
    case .none: setting = ["mode": "NONE"]
    case .required, .tool:
      if model.refuses.contains("forced_tools") {
        change("tool_choice", .converted, "this model cannot be made to call a tool: it may")
        setting = ["mode": "AUTO"]
      } else if case .tool(let name) = choice {
        setting = ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
      } else {
        setting = ["mode": "ANY"]
      }
    }
    body["toolConfig"] = ["functionCallingConfig": .object(setting)]
  }
}
