import Commands
import Testing

struct ATable {
  private let table = Table(
    [.text("MODEL"), .number("CALLS")],
    rows: [["a", "1"], ["a-long-name-of-a-model", "12,345"], ["模型", "7"], ["e\u{301}clair", "8"]],
    footer: ["total", "12,361"])

  @Test func `aligns numbers on the right and text on the left, by columns of the terminal`() {
    #expect(
      table.lines(width: 80) == [
        "MODEL                    CALLS", "a                            1", "a-long-name-of-a-model  12,345",
        "模型                         7", "e\u{301}clair                       8", "----------------------  ------",
        "total                   12,361",
      ])
  }

  @Test(arguments: [(20, 20), (16, 16), (3, 16)])
  func `fits the width as long as texts can be cut`(_ width: Int, _ expected: Int) {
    let lines = table.lines(width: width)
    #expect(lines.map(displayWidth).max() == expected)
    #expect(lines.contains { $0.hasSuffix("  12,345") && $0.contains("…") })
  }

  @Test func `never cuts numbers and words, and cuts the widest text first`() {
    let wide = Table(
      [.word("ID"), .text("A"), .text("B"), .number("N")],
      rows: [["0123456789ABCDEF", "short", "a text that is quite long", "123456789"]])
    #expect(wide.lines(width: 50)[1] == "0123456789ABCDEF  short  a text that i…  123456789")
    #expect(wide.lines(width: 1)[1] == "0123456789ABCDEF  short  a text …  123456789")
  }

  @Test func `lets nothing from the data steer the terminal or break a line`() {
    let hostile = Table([.text("M"), .number("N")], rows: [["a\u{1B}]0;evil\u{7}\nb\tc\u{202E}d", "1"]])
    #expect(hostile.lines(width: 80)[1] == "a]0;evil b cd  1")
    #expect(hostile.csv == "M,N\n\"a]0;evil\nb\tcd\",1\n")
    #expect(!hostile.markdown.unicodeScalars.contains { $0 == "\u{1B}" })
  }

  @Test func `as CSV quotes what needs it`() {
    let table = Table([.text("a,b"), .text("c")], rows: [["say \"hi\"", "x\r\ny"], [" lead", "plain"], ["", "ü"]])
    #expect(table.csv == "\"a,b\",c\n\"say \"\"hi\"\"\",\"x\ny\"\n\" lead\",plain\n,ü\n")
  }

  @Test func `as Markdown escapes what would be markup`() {
    let table = Table([.text("m"), .number("n")], rows: [["a|b*c_d`e\\", "1"]], footer: ["total", "1"])
    #expect(table.markdown == "| m | n |\n| --- | ---: |\n| a\\|b\\*c\\_d\\`e\\\\ | 1 |\n| **total** | **1** |\n")
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("日本語", 6), ("e\u{301}", 1), ("👍", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("ｱ", 1), ("Ａ", 2),
    ("\u{200B}", 0),
  ])
  func `text is as wide as the terminal draws it`(_ text: String, _ width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("ab", 1, "…"), ("ab", 0, ""),
  ])
  func `a text that is cut ends in an ellipsis within its width`(_ text: String, _ width: Int, _ expected: String) {
    #expect(truncated(text, to: width) == expected)
  }

  @Test(arguments: [
    (0, ""), (1, "▏"), (500, "█████"), (1_000, "██████████"), (2_000, "██████████"), (37, "▎"), (-5, ""),
  ])
  func `a bar shows the share, and something is never nothing`(_ share: Int, _ expected: String) {
    #expect(bar(thousandths: share, width: 10) == expected)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `numbers have commas between thousands`(_ number: Int, _ expected: String) {
    #expect(number.grouped == expected)
  }
}

struct ANarrowTable {
  private let table = Table(
    [.text("NAME", least: 6), .number("A"), .number("B").whereThereIsRoom, .text("CAN").whereThereIsRoom],
    rows: [["a-long-name", "1", "2", "a lot of things"]], footer: ["total", "1", "2", ""])

  @Test(arguments: [
    (40, ["NAME", "A", "B", "CAN"]), (26, ["NAME", "A", "B", "CAN"]), (18, ["NAME", "A", "B"]), (9, ["NAME", "A"]),
    (1, ["NAME", "A"]),
  ])
  func `leaves out what may be, the last first, before a name is cut too short`(
    _ width: Int, _ titles: [String]
  ) {
    let lines = table.lines(width: width)
    #expect(lines[0].split(separator: " ").map(String.init) == titles)
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { displayWidth($0) <= max(width, 9) }, "\(lines)")
  }
}
