// The form of the answer, which providers spell in many ways.

extension OpenAIChatRequestEncoder {
  // MARK: The form of the answer

  mutating func addOutputFormat() {
    guard request.output != .text else { return }
    if let reason = refusalOfOutputFormat {
      changes.append(Change("response_format", .dropped, reason))
      return
    }
    switch request.output {
    case .text: break
    case .jsonObject: addJSONObject()
    case .jsonSchema(let name, let schema, let strict): addSchema(name, schema, strict)
    }
  }

  private mutating func addJSONObject() {
    guard quirks.noJSONObject else { return body["response_format"] = ["type": "json_object"] }
    body["response_format"] = Self.format(name: "object", schema: ["type": "object"], strict: nil)
    changes.append(Change("response_format", .converted, "this provider takes only schemas: any object fits this one"))
  }

  private mutating func addSchema(_ name: String, _ schema: JSON, _ strict: Bool?) {
    switch quirks.schemaForm {
    case .jsonSchema: body["response_format"] = Self.format(name: name, schema: schema, strict: strict)
    case .jsonObjectWithSchema: body["response_format"] = ["type": "json_object", "schema": schema]
    case .jsonObject:
      body["response_format"] = ["type": "json_object"]
      // Such providers also refuse the format unless the messages mention JSON.
      let instruction = "Answer with one JSON object that fits this JSON Schema: \(schema.text)"
      var messages = body["messages"]?.array ?? []
      let place = messages.prefix { $0["role"] == "system" || $0["role"] == "developer" }.count
      messages.insert(["role": "system", "content": .string(instruction)], at: place)
      body["messages"] = .array(messages)
      changes.append(Change("response_format", .converted, "this provider takes no schema: a system message holds it"))
    }
  }

  private static func format(name: String, schema: JSON, strict: Bool?) -> JSON {
    var wrapper: JSONObject = ["name": .string(name), "schema": schema]
    wrapper["strict"] = strict.map { .bool($0) }
    return ["type": "json_schema", "json_schema": .object(wrapper)]
  }

  // MARK: Thinking

  mutating func setEffort(_ word: String) { body["reasoning_effort"] = .string(word) }
}
