// The list of models, in the shape of the API whose client asks.
import GatewayCore
import Wire

extension Visit {
  /// The models the caller may use: routes, aliases, and what the providers offer that can be called.
  func models() async -> Ending {
    // Whether a provider can be called may stand in files: not for the event loop.
    await answer(await Task.detached { self.list() }.value)
  }

  private func list() -> JSON {
    let names = generation.modelNames.filter { allows($0) }
    let rows = JSON.array(names.map { .object(row($0)) })
    switch api {
    case .openAI: return ["object": "list", "data": rows]
    case .anthropic:
      return [
        "data": rows, "has_more": false, "first_id": names.first.map { .string($0) } ?? .null,
        "last_id": names.last.map { .string($0) } ?? .null,
      ]
    case .gemini: return ["models": rows]
    }
  }

  /// One model.
  func model(_ asked: String) async -> Ending {
    // Gemini's clients say `models/NAME`.
    let name = api == .gemini && asked.hasPrefix("models/") ? String(asked.dropFirst(7)) : asked
    do {
      let plan = try await generation.plan(name, for: .chat, speaking: nil)
      guard allows(name, plan.first.name) else {
        return await fail(.notFound, "the model '\(name)' does not exist. See the list of models.")
      }
    } catch {
      return await fail(.notFound, error.message)
    }
    return await answer(.object(await Task.detached { self.row(name) }.value))
  }

  /// A model in the shape of the API.
  private func row(_ name: String) -> JSONObject {
    switch api {
    case .openAI: openAI(name)
    case .anthropic: anthropic(name)
    case .gemini: gemini(name)
    }
  }

  private func allows(_ name: String, _ target: String? = nil) -> Bool {
    caller.key?.value.allows(model: name, resolvedTo: target ?? generation.targetName(of: name)) ?? true
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
    if let facts = (try? generation.lookUp(name, for: .chat, speaking: nil))?.first.facts {
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
    name.contains("/") ? name : (try? lookUp(name, for: .chat, speaking: nil))?.first.name ?? name
  }
}

extension [String] {
  fileprivate var removingRepetitions: [String] {
    var seen = Set<String>()
    return filter { seen.insert($0).inserted }
  }
}
