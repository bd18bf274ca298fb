import Testing

@testable import Commands

/// The whole text at once, without styles.
private func plain(_ markdown: String, width: Int = 40) -> String {
  var renderer = MarkdownRenderer(width: width, hasStyle: false)
  return renderer.take(markdown) + renderer.finish()
}

/// The whole text at once, `<1;31>` for each control sequence.
private func styled(_ markdown: String, width: Int = 80) -> String {
  var renderer = MarkdownRenderer(width: width, hasStyle: true)
  return (renderer.take(markdown) + renderer.finish()).split(separator: "\u{1B}[", omittingEmptySubsequences: false)
    .enumerated().map { index, piece in
      guard index > 0, let end = piece.firstIndex(of: "m") else { return String(piece) }
      return "<\(piece[..<end])>" + piece[piece.index(after: end)...]
    }.joined()
}

struct Markdown {
  @Test(arguments: [
    ("plain text", "plain text\n"),
    ("a *b* **c** ***d***", "a <0;3>b<0> <0;1>c<0> <0;1;3>d<0>\n"),
    ("a _b_ __c__ snake_case_name", "a <0;3>b<0> <0;1>c<0> snake_case_name\n"),
    ("**two words**", "<0;1>two<0><0;1> <0><0;1>words<0>\n"),
    ("**bold *both* bold**", "<0;1>bold<0><0;1> <0><0;1;3>both<0><0;1> <0><0;1>bold<0>\n"),
    ("*a **b***", "<0;3>a<0><0;3> <0><0;1;3>b<0>\n"),
    ("~~old~~ new ~x~", "<0;9>old<0> new ~x~\n"),
    ("`a*b*` ``c`d``", "<0;36>a*b*<0> <0;36>c`d<0>\n"),
    ("5 * 3 * 2 and a*b", "5 * 3 * 2 and a*b\n"),
    ("\\*no\\* \\`no\\` \\q", "*no* `no` \\q\n"),
    ("[text](https://a.b/c)", "<0;4>text<0> <0;2>(https://a.b/c)<0>\n"),
    ("[text](https://a.b/c \"title\").", "<0;4>text<0> <0;2>(https://a.b/c)<0>.\n"),
    ("[https://a.b](https://a.b)", "<0;4>https://a.b<0>\n"),
    ("[part](#part) array[0] [x] (y)", "<0;4>part<0> array[0] [x] (y)\n"),
    ("![alt](i.png)", "<0;4>alt<0> <0;2>(i.png)<0>\n"),
    ("**[0, 1)** half open", "<0;1>[0,<0><0;1> <0><0;1>1)<0> half open\n"),
    ("# One", "<0;1;4>One<0>\n"), ("## Two ##", "<0;1>Two<0>\n"), ("### C#", "<0;1;3>C#<0>\n"), ("#no", "#no\n"),
    ("- [ ] a\n- [x] b", "<0;36>[ ]<0> a\n<0;32>[x]<0> b\n"),
    ("<b>html</b> &amp; <https://a.b>", "<b>html</b> &amp; <https://a.b>\n"),
    (
      "```swift\nlet a = \"b\" // c\n```",
      "<0;2>```swift<0>\n<0;35>let<0> a = <0;32>\"b\"<0> <0;2>// c<0>\n<0;2>```<0>\n"
    ),
    ("```diff\n+a\n-b\n c\n```", "<0;2>```diff<0>\n<0;32>+a<0>\n<0;35>-b<0>\n c\n<0;2>```<0>\n"),
  ])
  func `marks become styles`(_ markdown: String, _ shown: String) {
    #expect(styled(markdown) == shown)
  }

  @Test(arguments: [
    ("**open", "**open\n"), ("*open and `more", "*open and `more\n"), ("a [link](htt", "a [link](htt\n"),
    ("```swift\nlet a", "```swift\nlet a\n"), ("| a | b |", "| a | b |\n"), ("- ", "•\n"), ("~~x", "~~x\n"),
    ("\\", "\\\n"), ("", ""), ("\n\n", ""), ("> ", ""), ("#", "#\n"), ("1.", "1.\n"),
  ])
  func `what is never closed is shown as it is`(_ markdown: String, _ shown: String) {
    #expect(plain(markdown) == shown)
  }

  @Test func `without styles the marks stay`() {
    #expect(plain("## **a** `b` ~~c~~") == "## **a** `b` ~~c~~\n")
  }

  @Test(arguments: [
    ("one two three four five six seven eight nine", 20, "one two three four\nfive six seven eight\nnine\n"),
    ("- one two three four five six", 16, "• one two three\n  four five six\n"),
    ("10. one two three four five", 16, "10. one two\n    three four\n    five\n"),
    ("> one two three four five six", 16, "│ one two three\n│ four five six\n"),
    ("- a\n  - b\n    - c\n      1. d", 40, "• a\n  ◦ b\n    ▪ c\n      1. d\n"),
    ("1. a\n  - two columns are enough", 40, "1. a\n   ◦ two columns are enough\n"),
    ("- a\n\n  b\n- c", 40, "• a\n\n  b\n• c\n"),
    ("> a\n>\n> - b\n> > c", 40, "│ a\n│\n│ • b\n│ │ c\n"),
    ("> a\nlazy", 40, "│ a lazy\n"),
    ("日本語のテキストです。", 12, "日本語のテキ\nストです。\n"),
    ("日本語のテ。です", 10, "日本語の\nテ。です\n"),
    ("see https://example.com/a/very/long/path ok", 20, "see\nhttps://example.com/a/very/long/path\nok\n"),
    ("abcdefghijklmnopqrstuvwxyz", 10, "abcdefghij\nklmnopqrst\nuvwxyz\n"),
    ("a  \nb\\\nc\nd", 40, "a\nb\nc d\n"),
    ("a\n\n\n\nb", 40, "a\n\nb\n"),
    ("a\n# b\nc", 40, "a\n\n# b\nc\n"),
    ("a\n***\nb", 5, "a\n─────\nb\n"),
    ("Title\n=====\ntext", 5, "Title\n─────\ntext\n"),
    ("    code\n\ta\n\ntext", 40, "    code\n    a\n\ntext\n"),
    ("1. a\n   ```sh\n   ls\n     -l\n   ```\n2. b", 40, "1. a\n   ```sh\n   ls\n     -l\n   ```\n2. b\n"),
    ("````md\n```\nx\n```\n````\ny", 40, "````md\n```\nx\n```\n````\ny\n"),
    ("```go\n\tx := 1\n```", 40, "```go\n\tx := 1\n```\n"),
    ("-5 degrees\n1986 was\n+1", 40, "-5 degrees 1986 was +1\n"),
  ])
  func `blocks fit the width and hang`(_ markdown: String, _ width: Int, _ shown: String) {
    #expect(plain(markdown, width: width) == shown)
  }

  @Test func `a table is fitted, aligned and wrapped`() {
    let table = "| a | num | c |\n|---|--:|:-:|\n| x\\|y | 1 | mid |\n| `p|q` | 22 | one two three four |\n\nafter"
    #expect(
      plain(table, width: 30) == """
        a     │ num │        c
        ──────┼─────┼─────────────────
        x|y   │   1 │       mid
        `p|q` │  22 │  one two three
              │     │       four

        after

        """)
  }

  @Test func `a table with wide characters keeps its bars in line`() {
    let shown = plain("|a|b|\n|-|-|\n|日本|x|\n|e\u{301}|🎉🇩🇪|")
    #expect(shown == "a    │ b\n─────┼─────\n日本 │ x\ne\u{301}    │ 🎉🇩🇪\n")
  }

  @Test func `a table too wide for the screen becomes records`() {
    let shown = plain("|a|b|c|d|\n|-|-|-|-|\n|1111|2222|3333|4444|\n|5555|6666||8888|", width: 12)
    #expect(shown == "**a: 1111\n".dropFirst(2) + "b: 2222\nc: 3333\nd: 4444\n\na: 5555\nb: 6666\nc:\nd: 8888\n")
  }

  @Test func `what only looks like a table is text`() {
    #expect(plain("|x| > 5\nis true") == "|x| > 5 is true\n")
    #expect(plain("| a | b |\n|---|\nx") == "| a | b |\n|---| x\n")
  }

  @Test func `nothing that steers a terminal gets through`() {
    let attack =
      "a\u{1B}[31mb\u{7}\u{9B}2J\r\n```\u{1B}]0;t\u{7}\n\u{1B}c\n```\n|\u{1B}[1m|\n|-|\n[x](\u{1B}]8;;u)\u{202E}"
    #expect(
      !plain(attack).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
    #expect(!plain(attack).contains("\u{202E}"))
  }

  @Test func `the terminal is plain at each moment between two pieces`() {
    var renderer = MarkdownRenderer(width: 40, hasStyle: true)
    for character in "# A\n**bold text** and `code`\n```c\nint a; /* b\nc */\n```\n" {
      let shown = renderer.take(String(character))
      if let last = shown.split(separator: "\u{1B}[", omittingEmptySubsequences: false).dropFirst().last {
        #expect(last.hasPrefix("0m"), "\(shown.debugDescription)")
      }
    }
  }

  @Test func `words appear as they come, not at the end of the paragraph`() {
    var renderer = MarkdownRenderer(width: 40, hasStyle: false)
    #expect(renderer.take("one two thr") == "one two")
    #expect(renderer.take("ee four") == " three")
    #expect(renderer.take("\n") == "")
    #expect(renderer.take("- item tex") == " four\n• item")
    #expect(renderer.finish() == " tex\n")
  }

  @Test func `a mark without its partner holds the text up for a while only`() {
    var renderer = MarkdownRenderer(width: 40, hasStyle: true)
    let shown = renderer.take("*" + String(repeating: "word ", count: 300))
    #expect(shown.contains("*word"))
  }
}
