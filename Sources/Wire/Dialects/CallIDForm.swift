// Ids of tool calls come from whoever made the call; providers differ in which they take back.

/// The ids of tool calls that a provider takes.
public struct CallIDForm: Sendable, Equatable {
  /// The letters besides A to Z, a to z and digits; `nil` for any text at all.
  private let punctuation: String?
  private let maximum: Int
  /// Every id has exactly so many letters.
  private let isExact: Bool

  /// Any text.
  public static let any = CallIDForm(punctuation: nil, maximum: .max, isExact: false)
  /// `^[a-zA-Z0-9_-]+$` (docs.anthropic.com).
  static let word = CallIDForm(punctuation: "_-", maximum: .max, isExact: false)

  static func upTo(_ maximum: Int, punctuation: String? = nil) -> CallIDForm {
    CallIDForm(punctuation: punctuation, maximum: maximum, isExact: false)
  }

  /// Letters and digits, so many and no other number of them.
  static func alphanumeric(exactly count: Int) -> CallIDForm {
    CallIDForm(punctuation: "", maximum: count, isExact: true)
  }

  /// `id`, or what stands for it where it does not fit: the same for a call and its result.
  func fit(_ id: String) -> String {
    if isExact {
      let fits = id.utf8.count == maximum && id.utf8.allSatisfy(isAllowed)
      return fits ? id : Self.digest(id, count: maximum)
    }
    // Ids that are long begin alike and differ at their ends.
    let letters = id.utf8.map { isAllowed($0) ? $0 : UInt8(ascii: "_") }.suffix(maximum)
    return String(decoding: letters, as: UTF8.self)
  }

  private func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: punctuation?.utf8.contains(byte) ?? true
    }
  }

  /// Letters and digits made of the whole text (FNV-1a, 64 bits): others for another text.
  private static func digest(_ text: String, count: Int) -> String {
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    var hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    var letters: [UInt8] = []
    for _ in 0..<count {
      letters.append(digits[Int(hash % 62)])
      hash /= 62
    }
    return String(decoding: letters, as: UTF8.self)
  }
}
