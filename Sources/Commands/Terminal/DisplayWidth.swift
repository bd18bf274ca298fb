// How many columns of a terminal text takes.

/// The columns of `text`: two for CJK and emoji, none for marks that stand on another character.
package func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x7F }) { return text.utf8.count }
  return text.reduce(0) { $0 + columns(of: $1) }
}

/// As much of `text` as fits into `width` columns, with an ellipsis for what does not.
package func truncated(_ text: String, to width: Int) -> String {
  if displayWidth(text) <= width { return text }
  var (kept, used) = ("", 0)
  for character in text {
    let columns = columns(of: character)
    if used + columns > width - 1 { break }
    kept.append(character)
    used += columns
  }
  return width > 0 ? kept + "…" : ""
}

private func columns(of character: Character) -> Int {
  // A sequence drawn as one picture is as wide as its widest part.
  character.unicodeScalars.reduce(0) { max($0, columns(of: $1)) }
}

private func columns(of scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return scalar.value == 0xFE0F ? 2 : 0
  default: break
  }
  return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
}

/// East Asian Width W and F (Unicode Standard Annex 11), in rough blocks.
private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD:
    true
  default: false
  }
}
