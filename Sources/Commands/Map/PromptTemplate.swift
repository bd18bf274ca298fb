// A prompt with places for a line or for members of an object.

package import Wire

/// `Is {title} about {topic}?`, taken apart once.
package struct PromptTemplate: Sendable, Equatable {
  package enum Piece: Sendable, Equatable {
    case text(String)
    /// `{}`: the whole line.
    case line
    /// `{name}`: a member of a JSON object.
    case member(String)
  }

  package var pieces: [Piece]

  /// Braces around anything but a name are text, so that a prompt may hold JSON; `{{name}}` is the text `{name}`.
  ///
  /// A prompt without a place is followed by an empty line and the whole line.
  package init(_ prompt: String) {
    var pieces: [Piece] = []
    var text = ""
    var rest = prompt[...]
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      rest = rest[open...]
      if let name = Self.name(in: rest, braces: 2) {
        text += "{\(name)}"
        rest = rest.dropFirst(name.count + 4)
      } else if let name = Self.name(in: rest, braces: 1) {
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(name.isEmpty ? .line : .member(String(name)))
        rest = rest.dropFirst(name.count + 2)
      } else {
        text.append("{")
        rest = rest.dropFirst()
      }
    }
    text += rest
    let hasPlace = !pieces.isEmpty
    if !hasPlace { text += "\n\n" }
    if !text.isEmpty { pieces.append(.text(text)) }
    self.pieces = hasPlace ? pieces : pieces + [.line]
  }

  /// The first member that is asked for, if any is.
  package var firstMember: String? {
    for case .member(let name) in pieces { return name }
    return nil
  }

  /// The prompt for one line; throws the name of a member that `object` lacks.
  package func prompt(line: String, object: JSONObject?) throws(MissingMember) -> String {
    var prompt = ""
    for piece in pieces {
      switch piece {
      case .text(let text): prompt += text
      case .line: prompt += line
      case .member(let name):
        guard let value = object?[name] else { throw MissingMember(name: name) }
        prompt += value.string ?? value.text
      }
    }
    return prompt
  }

  /// A place has no value in this line.
  package struct MissingMember: Error, Equatable {
    package var name: String
    package init(name: String) { self.name = name }
  }

  /// The name right behind so many braces and before as many; it may be empty.
  private static func name(in text: Substring, braces: Int) -> Substring? {
    let opening = text.prefix { $0 == "{" }
    guard opening.count == braces else { return nil }
    let name = text.dropFirst(braces).prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    guard name.first.map({ $0.isLetter || $0 == "_" }) ?? true else { return nil }
    let closing = text.dropFirst(braces + name.count).prefix(braces)
    return closing.count == braces && closing.allSatisfy { $0 == "}" } ? name : nil
  }
}
