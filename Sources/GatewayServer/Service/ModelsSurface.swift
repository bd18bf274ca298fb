// The list of models, in the shape of the API whose client asks.
import GatewayCore
import Wire

extension Visit {
  /// The models the caller may use: routes, aliases, and what the providers offer that can be called.
  func models() async -> Ending {
    let names = generation.modelNames.filter { allows($0) }
    switch api {
    case .openAI:
      return await answer(["object": "list", "data": .array(names.map { .object(openAI($0)) })])
    case .anthropic:
      return await answer([
        "data": .array(names.map { .object(anthropic($0)) }), "has_more": false,
        "first_id": names.first.map { .string($0) } ?? .null, "last_id": names.last.map { .string($0) } ?? .null,
      ])
    case .gemini: return await answer(["models": .array(names.map { .object(gemini($0)) })])
    }
  }

  /// One model.
  func model(_ asked: String) async -> Ending {
    // Gemini's clients say `models/NAME`.
    let name = api == .gemini && asked.hasPrefix("models/") ? String(asked.dropFirst(7)) : asked
    guard let plan = try? generation.plan(name, for: .chat, speaking: nil), allows(name, plan.first.name) else {
      let advice = generation.nearestModel(name) ?? "See the list of models."
      return await fail(.notFound, "the model '\(name)' does not exist. \(advice)")
    }
    switch api {
    case .openAI: return await answer(.object(openAI(name)))
    case .anthropic: return await answer(.object(anthropic(name)))
    case .gemini: return await answer(.object(gemini(name)))
    }
  }

  private func allows(_ name: String, _ target: String? = nil) -> Bool {
    caller.key?.allows(model: name, resolvedTo: target ?? generation.targetName(of: name)) ?? true
  }

  private func openAI(_ name: String) -> JSONObject {
    [
      "id": .string(name), "object": "model", "created": 0,
      "owned_by": .string(name.firstIndex(of: "/").map { String(name[..<$0]) } ?? "llmgw"),
    ]
  }

  private func anthropic(_ name: String) -> JSONObject {
    ["type": "model", "id": .string(name), "display_name": .string(name), "created_at": "1970-01-01T00:00:00Z"]
  }

  private func gemini(_ name: String) -> JSONObject {
    var object: JSONObject = [
      "name": .string("models/" + name), "displayName": .string(name),
      "supportedGenerationMethods": ["generateContent", "streamGenerateContent", "countTokens"],
    ]
    if let facts = (try? generation.plan(name, for: .chat, speaking: nil))?.first.facts {
      object["inputTokenLimit"] = facts.context.map { .number(JSONNumber($0)) }
      object["outputTokenLimit"] = facts.traits.maxOutputTokens.map { .number(JSONNumber($0)) }
    }
    return object
  }
}

extension Generation {
  /// Routes and aliases, then the models of every provider that can be called.
  var modelNames: [String] {
    let callable = catalog.allProviders().filter(catalog.canBeCalled)
    return catalog.routeNames + catalog.aliasNames
      + callable.flatMap { catalog.allModelNames(of: $0.id) }.removingRepetitions
  }

  /// What an alias stands for; any other name is its own.
  func targetName(of name: String) -> String {
    name.contains("/") ? name : (try? plan(name, for: .chat, speaking: nil))?.first.name ?? name
  }
}

extension [String] {
  fileprivate var removingRepetitions: [String] {
    var seen = Set<String>()
    return filter { seen.insert($0).inserted }
  }
}
