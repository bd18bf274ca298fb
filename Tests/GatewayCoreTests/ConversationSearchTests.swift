// Words in conversations: how they are found, what is shown of them, and that they can be forgotten.

import Glibc
import Testing
import Wire

@testable import GatewayCore

struct ASearchInConversations {
  private let folder: String
  private let files: LedgerFiles
  private static let now = Timestamp(microseconds: 1_700_000_000_000_000)

  init() throws {
    var template = Array("/tmp/llmgw-search-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    files = LedgerFiles(directory: folder)
    try files.create()
  }

  private func open() throws -> ConversationStore {
    try #require(try ConversationStore(files, settings: LedgerSettings(), now: Self.now))
  }

  /// A conversation with these messages.
  @discardableResult
  private func say(_ texts: String..., id: String = "S1", in store: ConversationStore) throws -> SessionRecord {
    let session = try store.create(
      id: id, name: nil, directory: nil, terminal: nil, settings: .object(JSONObject()), now: Self.now)
    var last: Int64?
    for text in texts {
      last = try store.add(
        .message(Message(.user, text)), to: session.number, after: last, createdAt: Self.now, now: Self.now
      ).number
    }
    return session
  }

  /// The snippets with their hits in brackets.
  private func found(_ text: String, in store: ConversationStore) throws -> [String] {
    try store.search(text, limit: 5).map { match in
      match.snippet.pieces.map { $0.isHit ? "[\($0.text)]" : $0.text }.joined()
    }
  }

  @Test(arguments: [
    ("friday lisbon", ["We meet in [Lisbon] on [Friday]"]), ("LISBON", ["We meet in [Lisbon] on Friday"]),
    ("lis*", ["We meet in [Lisbon] on Friday"]), ("lis", []), ("lisbon monday", []),
    ("muller", ["[Müller] said: Ça va?"]), ("MÜLLER ca", ["[Müller] said: [Ça] va?"]), ("%", []), ("\"", []), (" ", []),
    ("OR", []), ("日本語", ["私は[日本語]を話します"]), ("日本*", ["私は[日本]語を話します"]), ("日本 friday", []),
  ])
  func `finds words in any case and order, with or without their accents`(_ text: String, _ expected: [String]) throws {
    let store = try open()
    try say("We meet in Lisbon on Friday", "Müller said: Ça va?", "私は日本語を話します", in: store)
    #expect(try found(text, in: store) == expected)
  }

  @Test func `shows the words around a hit, the newest message first`() throws {
    let store = try open()
    let words = (1...100).map { "w\($0)" }.joined(separator: " ")
    try say(words + " needle " + words, "a needle", in: store)
    let found = try found("needle", in: store)
    #expect(found.count == 2)
    #expect(found.first == "a [needle]")
    #expect(found.last?.contains("w100 [needle] w1") == true)
    #expect(found.allSatisfy { $0.count < 120 }, "\(found)")
  }

  @Test func `finds what was said after the last search, and after everything was deleted`() throws {
    let store = try open()
    let first = try say("alpha", in: store)
    #expect(try found("alpha", in: store) == ["[alpha]"])
    let second = try say("alpha beta", id: "S2", in: store)
    #expect(try found("alpha", in: store) == ["[alpha] beta", "[alpha]"])
    try store.delete(first.number)
    try store.delete(second.number)
    #expect(try found("alpha", in: store) == [])
    // Its number is one that a deleted message had.
    try say("gamma alpha", id: "S3", in: store)
    #expect(try found("alpha", in: store) == ["gamma [alpha]"])
    let check = "INSERT INTO messages_words (messages_words, rank) VALUES ('integrity-check', 1)"
    #expect(throws: Never.self) { try store.database.execute(check, "check") }
  }

  @Test func `deleted words are nowhere in the files`() throws {
    let store = try open()
    let session = try say("xylophonically yours", in: store)
    #expect(try found("xylophonically", in: store).count == 1)
    try store.delete(session.number)
    for name in ["ledger.db", "ledger.db-wal"] {
      let bytes = (try? readFile("\(folder)/\(name)", limit: 64 << 20)) ?? []
      #expect(bytes.firstRange(of: Array("xylophon".utf8)) == nil, "\(name)")
    }
  }

  @Test func `finds what an earlier version of the program has written`() throws {
    let database = try Database(path: files.database, access: .readWrite, busyMilliseconds: 0)
    try database.migrate(at: Self.now, Array(Migration.all.prefix { $0.name != "009 searched messages" }))
    try database.execute(
      """
      INSERT INTO sessions VALUES (1, 'S1', NULL, 0, 0, NULL, NULL, 1, '{}');
      INSERT INTO messages VALUES (1, 1, NULL, 0, 'user', NULL, NULL, '{}', 'long ago in Lisbon');
      """, "write as before")
    #expect(try found("lisbon", in: open()) == ["long ago in [Lisbon]"])
  }
}

struct ASnippet {
  private func shown(_ snippet: Snippet) -> String {
    snippet.pieces.map { $0.isHit ? "[\($0.text)]" : $0.text }.joined()
  }

  @Test(arguments: [
    ("\u{2}a\u{3} b", "[a] b"), ("a \u{2}b\u{3}", "a [b]"), ("none", "none"), ("", ""), ("\u{3}x\u{2}y", "x[y]"),
  ])
  func `is read from a text with marks`(_ text: String, _ expected: String) {
    #expect(shown(Snippet(marked: text)) == expected)
  }

  @Test func `is cut around the first word that stands there`() {
    let text = String(repeating: "長", count: 50) + "hit" + String(repeating: "い", count: 200)
    let snippet = shown(Snippet(of: text, around: ["nowhere", "HIT"]))
    #expect(snippet.hasPrefix("…長") && snippet.hasSuffix("い…"))
    #expect(snippet.contains("長[hit]い"))
    #expect(shown(Snippet(of: "none of them", around: ["x"])) == "none of them")
  }
}
