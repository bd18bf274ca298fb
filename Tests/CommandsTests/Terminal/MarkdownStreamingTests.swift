import Testing

@testable import Commands

/// The same numbers for the same seed (SplitMix64).
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

private func rendered(_ pieces: [String], width: Int) -> String {
  var renderer = MarkdownRenderer(width: width, hasStyle: true)
  return pieces.reduce(into: "") { $0 += renderer.take($1) } + renderer.finish()
}

/// Cut between scalars, as a provider may: within a character too.
private func cut(_ text: String, longest: Int, _ dice: inout Dice) -> [String] {
  var pieces: [String] = []
  var rest = Array(text.unicodeScalars)[...]
  while !rest.isEmpty {
    let count = Int.random(in: 1...longest, using: &dice)
    var piece = String.UnicodeScalarView()
    piece.append(contentsOf: rest.prefix(count))
    pieces.append(String(piece))
    rest = rest.dropFirst(count)
  }
  return pieces
}

struct StreamedMarkdown {
  /// Pieces of documents that are likely to be cut in a bad place.
  static let bricks = [
    "word ", "two words ", "\n", "\n\n", "\r\n", "  \n", "**", "*", "***", "_", "__", "`", "``", "```", "```swift\n",
    "~~", "[",
    "](", ")", "](https://a.b/c)", "![", "- ", "* ", "1. ", "10) ", "  ", "    ", "\t", "> ", "# ", "### ", "---\n",
    "===\n", "| a | b |\n", "|---|:-:|\n", "| `x|y` | \\| |\n", "|", "\\", "\\*", "<br>", "e\u{301}", "👨‍👩‍👧", "🇩🇪🇫🇷", "日本語。",
    "1️⃣", "[x] ", "[ ] ", "let x = 1 // c\n", "\"\"\"\n", "/* ", "*/", "'", "\"", ":", "http://x/y?z", "\u{1B}[1m",
    "\u{200D}",
    "\u{301}", "=", "+", "5", "#", "(", "\u{2028}",
  ]

  static let documents = [
    """
    # Title *with* `code`

    A **bold** paragraph with [a link](https://example.com "t") and _more_ text
    over two lines.  \n    Broken.

    1. one
       - [x] nested **item
         over** lines

         ```python
         def f(x):  # comment
             '''long
             string''' + "s"
         ```
    2. two

    > quoted
    > - list

    | a | b |
    |---|--:|
    | **x** | 1 |

    ---
    日本語のテキスト🎉, the end of `it
    """,
    String(repeating: "*not closed ", count: 200) + String(repeating: "`neither ", count: 200),
    String(repeating: "`", count: 2500) + "a" + String(repeating: "*", count: 2500) + "b",
    "[" + String(repeating: "x", count: 990) + "](" + String(repeating: "y", count: 1100) + ") end",
  ]

  @Test(arguments: documents, [20, 79])
  func `looks the same however it is cut`(_ document: String, _ width: Int) {
    let whole = rendered([document], width: width)
    var dice = Dice(state: 7)
    for longest in [1, 2, 4, 9, 40] {
      #expect(rendered(cut(document, longest: longest, &dice), width: width) == whole)
    }
  }

  @Test(arguments: 0..<400)
  func `of random bricks looks the same however it is cut`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    let document = (0..<Int.random(in: 5...80, using: &dice)).reduce(into: "") { text, _ in
      text += Self.bricks.randomElement(using: &dice) ?? ""
    }
    let width = Int.random(in: 5...90, using: &dice)
    let whole = rendered([document], width: width)
    for longest in [1, 5] {
      let pieces = cut(document, longest: longest, &dice)
      #expect(rendered(pieces, width: width) == whole, "\(seed): \(document.debugDescription)")
    }
  }
}
