// Text from models, providers and files on its way to a terminal.

/// Takes out what would steer a terminal: C0 and C1 controls (so escape sequences and OSC lose their beginning), DEL,
/// and the characters that turn the direction of text.
///
/// Line ends and tabs stay.
package func safeForTerminal(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: steersTerminal) else { return text }
  var safe = String.UnicodeScalarView()
  safe.append(contentsOf: text.unicodeScalars.lazy.filter { !steersTerminal($0) })
  return String(safe)
}

/// The same on one line: line ends and tabs become spaces.
package func safeLine(_ text: String) -> String {
  safeForTerminal(String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
}

private func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A: false
  case 0...0x1F, 0x7F...0x9F: true
  case 0x202A...0x202E, 0x2066...0x2069: true
  default: false
  }
}
