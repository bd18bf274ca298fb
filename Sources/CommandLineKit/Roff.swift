// A manual page as roff source with the man(7) macros, which every reader of manuals understands.

/// One page of the manual.
package struct ManualPage: Sendable, Equatable {
  package var name: String
  package var section: Int
  /// One clause for NAME, without a full stop.
  package var purpose: String
  package var source: String

  /// `llmgw-chat.1`.
  package var fileName: String { "\(name).\(section)" }

  /// A page with its title line and NAME, and what `body` writes below.
  package init(
    _ name: String, section: Int, purpose: String, version: String, date: String, body: (inout Roff) -> Void
  ) {
    self.name = name
    self.section = section
    self.purpose = purpose
    let title = section == 5 ? "File Formats Manual" : "General Commands Manual"
    var roff = Roff()
    roff.line(".TH \(roffPlain(name.uppercased())) \(section) \"\(date)\" \"\(version)\" \"\(title)\"")
    roff.line(".ad l\n.nh")  // a flag that is broken or stretched cannot be read
    roff.heading("NAME")
    roff.line("\(roffPlain(name)) \\- \(roffPlain(purpose))")
    body(&roff)
    source = roff.source
  }
}

/// Collects the source of a page.
///
/// What is written is plain text unless it says `markup`.
package struct Roff {
  private(set) var source = ""
  /// A paragraph right below a heading needs no space above it.
  private var isBelowHeading = false

  mutating func line(_ markup: String) {
    source += markup + "\n"
    isBelowHeading = false
  }

  /// A section's title, in capitals.
  package mutating func heading(_ title: String) {
    line(".SH \"\(roffPlain(title))\"")
    isBelowHeading = true
  }

  package mutating func subheading(_ title: String) {
    line(".SS \"\(roffPlain(title))\"")
    isBelowHeading = true
  }

  /// Paragraphs parted by empty lines; single line ends are kept.
  package mutating func paragraphs(_ text: String) {
    var isBetween = true
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if paragraph.allSatisfy(\.isWhitespace) {
        isBetween = true
      } else {
        if !isBelowHeading { line(isBetween ? ".PP" : ".br") }
        prose(String(paragraph))
        isBetween = false
      }
    }
  }

  /// A word that stands out, and what it means, indented.
  package mutating func term(_ word: String, _ meaning: String) { term(markup: roffBold(word), meaning) }

  mutating func term(markup: String, _ meaning: String) {
    line(".TP")
    line(markup)
    prose(meaning)
  }

  /// Lines shown as they are, indented.
  package mutating func verbatim(_ text: String) {
    if !isBelowHeading { line(".PP") }
    line(".RS 4\n.nf")
    for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
      line(row.isEmpty ? "\\&" : roffPlain(String(row)))
    }
    line(".fi\n.RE")
  }

  /// `llmgw(1), llmgw-config(5)`.
  package mutating func references(_ pages: [(name: String, section: Int)]) {
    for (index, page) in pages.enumerated() {
      line(".BR \(roffPlain(page.name)) (\(page.section))\(index + 1 < pages.count ? "," : "")")
    }
  }

  /// One sentence a line, as diffs like it.
  private mutating func prose(_ text: String) {
    var sentence = ""
    for word in text.split(separator: " ") {
      sentence += (sentence.isEmpty ? "" : " ") + word
      if let end = word.last, ".?!".contains(end) {
        line(roffPlain(sentence))
        sentence = ""
      }
    }
    if !sentence.isEmpty { line(roffPlain(sentence)) }
  }
}

/// Text that roff prints as it is, also at the beginning of a line.
///
/// `-`, `'`, `^`, `` ` `` and `~` would else become typographic signs, which cannot be copied into a shell (groff_char(7)).
func roffPlain(_ text: String) -> String {
  let safe = text.replacing([
    "\\": "\\e", "-": "\\-", "'": "\\(aq", "\"": "\\(dq", "^": "\\(ha", "`": "\\(ga", "~": "\\(ti",
  ])
  return safe.hasPrefix(".") ? "\\&" + safe : safe
}

func roffBold(_ text: String) -> String { "\\fB\(roffPlain(text))\\fR" }
func roffItalic(_ text: String) -> String { "\\fI\(roffPlain(text))\\fR" }
