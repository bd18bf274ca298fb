import Testing

@testable import Commands

struct DisplayWidth {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("한글", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2),
    ("🎉", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("1️⃣", 2), ("☺\u{FE0F}", 2), ("☺", 1), ("\u{200B}", 0), ("…", 1), ("─", 1),
    ("नि", 2), ("\u{1F6DC}", 2), ("א", 1),
  ])
  func `is what a terminal uses`(_ text: String, _ columns: Int) {
    #expect(displayWidth(text) == columns)
  }
}
