import CommandLineKit
import Testing

struct Manual {
  private let pages = Sample.program.manualPages

  private func page(_ name: String) throws -> String {
    try #require(pages.first { $0.fileName == name }).source
  }

  @Test func `there is a page for the program, each command and each file`() {
    #expect(
      pages.map(\.fileName) == ["sample.1", "sample-ask.1", "sample-book.1", "sample-teach.1", "sample-file.5"])
  }

  @Test(arguments: [
    (
      "sample.1",
      [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES",
        "SEE ALSO",
      ]
    ),
    ("sample-ask.1", ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]),
    ("sample-book.1", ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "SEE ALSO"]),
    ("sample-file.5", ["NAME", "DESCRIPTION"]),
  ])
  func `the sections stand in the order readers expect`(_ name: String, _ sections: [String]) throws {
    let found = try page(name).split(separator: "\n").filter { $0.hasPrefix(".SH ") }
    #expect(found == sections.map { ".SH \"\($0)\"" })
  }

  @Test(arguments: [
    ("sample-ask.1", "sample\\-ask \\- ask a question; it\\(aqs [quick]: try"),
    ("sample-ask.1", "Reads C:\\etemp first."),
    ("sample-ask.1", "\\&.PP is no macro here."),
    ("sample-ask.1", "Nor is \\(aqbr."),
    ("sample-ask.1", "\\fB\\-m\\fR, \\fB\\-\\-model\\fR \\fIMODEL\\fR"),
    ("sample-ask.1", "For which shell. One of: bash, zsh, fish."),
    ("sample-ask.1", "May be repeated."),
    ("sample-book.1", ".SS \"sample book show\""),
    ("sample-book.1", "\\fB\\-\\-json\\fR"),
    ("sample-teach.1", "Which shell. One of: bash, zsh, fish."),
    ("sample.1", ".SS \"Second things\""),
    ("sample.1", "\\fBSAMPLE_HOME\\fR"),
    ("sample.1", ".BR sample\\-file (5)"),
    ("sample.1", ".TH SAMPLE 1 \"2026-01-02\" \"sample 1.2.3\""),
  ])
  func `a page says it so that roff shows it as it is`(_ name: String, _ piece: String) throws {
    let source = try page(name).split(separator: "\n").joined(separator: " ")
    #expect(source.contains(piece), "\(source)")
  }

  @Test func `what is hidden stands nowhere`() {
    for page in pages { #expect(!page.source.contains("secret"), "\(page.fileName)") }
    for shell in Shell.allCases { #expect(!Sample.program.completions(for: shell).contains("secret")) }
    #expect(!Sample.program.overview(width: 80).contains("secret"))
  }
}

struct Overview {
  @Test func `examples come before the commands, which stand in their groups`() throws {
    let text = Sample.program.overview(width: 80)
    let order = [
      "A sample.", "Usage:", "Examples:", "First things:", "  ask ", "  teach ", "Second things:", "  book ",
    ]
    var rest = text[...]
    for piece in order {
      let found = try #require(rest.firstRange(of: piece), "\(piece) in \(text)")
      rest = rest[found.upperBound...]
    }
  }

  @Test(arguments: [20, 40, 60, 80, 200]) func `it fits every width`(_ width: Int) {
    let lines = Sample.program.overview(width: width).split(separator: "\n")
    // What is typed is never broken.
    #expect(lines.filter { !$0.hasPrefix("  ") && !$0.hasSuffix(":") }.allSatisfy { $0.count <= width })
  }
}

struct CompletionScripts {
  @Test(arguments: [
    (Shell.bash, "commands='ask book teach'"), (.bash, "'sample book show')"), (.bash, "-m --model -i --input"),
    (.zsh, "'ask:Ask a question; it'\\''s [quick]: try.'"),
    (.zsh, "'(-m --model)'{-m+,--model=}'[Which model.]:MODEL:_sample_values'"),
    (.zsh, "'*'{-i+,--input=}'[What to read.]:FILE|-:_files'"),
    (.zsh, "'(-q --quiet)'{-q,--quiet}'[Say less; don'\\''t \\[ever\\] shout: hush.]'"),
    (.zsh, "--folder='[Where to look.]:DIR:_files -/'"),
    (.fish, "-l quiet -d 'Say less; don\\'t [ever] shout: hush.'"),
    (.fish, "-s i -l input -r -F"),
    (.fish, "complete -c sample -n '__sample_at book show' -l json -d 'As JSON.'"),
  ])
  func `a script holds commands and flags, quoted for its shell`(_ shell: Shell, _ piece: String) {
    #expect(Sample.program.completions(for: shell).contains(piece))
  }
}
