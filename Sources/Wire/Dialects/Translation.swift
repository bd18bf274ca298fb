// From the format a client speaks to the one a provider speaks: what only the client's own format knows is taken out
// of the request, and said. What the provider's format cannot say is left out, and said, by its encoder.

/// The step between reading a client's request and writing the provider's.
public enum Translation {
  /// The request without what has no meaning outside `format`, and a change for each such field.
  ///
  /// Nothing is taken out for a provider of the same format. The fields of these changes stand at the client's places;
  /// what is left stands at the places returned, by which those of the provider's encoder are named.
  public static func request(
    of client: ClientRequest, from format: DialectName, to provider: DialectName
  ) -> (request: ChatRequest, changes: [Change], places: RequestPlaces) {
    guard format.format != provider.format else { return (client.request, [], client.places) }
    let isMet = format.served?.isMet ?? { _ in false }
    var step = Step(request: client.request, isMet: isMet, before: client.places)
    step.drop(client.unread)
    step.dropExtras()
    step.dropVendorTools(unlessCustom: provider.hasCustomTools)
    for index in step.request.messages.indices { step.clean(messageAt: index) }
    return (step.request, step.changes, step.places)
  }

  private struct Step {
    var request: ChatRequest
    let isMet: (JSONObject.Member) -> Bool
    let before: RequestPlaces
    var changes: [Change] = []
    var places = RequestPlaces()

    private static let why = "the provider's format has no such field"

    mutating func drop(_ fields: [String]) {
      changes += fields.map { Change($0, .dropped, Self.why) }
    }

    /// What a part says of the message it opens is named member by member.
    mutating func drop(_ extras: JSONObject, of place: String) {
      for extra in extras.members {
        let inner = extra.name == OpenAIResponsesItem.messageExtra ? extra.value.object?.members : nil
        drop(inner?.map { "\(place).\(extra.name).\($0.name)" } ?? ["\(place).\(extra.name)"])
      }
    }

    mutating func dropExtras() {
      drop(request.extras.members.filter { !isMet($0) }.map(\.name))
      request.extras = JSONObject()
    }

    mutating func dropVendorTools(unlessCustom hasCustomTools: Bool) {
      var tools: [Tool] = []
      for (index, tool) in request.tools.enumerated() {
        if hasCustomTools, let custom = tool.vendorDefinition.flatMap(OpenAICustomTool.init) {
          drop(custom.unknown.map { "tools[\(index)].\($0)" })
          keep(tool, at: index, in: &tools)
        } else if tool.vendorDefinition != nil {
          changes.append(Change("tools[\(index)]", .dropped, "`\(tool.name)` is a tool of another vendor"))
          if request.toolChoice == .tool(name: tool.name) { request.toolChoice = nil }
        } else {
          drop(tool.extras.members.map { "tools[\(index)].\($0.name)" })
          var plain = tool
          plain.extras = JSONObject()
          keep(plain, at: index, in: &tools)
        }
      }
      request.tools = tools
    }

    private mutating func keep(_ tool: Tool, at index: Int, in tools: inout [Tool]) {
      tools.append(tool)
      places.tools.append(before.tool(index))
    }

    mutating func clean(messageAt index: Int) {
      let field = "messages[\(index)]"
      drop(request.messages[index].extras.members.map { "\(field).\($0.name)" })
      request.messages[index].extras = JSONObject()
      var turn = before.turn(index, of: request.messages[index].content.count)
      let (content, kept) = cleaned(request.messages[index].content, field)
      turn.parts = kept.map { turn.parts[$0] }
      places.messages.append(turn)
      request.messages[index].content = content
    }

    /// What is left of the parts, and which they were.
    private mutating func cleaned(_ content: [ContentPart], _ field: String) -> (parts: [ContentPart], kept: [Int]) {
      var parts: [ContentPart] = []
      var kept: [Int] = []
      for (index, part) in content.enumerated() {
        let place = "\(field).content[\(index)]"
        var part = part
        switch part.kind {
        case .other(let type, _):
          changes.append(Change(place, .dropped, "the provider's format has no part of the type `\(type)`"))
          continue
        case .reasoning: drop(part.extras.rest(besides: ["type", "format", "index"]), of: place)
        case .toolResult(var result):
          drop(part.extras, of: place)
          // As deep as the JSON was, which has its bound.
          result.content = cleaned(result.content, place).parts
          part.kind = .toolResult(result)
        case .image(var media):
          drop(part.extras, of: place)
          // Only documents have names elsewhere.
          if media.name != nil { drop(["\(place).name"]) }
          media.name = nil
          part.kind = .image(media)
        default: drop(part.extras, of: place)
        }
        part.extras = JSONObject()
        parts.append(part)
        kept.append(index)
      }
      return (parts, kept)
    }
  }
}
