// Where what a request is made of stood in what the client sent, so that changes name it as the client does.

/// The paths of turns and tools in the client's own body, in the order of the request's.
///
/// Those not named stand where they stand in the request.
public struct RequestPlaces: Sendable, Equatable {
  /// One turn: `system`, `messages[0]`; its parts where they do not stand in a list `content` of its own.
  public struct Turn: Sendable, Equatable {
    public var path: String
    public var parts: [String]
    public init(_ path: String, parts: [String] = []) {
      self.path = path
      self.parts = parts
    }
  }

  public var messages: [Turn]
  public var tools: [String]
  public init(messages: [Turn] = [], tools: [String] = []) {
    self.messages = messages
    self.tools = tools
  }

  /// The path of a message, and of each of its parts, where it has `count` of them.
  func turn(_ index: Int, of count: Int) -> Turn {
    let turn = messages.indices.contains(index) ? messages[index] : Turn("messages[\(index)]")
    let parts = (0..<count).map { turn.parts.indices.contains($0) ? turn.parts[$0] : "\(turn.path).content[\($0)]" }
    return Turn(turn.path, parts: parts)
  }

  func tool(_ index: Int) -> String { tools.indices.contains(index) ? tools[index] : "tools[\(index)]" }

  /// The client's path for `messages[N]…` or `tools[N]…`; `nil` for anything else.
  func path(of field: String) -> String? {
    if let (index, rest) = Self.element(of: "messages", in: field[...]), messages.indices.contains(index) {
      let turn = messages[index]
      guard let (part, inner) = Self.element(of: ".content", in: rest), turn.parts.indices.contains(part) else {
        return turn.path + rest
      }
      let place = turn.parts[part]
      // What a message says of itself stands with its first part.
      if inner.hasPrefix(Self.ofMessage), let content = place.ranges(of: ".content[").last {
        return place[..<content.lowerBound] + "." + inner.dropFirst(Self.ofMessage.count)
      }
      return place + inner
    }
    if let (index, rest) = Self.element(of: "tools", in: field[...]), tools.indices.contains(index) {
      return tools[index] + rest
    }
    return nil
  }

  private static let ofMessage = ".\(OpenAIResponsesItem.messageExtra)."

  /// The number in `list[N]…` and what follows it.
  private static func element(of list: String, in path: Substring) -> (index: Int, rest: Substring)? {
    guard path.hasPrefix(list + "["), let end = path.firstIndex(of: "]"),
      let index = Int(path[..<end].dropFirst(list.count + 1))
    else { return nil }
    return (index, path[path.index(after: end)...])
  }
}
