// The rows of virtual keys and teams.
import Wire

/// The tables of keys and teams in one connection, for use inside a transaction.
struct AccessTables {
  let database: Database
  let task: String

  /// A key with what is compared when it is used.
  struct Entry: Sendable, Equatable {
    var key: AccessKey
    var digest: AccessDigest
    /// The digest it had before it was rotated, and until when that is good.
    var former: Former?

    struct Former: Sendable, Equatable {
      var digest: AccessDigest
      var until: Timestamp
    }
  }

  /// Grows with every change.
  func generation() throws(LedgerFailure) -> Int64 {
    try database.int("SELECT generation FROM access", [], task) ?? 0
  }

  func countChange() throws(LedgerFailure) {
    try database.execute("UPDATE access SET generation = generation + 1", task)
  }

  // MARK: Keys

  /// Every key ever made, revoked ones too, the oldest first.
  func entries() throws(LedgerFailure) -> [Entry] { try entries("ORDER BY access_keys.id", []) }

  func hasKeys() throws(LedgerFailure) -> Bool {
    try database.int("SELECT 1 FROM access_keys LIMIT 1", [], task) != nil
  }

  /// The key of that id or name, or the one whose id begins so; of two of one name the one that is not revoked.
  ///
  /// Throws `AccessFailure` when there is none, or more than one.
  func find(_ text: String) throws -> Entry {
    let conditions = [
      "access_keys.id = ?1", "access_keys.name = ?1 AND revoked_us IS NULL", "access_keys.name = ?1",
      "access_keys.id >= ?1 AND access_keys.id < ?1 || char(0x10ffff)",
    ]
    for condition in conditions where !text.isEmpty {
      let found = try entries("WHERE \(condition) ORDER BY access_keys.id LIMIT \(Self.mostNamed)", [.text(text)])
      if found.count > 1 { throw AccessFailure.severalKeys(text, ids: found.map(\.key.id)) }
      if let entry = found.first { return entry }
    }
    throw AccessFailure.noKey(text)
  }

  private static let mostNamed = 9

  func insert(_ entry: Entry) throws(LedgerFailure) {
    let marks = Self.keyColumns.map { _ in "?" }.joined(separator: ", ")
    try database.run(
      "INSERT INTO access_keys (\(Self.keyColumns.joined(separator: ", "))) VALUES (\(marks))", values(of: entry), task)
  }

  func update(_ entry: Entry) throws(LedgerFailure) {
    let settings = Self.keyColumns.map { "\($0) = ?" }.joined(separator: ", ")
    try database.run(
      "UPDATE access_keys SET \(settings) WHERE id = ?", values(of: entry) + [.text(entry.key.id)], task)
  }

  private static let keyColumns = [
    "id", "name", "digest", "hint", "former_digest", "former_until_us", "owner", "project", "tags", "created_us",
    "expires_us", "revoked_us", "models", "surfaces", "addresses", "requests_per_minute", "tokens_per_minute",
    "parallel", "metadata", "is_admin", "allows_contents", "logs_contents",
    "team",
  ]

  private func values(of entry: Entry) -> [SQLValue] {
    let key = entry.key
    return [
      .text(key.id), .text(key.name), .text(entry.digest.base64Text), .text(key.hint),
      SQLValue(entry.former?.digest.base64Text), SQLValue(entry.former?.until.microseconds), SQLValue(key.owner),
      SQLValue(key.project), .text(JSON.object(JSONObject(key.tags)).text), .int(key.createdAt.microseconds),
      SQLValue(key.expiresAt?.microseconds), SQLValue(key.revokedAt?.microseconds), .text(list(key.models.map(\.text))),
      .text(list(key.surfaces.map(\.text))), .text(list(key.addresses.map(\.text))),
    ] + values(of: key.limits) + [
      .text(JSON.object(key.metadata).text), .int(key.isAdmin ? 1 : 0), .int(key.allowsContents ? 1 : 0),
      .int(key.logsContents ? 1 : 0),
      SQLValue(key.team?.id),
    ]
  }

  private func values(of limits: RateLimits) -> [SQLValue] {
    [SQLValue(limits.requestsPerMinute), SQLValue(limits.tokensPerMinute), SQLValue(limits.parallel)]
  }

  private func list(_ texts: [String]) -> String { JSON.array(texts.map { .string($0) }).text }

  private func entries(_ condition: String, _ values: [SQLValue]) throws(LedgerFailure) -> [Entry] {
    let columns = (Self.keyColumns.map { "access_keys." + $0 } + Self.teamColumns.map { "teams." + $0 })
      .joined(separator: ", ")
    let sql = "SELECT \(columns) FROM access_keys LEFT JOIN teams ON teams.id = access_keys.team \(condition)"
    return try checked(try database.rows(sql, values, task) { Entry(row: $0) })
  }

  /// A rule that cannot be read must not turn into none.
  private func checked<Row>(_ rows: [Row?]) throws(LedgerFailure) -> [Row] {
    let read = rows.compactMap { $0 }
    guard read.count == rows.count else { throw LedgerFailure(.corrupt, task, "a row of a key or a team is damaged") }
    return read
  }

  // MARK: Teams

  /// Every team, in the order of their names.
  func teams() throws(LedgerFailure) -> [Team] { try teams("ORDER BY name", []) }

  /// The team of that name or id.
  func team(_ text: String) throws(LedgerFailure) -> Team? {
    try teams("WHERE name = ?1 OR id = ?1 ORDER BY name = ?1 DESC LIMIT 1", [.text(text)]).first
  }

  func team(named name: String) throws(LedgerFailure) -> Team? {
    try teams("WHERE name = ?", [.text(name)]).first
  }

  func insert(_ team: Team) throws(LedgerFailure) {
    try database.run(
      "INSERT INTO teams (\(Self.teamColumns.joined(separator: ", "))) VALUES (?, ?, ?, ?, ?, ?, ?)", values(of: team),
      task)
  }

  func update(_ team: Team) throws(LedgerFailure) {
    let settings = Self.teamColumns.map { "\($0) = ?" }.joined(separator: ", ")
    try database.run("UPDATE teams SET \(settings) WHERE id = ?", values(of: team) + [.text(team.id)], task)
  }

  /// Keys of the team that are not revoked.
  func countKeys(of team: Team) throws(LedgerFailure) -> Int {
    let sql = "SELECT count(*) FROM access_keys WHERE team = ? AND revoked_us IS NULL"
    return Int(try database.int(sql, [.text(team.id)], task) ?? 0)
  }

  func delete(_ team: Team) throws(LedgerFailure) {
    try database.run("UPDATE access_keys SET team = NULL WHERE team = ?", [.text(team.id)], task)
    try database.run("DELETE FROM teams WHERE id = ?", [.text(team.id)], task)
  }

  private static let teamColumns = [
    "id", "name", "created_us", "models", "requests_per_minute", "tokens_per_minute", "parallel",
  ]

  private func values(of team: Team) -> [SQLValue] {
    [.text(team.id), .text(team.name), .int(team.createdAt.microseconds), .text(list(team.models.map(\.text)))]
      + values(of: team.limits)
  }

  private func teams(_ condition: String, _ values: [SQLValue]) throws(LedgerFailure) -> [Team] {
    let sql = "SELECT \(Self.teamColumns.joined(separator: ", ")) FROM teams \(condition)"
    return try checked(
      try database.rows(sql, values, task) { row -> Team? in
        var row = RowReader(row)
        return Team(row: &row)
      })
  }
}

extension AccessTables.Entry {
  /// `nil` when something in the row cannot be read.
  fileprivate init?(row: Statement) {
    var row = RowReader(row)
    guard let id = row.text(), let name = row.text(), let digest = row.text().flatMap({ AccessDigest(base64: $0) }),
      let hint = row.text()
    else { return nil }
    self.digest = digest
    let formerDigest = row.text().flatMap { AccessDigest(base64: $0) }
    former = row.moment().flatMap { until in formerDigest.map { Former(digest: $0, until: until) } }
    key = AccessKey(id: id, name: name, createdAt: Timestamp(microseconds: 0))
    key.hint = hint
    key.owner = row.text()
    key.project = row.text()
    guard let tags = row.object() else { return nil }
    key.tags = tags.members.map { Tag($0.name, $0.value.string ?? "") }
    key.createdAt = row.moment() ?? key.createdAt
    key.expiresAt = row.moment()
    key.revokedAt = row.moment()
    guard let models = row.list(NamePattern.init), let surfaces = row.list(NamePattern.init),
      let addresses = row.list(AddressRange.init)
    else { return nil }
    (key.models, key.surfaces, key.addresses) = (models, surfaces, addresses)
    key.limits = row.limits()
    guard let metadata = row.object() else { return nil }
    key.metadata = metadata
    key.isAdmin = row.int() == 1
    key.allowsContents = row.int() == 1
    key.logsContents = row.int() == 1
    guard row.text() != nil else { return }
    guard let team = Team(row: &row) else { return nil }
    key.team = team
  }
}

extension Team {
  /// `nil` when something in the row cannot be read.
  fileprivate init?(row: inout RowReader) {
    guard let id = row.text(), let name = row.text(), let createdAt = row.moment(),
      let models = row.list(NamePattern.init)
    else { return nil }
    self.init(id: id, name: name, createdAt: createdAt)
    self.models = models
    limits = row.limits()
  }
}

extension RowReader {
  fileprivate mutating func limits() -> RateLimits {
    RateLimits(requestsPerMinute: int(), tokensPerMinute: int(), parallel: int())
  }

  fileprivate mutating func object() -> JSONObject? {
    text().flatMap { try? JSON.parse(Array($0.utf8)) }?.object
  }

  /// A list of texts, each of which must be readable.
  fileprivate mutating func list<Element>(_ read: (String) -> Element?) -> [Element]? {
    guard let texts = text().flatMap({ try? JSON.parse(Array($0.utf8)) })?.array else { return nil }
    let elements = texts.compactMap { $0.string.flatMap(read) }
    return elements.count == texts.count ? elements : nil
  }
}

extension JSONObject {
  /// Tags as members.
  init(_ tags: [Tag]) { self = tags.reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) } }
}
