// What a provider gives to recognise its own work when it comes back: signatures and encrypted thinking. A client
// that speaks another dialect must be able to carry them, or the conversation cannot go on at that provider.

/// Opaque text that a family of models made and that only the same family can read: a signature or encrypted thinking.
public struct Seal: Sendable, Hashable {
  /// Who made it.
  ///
  /// The words are those of OpenRouter's `reasoning_details[].format`, which clients already keep.
  public struct Family: Sendable, Hashable, RawRepresentable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Anthropic's models, wherever they run: docs.anthropic.com says that signatures hold across platforms.
    public static let anthropic = Family(rawValue: "anthropic-claude-v1")
    public static let gemini = Family(rawValue: "google-gemini-v1")
    /// Encrypted content of the Responses API.
    public static let openAI = Family(rawValue: "openai-responses-v1")
  }

  public var text: String
  /// `nil` where nobody said: it is then worth trying at the provider that the conversation is with.
  public var family: Family?

  public init(_ text: String, of family: Family?) {
    self.text = text
    self.family = family
  }

  /// Whether models of `family` can read it.
  public func isReadable(by family: Family) -> Bool { self.family == nil || self.family == family }
}

// MARK: Carrying through another dialect

extension Seal {
  private static let mark = "llmgw."

  /// The text to put where a dialect has room for its own family's seals; a foreign one says whose it is.
  public func carried(in own: Family) -> String {
    guard let family, family != own else { return text }
    return "\(Self.mark)\(family.rawValue).\(text)"
  }

  /// Reads back what `carried(in:)` wrote.
  public init(carried text: String, in own: Family) {
    let rest = text.dropFirst(Self.mark.count)
    guard text.hasPrefix(Self.mark), let dot = rest.firstIndex(of: "."), dot != rest.startIndex else {
      self.init(text, of: own)
      return
    }
    self.init(String(rest[rest.index(after: dot)...]), of: Family(rawValue: String(rest[..<dot])))
  }

  private static let callMark = "__seal_"

  /// A tool call's id with the call's seal behind it, for dialects whose clients return nothing else of a call.
  ///
  /// Only letters, digits, `_` and `-` are added.
  public func attached(toCallID id: String) -> String {
    let plain = "\(family?.rawValue ?? "")." + text
    return id + Self.callMark + base64URL(Array(plain.utf8))
  }

  /// Takes apart what `attached(toCallID:)` made; an id without a seal comes back as it is.
  public static func detached(fromCallID id: String) -> (id: String, seal: Seal?) {
    guard let range = id.ranges(of: callMark).last, let bytes = bytes(base64URL: id[range.upperBound...]) else {
      return (id, nil)
    }
    let plain = String(decoding: bytes, as: UTF8.self)
    guard let dot = plain.firstIndex(of: ".") else { return (id, nil) }
    let family = plain[..<dot]
    let seal = Seal(
      String(plain[plain.index(after: dot)...]), of: family.isEmpty ? nil : Family(rawValue: String(family)))
    return (String(id[..<range.lowerBound]), seal)
  }
}
