// Whether JSON that comes in pieces is whole yet, without keeping or checking it.

/// Follows the brackets and quotes of one object or list.
struct JSONProgress: Sendable, Equatable {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasBegun = false

  /// True once as many brackets have closed as have opened, and at least one did.
  var isComplete: Bool { hasBegun && depth == 0 }

  mutating func add(_ piece: String) {
    for byte in piece.utf8 { add(byte) }
  }

  private mutating func add(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == ASCII.backslash {
        isEscaped = true
      } else if byte == ASCII.quote {
        isInString = false
      }
      return
    }
    switch byte {
    case ASCII.quote: isInString = true
    case ASCII.openBrace, ASCII.openBracket:
      depth += 1
      hasBegun = true
    case ASCII.closeBrace, ASCII.closeBracket: depth -= 1
    default: break
    }
  }
}
