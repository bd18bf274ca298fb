// From the format a client speaks to the one a provider speaks: what only the client's own format knows is taken out
// of the request, and said. What the provider's format cannot say is left out, and said, by its encoder.

/// The step between reading a client's request and writing the provider's.
public enum Translation {
  /// The request without what has no meaning outside `format`, and a change for each such field.
  ///
  /// Nothing is taken out for a provider of the same format.
  public static func request(
    of client: ClientRequest, from format: DialectName, to provider: DialectName
  ) -> (request: ChatRequest, changes: [Change]) {
    guard format.format != provider.format else { return (client.request, []) }
    var step = Step(request: client.request, isMet: format.served?.isMet ?? { _ in false })
    step.drop(client.unread)
    step.dropExtras()
    step.dropVendorTools()
    for index in step.request.messages.indices { step.clean(messageAt: index) }
    return (step.request, step.changes)
  }

  private struct Step {
    var request: ChatRequest
    let isMet: (JSONObject.Member) -> Bool
    var changes: [Change] = []

    private static let why = "the provider's format has no such field"

    mutating func drop(_ fields: [String]) {
      changes += fields.map { Change($0, .dropped, Self.why) }
    }

    mutating func dropExtras() {
      drop(request.extras.members.filter { !isMet($0) }.map(\.name))
      request.extras = JSONObject()
    }

    mutating func dropVendorTools() {
      var tools: [Tool] = []
      for (index, tool) in request.tools.enumerated() {
        if tool.vendorDefinition != nil {
          changes.append(Change("tools[\(index)]", .dropped, "`\(tool.name)` is a tool of another vendor"))
          if request.toolChoice == .tool(name: tool.name) { request.toolChoice = nil }
        } else {
          drop(tool.extras.members.map { "tools[\(index)].\($0.name)" })
          var plain = tool
          plain.extras = JSONObject()
          tools.append(plain)
        }
      }
      request.tools = tools
    }

    mutating func clean(messageAt index: Int) {
      let field = "messages[\(index)]"
      drop(request.messages[index].extras.members.map { "\(field).\($0.name)" })
      request.messages[index].extras = JSONObject()
      request.messages[index].content = cleaned(request.messages[index].content, field)
    }

    private mutating func cleaned(_ content: [ContentPart], _ field: String) -> [ContentPart] {
      var parts: [ContentPart] = []
      for (index, part) in content.enumerated() {
        let place = "\(field).content[\(index)]"
        var part = part
        switch part.kind {
        case .other(let type, _):
          changes.append(Change(place, .dropped, "the provider's format has no part of the type `\(type)`"))
          continue
        case .reasoning: break  // its extras only say where the block stood
        case .toolResult(var result):
          drop(part.extras.members.map { "\(place).\($0.name)" })
          // As deep as the JSON was, which has its bound.
          result.content = cleaned(result.content, place)
          part.kind = .toolResult(result)
        default: drop(part.extras.members.map { "\(place).\($0.name)" })
        }
        part.extras = JSONObject()
        parts.append(part)
      }
      return parts
    }
  }
}
