// Looks for words in prompts and replies. Texts are indexed when someone searches, so that no call waits for it.

extension LedgerReader {
  /// A condition on `o` (operations) for all of these words standing in one text.
  ///
  /// Without the index (SQLite has no FTS5, or the ledger may not be written to) every text is read instead.
  func search(for text: String) throws(LedgerFailure) -> (clause: String, values: [SQLValue]) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.isEmpty { return ("1", []) }
    guard Database.hasFullTextSearch, try indexNewTexts() else { return Self.plainCondition(words) }
    let match = words.map(Self.quoted).joined(separator: " ")
    let clause = """
      o.seq IN (SELECT operation FROM contents WHERE seq IN
        (SELECT rowid FROM contents_words WHERE contents_words MATCH ?))
      """
    return (clause, [.text(match)])
  }

  /// Adds texts that are not in the index yet, a few at a time: others must get to write in between.
  private func indexNewTexts() throws(LedgerFailure) -> Bool {
    let task = "index texts"
    guard isWritable else { return false }
    var added = 1
    while added > 0 {
      added = try writing(task) { () throws(LedgerFailure) in
        try database.execute(Self.createIndex, task)
        let count = try database.run(
          """
          INSERT INTO contents_words (rowid, text)
          SELECT seq, text FROM contents WHERE seq > (SELECT indexed_up_to FROM upkeep) ORDER BY seq LIMIT 200
          """, [], task)
        // What was added last has the highest number: rows of the index are never changed.
        if count > 0 {
          try database.run(
            "UPDATE upkeep SET indexed_up_to = (SELECT max(rowid) FROM contents_words_docsize)", [], task)
        }
        return count
      }
    }
    return true
  }

  /// Holds no text of its own: it points into `contents`.
  private static let createIndex = """
    CREATE VIRTUAL TABLE IF NOT EXISTS contents_words
    USING fts5(text, content = 'contents', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2')
    """

  /// A word as FTS5 takes it whatever is in it; a star at its end stays a star.
  private static func quoted(_ word: String) -> String {
    let isPrefix = word.count > 1 && word.hasSuffix("*")
    let plain = isPrefix ? String(word.dropLast()) : word
    let escaped = plain.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    return "\"\(escaped)\"" + (isPrefix ? "*" : "")
  }

  private static func plainCondition(_ words: [String]) -> (clause: String, values: [SQLValue]) {
    let each = words.map { _ in "instr(lower(text), lower(?)) > 0" }
    let patterns = words.map { SQLValue.text($0.hasSuffix("*") ? String($0.dropLast()) : $0) }
    let clause = "o.seq IN (SELECT operation FROM contents WHERE \(each.joined(separator: " AND ")))"
    return (clause, patterns)
  }
}
