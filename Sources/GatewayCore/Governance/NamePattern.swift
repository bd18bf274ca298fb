// Names that a virtual key may use, with `*` for any run of characters.

/// A name in which `*` stands for any characters, `/` among them: `openai/*`, `*/llama-*`, `fast`.
public struct NamePattern: Sendable, Hashable {
  public let text: String

  /// The longest pattern in bytes.
  public static let mostBytes = 200

  /// `nil` when the text is empty, longer than `mostBytes`, or has blanks or control characters in it.
  public init?(_ text: String) {
    guard 1...Self.mostBytes ~= text.utf8.count, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f })
    else { return nil }
    self.text = text
  }

  /// Whether the whole of `name` is of this form.
  ///
  /// Takes at most as many steps as both lengths multiplied.
  public func matches(_ name: String) -> Bool {
    let (pattern, name) = (Array(text.utf8), Array(name.utf8))
    var (position, index) = (0, 0)
    // Where to go on when what follows the last star does not fit: the star takes one byte more.
    var resume: (position: Int, index: Int)?
    while index < name.count {
      if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
        resume = (position + 1, index)
        position += 1
      } else if position < pattern.count, pattern[position] == name[index] {
        (position, index) = (position + 1, index + 1)
      } else if let star = resume {
        resume = (star.position, star.index + 1)
        (position, index) = (star.position, star.index + 1)
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

extension [NamePattern] {
  /// Whether one of them fits; without any, every name is allowed.
  func allow(_ name: String) -> Bool { isEmpty || contains { $0.matches(name) } }
}
