// Some models write their thinking into the text, between <think> and </think> at its very beginning.

/// Parts such thinking from the text, piece by piece.
///
/// Tags may be cut anywhere.
struct ThinkTagSplitter: Sendable {
  enum Piece: Equatable {
    case reasoning(String)
    case text(String)
  }

  private enum State {
    case beginning, thinking, afterThinking, text
  }

  private static let opening = "<think>"
  private static let closing = "</think>"
  /// How much white space may stand before the opening tag, in bytes.
  private static let maximumSpace = 64
  private var state = State.beginning
  /// What cannot be judged yet: white space, or the beginning of a tag.
  private var held = ""

  mutating func split(_ text: String) -> [Piece] {
    held += text
    var pieces: [Piece] = []
    while let piece = next() { pieces.append(piece) }
    return pieces
  }

  /// What was held back, now that nothing more comes.
  mutating func finish() -> Piece? {
    defer { held = "" }
    if held.isEmpty { return nil }
    return state == .thinking ? .reasoning(held) : .text(held)
  }

  /// The next piece, `nil` when more must come first.
  private mutating func next() -> Piece? {
    switch state {
    case .beginning: return leaveBeginning() ? next() : nil
    case .thinking: return thinking()
    case .afterThinking:
      held = String(held.drop(while: \.isWhitespace))
      if held.isEmpty { return nil }
      state = .text
      return next()
    case .text:
      defer { held = "" }
      return held.isEmpty ? nil : .text(held)
    }
  }

  private mutating func leaveBeginning() -> Bool {
    let start = held.drop(while: \.isWhitespace)
    if held.utf8.count - start.utf8.count > Self.maximumSpace {
      state = .text
    } else if start.hasPrefix(Self.opening) {
      held = String(start.dropFirst(Self.opening.count))
      state = .thinking
    } else if Self.opening.hasPrefix(start) {
      return false  // an empty text too
    } else {
      state = .text
    }
    return true
  }

  private mutating func thinking() -> Piece? {
    let bytes = Array(held.utf8)
    let (end, isWhole) = Self.placeOfClosing(in: bytes)
    let thought = String(decoding: bytes[..<end], as: UTF8.self)
    held = String(decoding: bytes[(isWhole ? end + Self.closing.utf8.count : end)...], as: UTF8.self)
    if isWhole { state = .afterThinking }
    if thought.isEmpty { return isWhole ? next() : nil }
    return .reasoning(thought)
  }

  /// Where the closing tag begins, or where what may become one does.
  private static func placeOfClosing(in bytes: [UInt8]) -> (Int, isWhole: Bool) {
    let tag = Array(closing.utf8)
    for start in bytes.indices where bytes[start] == tag[0] {
      let candidate = bytes[start...].prefix(tag.count)
      if tag.starts(with: candidate) { return (start, candidate.count == tag.count) }
    }
    return (bytes.count, false)
  }
}
