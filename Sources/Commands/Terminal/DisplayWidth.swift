// How many columns a text takes on a terminal.

/// The columns of a text on one line.
package func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth(of: $1) }
}

/// As much of `text` as fits into `width` columns, with an ellipsis for what does not.
package func truncated(_ text: String, to width: Int) -> String {
  if displayWidth(text) <= width { return text }
  var (kept, used) = ("", 0)
  for character in text {
    let columns = displayWidth(of: character)
    if used + columns > width - 1 { break }
    kept.append(character)
    used += columns
  }
  return width > 0 ? kept + "…" : ""
}

/// The columns of one character as people see it: 0 for a lone combining mark, 2 for CJK and emoji, else 1.
package func displayWidth(of character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii < 0x20 || ascii == 0x7F ? 0 : 1 }
  let scalars = character.unicodeScalars
  if scalars.count > 1, isEmojiSequence(scalars) { return 2 }
  return scalars.reduce(0) { $0 + width(of: $1) }
}

/// A flag, an emoji with a modifier or a variation selector, or several emoji joined into one.
private func isEmojiSequence(_ scalars: Character.UnicodeScalarView) -> Bool {
  guard let first = scalars.first, first.properties.isEmoji else { return false }
  return scalars.dropFirst().contains { scalar in
    scalar.value == 0xFE0F || scalar.value == 0x200D || scalar.properties.isEmojiModifier
      || (0x1F1E6...0x1F1FF).contains(scalar.value)
  }
}

private func width(of scalar: Unicode.Scalar) -> Int {
  // Latin, Greek and Cyrillic letters, before any table is asked.
  if (0xA0..<0x300).contains(scalar.value) { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return 0
  default: break
  }
  // Vowels and finals of a Hangul syllable are drawn into its first letter.
  if (0x1160...0x11FF).contains(scalar.value) { return 0 }
  return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
}

private func isWide(_ value: UInt32) -> Bool {
  guard value >= 0x1100 else { return false }
  var (low, high) = (0, wideRanges.count)
  while low < high {
    let middle = (low + high) / 2
    if wideRanges[middle].upperBound < value { low = middle + 1 } else { high = middle }
  }
  return low < wideRanges.count && wideRanges[low].contains(value)
}

/// `W` and `F` of the Unicode Character Database's `EastAsianWidth.txt`, without the emoji that the standard library
/// knows; unassigned code points between two ranges count as wide.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4C6,
  0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
  0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]
