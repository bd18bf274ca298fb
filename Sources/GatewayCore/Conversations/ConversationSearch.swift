// Finds words in all that was said.

extension ConversationStore {
  /// Messages in which all words of `text` stand, the newest first; `word*` is a beginning.
  package func search(_ text: String, limit: Int) throws(LedgerFailure) -> [ConversationMatch] {
    let search = try ledger.search(for: text, in: .messages)
    let found: [Found]
    switch search {
    case .none: return []
    case .matching(let expression): found = try lookUp(expression, limit: limit)
    case .reading(let words): found = try read(search, words, limit: limit)
    }
    var matches: [ConversationMatch] = []
    for match in found {
      guard let record = try sessions("WHERE seq = ?", [.int(match.session)], limit: 1).first else { continue }
      matches.append(
        ConversationMatch(
          session: record, speaker: match.speaker, createdAt: match.createdAt, snippet: match.snippet))
    }
    return matches
  }

  fileprivate struct Found {
    var session: Int64
    var speaker: String
    var createdAt: Timestamp
    var snippet: Snippet
  }

  /// The words around a hit that an index shows, the hit included.
  private static let wordsShown = 16

  private func lookUp(_ expression: String, limit: Int) throws(LedgerFailure) -> [Found] {
    let name = WordIndex.messages.name
    return try database.rows(
      """
      SELECT m.session, coalesce(m.model, m.role), m.created_us,
        snippet(\(name), 0, ?, ?, '…', \(Self.wordsShown))
      FROM \(name) JOIN messages m ON m.seq = \(name).rowid
      WHERE \(name) MATCH ? ORDER BY \(name).rowid DESC LIMIT \(limit)
      """, [.text(String(Snippet.marks.begin)), .text(String(Snippet.marks.end)), .text(expression)],
      "search conversations"
    ) { Found(row: $0) { Snippet(marked: $0) } }
  }

  private func read(_ search: WordSearch, _ words: [String], limit: Int) throws(LedgerFailure) -> [Found] {
    let (clause, values) = search.condition(on: .messages)
    return try database.rows(
      """
      SELECT session, coalesce(model, role), created_us, text FROM messages
      WHERE \(clause) ORDER BY seq DESC LIMIT \(limit)
      """, values, "search conversations"
    ) { Found(row: $0) { Snippet(of: $0, around: words) } }
  }
}

extension ConversationStore.Found {
  fileprivate init(row: Statement, _ snippet: (String) -> Snippet) {
    var row = RowReader(row)
    session = row.int64() ?? 0
    speaker = row.text() ?? ""
    createdAt = row.moment() ?? Timestamp(microseconds: 0)
    self.snippet = snippet(row.text() ?? "")
  }
}
