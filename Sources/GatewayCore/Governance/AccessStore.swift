// Virtual keys and teams as they are kept: in the ledger's file, under its lock.
package import Wire

/// Makes, lists and changes virtual keys and teams.
///
/// Waits for the disk and for other processes: not for an event loop.
package struct AccessStore: Sendable {
  let files: LedgerFiles

  package init(_ files: LedgerFiles) { self.files = files }

  // MARK: Keys

  /// Makes a key with `settings` as `AccessKey.apply` takes them, and its secret, of which there is no other copy.
  package func create(
    id: String, _ settings: JSONObject, using random: inout some RandomNumberGenerator, now: Timestamp
  ) throws(AccessFailure) -> (key: AccessKey, secret: AccessSecret) {
    let secret = AccessSecret(using: &random)
    return try changing("create an access key", now) { tables in
      var key = AccessKey(id: id, name: "", createdAt: now)
      key.hint = secret.hint
      try apply(settings, to: &key, tables)
      try tables.insert(AccessTables.Entry(key: key, digest: try digest(of: secret, tables, &random)))
      return (key, secret)
    }
  }

  /// Every key ever made, revoked ones too, the oldest first.
  package func keys(now: Timestamp) throws(AccessFailure) -> [AccessKey] {
    try looking("list the access keys", now) { try $0.entries().map(\.key) } ?? []
  }

  /// What a running gateway needs to know of all keys; brings the tables up to date if need be.
  func snapshot(now: Timestamp) throws(AccessFailure) -> AccessSnapshot {
    try looking("read the access keys", now) { try snapshot($0) } ?? AccessSnapshot()
  }

  /// The same, `nil` when nothing has changed since `generation`.
  ///
  /// Only reads, through a connection that is opened if need be and stays open until something fails.
  func snapshot(
    after generation: Int64, through connection: inout Database?
  ) throws(AccessFailure) -> AccessSnapshot? {
    let task = "read the access keys"
    if connection == nil { connection = try openForReading(task) }
    guard let open = connection.take() else { return nil }
    let new = try AccessFailure.catching(task) { () -> AccessSnapshot? in
      let tables = AccessTables(database: open, task: task)
      return try tables.generation() == generation ? nil : try snapshot(tables)
    }
    connection = open
    return new
  }

  /// Keys that are not revoked, and teams, for shells that complete their names.
  ///
  /// Only reads.
  package func names() throws(AccessFailure) -> (keys: [AccessKey], teams: [Team]) {
    try reading("look up names") { (try $0.entries().map(\.key).filter { $0.revokedAt == nil }, try $0.teams()) }
      ?? ([], [])
  }

  private func snapshot(_ tables: AccessTables) throws -> AccessSnapshot {
    // Read first: a change in between is then read again later, not missed.
    let generation = try tables.generation()
    let entries = try tables.entries()
    let pepper = try files.readPepper()
    guard entries.isEmpty || pepper != nil else { throw AccessFailure.pepperMissing }
    return AccessSnapshot(generation: generation, entries, pepper: pepper)
  }

  /// The key of that id or name, or the one whose id begins so.
  package func key(_ text: String, now: Timestamp) throws(AccessFailure) -> AccessKey {
    let found = try looking("find an access key", now) { try $0.find(text).key }
    guard let found else { throw .noKey(text) }
    return found
  }

  /// Changes what `settings` names, as `AccessKey.apply` takes them.
  package func update(_ text: String, _ settings: JSONObject, now: Timestamp) throws(AccessFailure) -> AccessKey {
    try changing("update an access key", now) { tables in
      var entry = try unrevoked(text, tables)
      try apply(settings, to: &entry.key, tables)
      try tables.update(entry)
      return entry.key
    }
  }

  /// Ends a key for good; one that was revoked stays so since then.
  package func revoke(_ text: String, now: Timestamp) throws(AccessFailure) -> AccessKey {
    try changing("revoke an access key", now) { tables in
      var entry = try tables.find(text)
      entry.key.revokedAt = entry.key.revokedAt ?? now
      entry.former = nil
      try tables.update(entry)
      return entry.key
    }
  }

  /// Gives a key a new secret; the one before it is good for `grace` more.
  package func rotate(
    _ text: String, grace: Duration = .zero, using random: inout some RandomNumberGenerator, now: Timestamp
  ) throws(AccessFailure) -> (key: AccessKey, secret: AccessSecret) {
    let secret = AccessSecret(using: &random)
    return try changing("rotate an access key", now) { tables in
      var entry = try unrevoked(text, tables)
      entry.former = grace > .zero ? .init(digest: entry.digest, until: now.later(by: grace)) : nil
      entry.digest = try digest(of: secret, tables, &random)
      entry.key.hint = secret.hint
      try tables.update(entry)
      return (entry.key, secret)
    }
  }

  private func unrevoked(_ text: String, _ tables: AccessTables) throws -> AccessTables.Entry {
    let entry = try tables.find(text)
    guard entry.key.revokedAt == nil else { throw AccessFailure.revoked(id: entry.key.id) }
    return entry
  }

  private func apply(_ settings: JSONObject, to key: inout AccessKey, _ tables: AccessTables) throws {
    let team = try settings["team"]?.string.map { try Self.team($0, tables) }
    try key.apply(settings) { _ in team }
    guard !key.name.isEmpty else { throw AccessSettingProblem.nameMissing }
  }

  private func digest(
    of secret: AccessSecret, _ tables: AccessTables, _ random: inout some RandomNumberGenerator
  ) throws -> AccessDigest {
    var pepper = try files.readPepper()
    if pepper == nil {
      // A new one would make every key worthless without a word.
      guard try !tables.hasKeys() else { throw AccessFailure.pepperMissing }
      pepper = try files.makePepper(using: &random)
    }
    guard let digest = try pepper?.digest(of: secret.text) else { throw AccessFailure.pepperMissing }
    return digest
  }

  // MARK: Teams

  /// Makes a team with `settings` as `Team.apply` takes them; no other has its name.
  package func createTeam(id: String, _ settings: JSONObject, now: Timestamp) throws(AccessFailure) -> Team {
    try changing("create a team", now) { tables in
      var team = Team(id: id, name: "", createdAt: now)
      try apply(settings, to: &team, tables)
      try tables.insert(team)
      return team
    }
  }

  /// Every team, in the order of their names.
  package func teams(now: Timestamp) throws(AccessFailure) -> [Team] {
    try looking("list the teams", now) { try $0.teams() } ?? []
  }

  /// The team of that name or id.
  package func team(_ text: String, now: Timestamp) throws(AccessFailure) -> Team {
    let found = try looking("find a team", now) { try Self.team(text, $0) }
    guard let found else { throw .noTeam(text) }
    return found
  }

  /// Changes what `settings` names, as `Team.apply` takes them.
  package func updateTeam(_ text: String, _ settings: JSONObject, now: Timestamp) throws(AccessFailure) -> Team {
    try changing("update a team", now) { tables in
      var team = try Self.team(text, tables)
      try apply(settings, to: &team, tables)
      try tables.update(team)
      return team
    }
  }

  /// Takes a team away in which no key is left but revoked ones.
  package func deleteTeam(_ text: String, now: Timestamp) throws(AccessFailure) -> Team {
    try changing("delete a team", now) { tables in
      let team = try Self.team(text, tables)
      let count = try tables.countKeys(of: team)
      guard count == 0 else { throw AccessFailure.teamHasKeys(team.name, count: count) }
      try tables.delete(team)
      return team
    }
  }

  private func apply(_ settings: JSONObject, to team: inout Team, _ tables: AccessTables) throws {
    try team.apply(settings)
    guard !team.name.isEmpty else { throw AccessSettingProblem.nameMissing }
    if let other = try tables.team(named: team.name), other.id != team.id { throw AccessFailure.teamExists(team.name) }
  }

  private static func team(_ text: String, _ tables: AccessTables) throws -> Team {
    guard let team = try tables.team(text) else { throw AccessFailure.noTeam(text) }
    return team
  }
}

// MARK: Transactions

extension AccessStore {
  /// Runs `body` in a transaction that is undone when it throws, and counted when it does not.
  private func changing<Result>(
    _ task: String, _ now: Timestamp, _ body: (AccessTables) throws -> Result
  ) throws(AccessFailure) -> Result {
    try AccessFailure.catching(task) {
      try files.create()
      guard let reader = try LedgerReader(files, now: now) else { throw LedgerFailure(.notOpen, task, "it is gone") }
      let tables = AccessTables(database: reader.database, task: task)
      var refusal: (any Error)?
      do {
        return try reader.writing(task) { () throws(LedgerFailure) in
          do {
            let result = try body(tables)
            try tables.countChange()
            return result
          } catch {
            refusal = error
            // Undoes what was done so far.
            throw LedgerFailure(.other, task, "refused")
          }
        }
      } catch {
        throw refusal ?? error
      }
    }
  }

  /// Runs `body` on tables that must be up to date already; `nil` when no ledger was begun yet.
  private func reading<Result>(
    _ task: String, _ body: (AccessTables) throws -> Result
  ) throws(AccessFailure) -> Result? {
    guard let database = try openForReading(task) else { return nil }
    return try AccessFailure.catching(task) { try body(AccessTables(database: database, task: task)) }
  }

  /// `nil` when no ledger was begun yet.
  private func openForReading(_ task: String) throws(AccessFailure) -> Database? {
    try AccessFailure.catching(task) { files.exist ? try Database(reading: files) : nil }
  }

  /// Runs `body` on tables that are brought up to date if need be; `nil` when no ledger was begun yet.
  private func looking<Result>(
    _ task: String, _ now: Timestamp, _ body: (AccessTables) throws -> Result
  ) throws(AccessFailure) -> Result? {
    try AccessFailure.catching(task) {
      guard let reader = try LedgerReader(files, now: now) else { return nil }
      return try body(AccessTables(database: reader.database, task: task))
    }
  }
}

extension AccessFailure {
  /// Runs `body`, whatever layer its failures come from.
  static func catching<Result>(_ task: String, _ body: () throws -> Result) throws(AccessFailure) -> Result {
    do {
      return try body()
    } catch let failure as AccessFailure {
      throw failure
    } catch let failure as LedgerFailure {
      throw .ledger(failure)
    } catch let problem as AccessSettingProblem {
      throw .setting(problem)
    } catch let failure as CryptographyFailure {
      throw .cryptography(failure.problem)
    } catch {
      throw .ledger(LedgerFailure(.other, task, "\(error)"))
    }
  }
}
