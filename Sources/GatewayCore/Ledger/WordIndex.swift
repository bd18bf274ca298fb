// Full-text indexes over the ledger's texts. Texts are indexed when someone searches, so that nobody who writes one waits
// for it, and a library without FTS5 keeps a ledger all the same.

/// The words in the column `text` of a table, whose rows are never changed; it holds no text of its own.
struct WordIndex {
  private let table: String
  /// The column of `upkeep` that says up to which `seq` texts are in the index.
  private let mark: String
  let name: String

  private init(of table: String, mark: String) {
    self.table = table
    self.mark = mark
    name = table + "_words"
  }

  static let contents = WordIndex(of: "contents", mark: "indexed_up_to")
  static let messages = WordIndex(of: "messages", mark: "messages_indexed_up_to")
  static let all = [contents, messages]

  /// Diacritics are folded as letters' cases are.
  private var creation: String {
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS \(name)
    USING fts5(text, content = '\(table)', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2')
    """
  }

  /// Adds some of the texts that are not in the index yet; the number of them.
  fileprivate func addSome(in database: Database, _ task: String) throws(LedgerFailure) -> Int {
    try database.execute(creation, task)
    let count = try database.run(
      """
      INSERT INTO \(name) (rowid, text)
      SELECT seq, text FROM \(table) WHERE seq > (SELECT \(mark) FROM upkeep) ORDER BY seq LIMIT 200
      """, [], task)
    // What was added last has the highest number.
    if count > 0 {
      try database.run("UPDATE upkeep SET \(mark) = (SELECT max(rowid) FROM \(name)_docsize)", [], task)
    }
    return count
  }

  /// Takes texts out that are about to be deleted: the index must be told them, and only those that it has.
  ///
  /// `rows` is a condition; `with` a common table expression it may use.
  func remove(
    _ rows: String, _ values: [SQLValue] = [], with: String = "", in database: Database, _ task: String
  ) throws(LedgerFailure) {
    guard try exists(in: database, task) else { return }
    try database.run(
      """
      \(with) INSERT INTO \(name) (\(name), rowid, text)
      SELECT 'delete', seq, text FROM \(table) WHERE seq <= (SELECT \(mark) FROM upkeep) AND \(rows)
      """, values, task)
  }

  /// After rows were deleted: numbers above the highest one are given out again, and must count as not indexed.
  func settle(in database: Database, _ task: String) throws(LedgerFailure) {
    try database.run(
      "UPDATE upkeep SET \(mark) = min(\(mark), (SELECT coalesce(max(seq), 0) FROM \(table)))", [], task)
  }

  /// Words that were taken out stay in the index until its parts are merged.
  func merge(in database: Database, _ task: String) throws(LedgerFailure) {
    guard try exists(in: database, task) else { return }
    try database.execute("INSERT INTO \(name) (\(name)) VALUES ('optimize')", task)
  }

  private func exists(in database: Database, _ task: String) throws(LedgerFailure) -> Bool {
    try database.int("SELECT count(*) FROM sqlite_schema WHERE name = ?", [.text(name)], task) == 1
  }
}

/// How texts are found in which all words of a search stand; a star at the end of a word makes it a beginning.
enum WordSearch: Equatable {
  /// No word was given.
  case none
  /// By an index, with an expression of FTS5.
  case matching(String)
  /// Every text is read.
  case reading(words: [String])

  /// The search with an index, where its words can be looked up in one.
  init(_ text: String, usesIndex: Bool) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.isEmpty {
      self = .none
    } else if usesIndex, !words.contains(where: \.hasLettersWithoutSpaces) {
      self = .matching(words.map(Self.quoted).joined(separator: " "))
    } else {
      self = .reading(words: words.map { Self.isBeginning($0) ? String($0.dropLast()) : $0 })
    }
  }

  /// As a condition on the rows of the index's table.
  func condition(on index: WordIndex) -> (clause: String, values: [SQLValue]) {
    switch self {
    case .none: ("1", [])
    case .matching(let expression):
      ("seq IN (SELECT rowid FROM \(index.name) WHERE \(index.name) MATCH ?)", [.text(expression)])
    case .reading(let words):
      (
        words.map { _ in "instr(lower(text), lower(?)) > 0" }.joined(separator: " AND "), words.map { .text($0) }
      )
    }
  }

  private static func isBeginning(_ word: String) -> Bool { word.count > 1 && word.hasSuffix("*") }

  /// A word as FTS5 takes it whatever is in it.
  private static func quoted(_ word: String) -> String {
    let plain = isBeginning(word) ? String(word.dropLast()) : word
    let escaped = plain.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    return "\"\(escaped)\"" + (isBeginning(word) ? "*" : "")
  }
}

extension LedgerReader {
  /// A search in the texts of an index, which is brought up to date before.
  ///
  /// Without the index (SQLite has no FTS5, or the ledger may not be written to) every text is read.
  func search(for text: String, in index: WordIndex) throws(LedgerFailure) -> WordSearch {
    let search = WordSearch(text, usesIndex: Database.hasFullTextSearch && isWritable)
    if case .matching = search { try addNewTexts(to: index) }
    return search
  }

  /// Some at a time: others must get to write in between.
  private func addNewTexts(to index: WordIndex) throws(LedgerFailure) {
    let task = "index texts"
    while try writing(task, { () throws(LedgerFailure) in try index.addSome(in: database, task) }) > 0 {}
  }
}

extension String {
  /// Written without spaces between words, as Chinese, Japanese and Thai are: what an index takes for a word is a
  /// sentence there.
  fileprivate var hasLettersWithoutSpaces: Bool {
    unicodeScalars.contains { scalar in Self.scriptsWithoutSpaces.contains { $0.contains(scalar.value) } }
  }

  /// Thai and Lao; Burmese; Khmer; kana and Chinese characters in three blocks.
  private static let scriptsWithoutSpaces: [ClosedRange<UInt32>] = [
    0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF,
  ]
}
