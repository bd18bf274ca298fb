// What the sub-commands of `access` do.

import CommandLineKit
import GatewayCore
import Wire

/// The virtual keys and teams of this run.
struct AccessRun {
  let invocation: Invocation
  private let now: Timestamp

  init(_ invocation: Invocation) {
    self.invocation = invocation
    now = invocation.runtime.now()
  }

  private var stdout: OutputStream { invocation.terminal.stdout }

  private func note(_ text: String) { invocation.terminal.stderr.note("llmgw: \(safeLine(text))") }

  /// Runs `body`; a failure becomes the line that is printed.
  private func with<Result>(
    _ body: (AccessStore) throws(AccessFailure) -> Result
  ) throws -> Result {
    let store: AccessStore
    do { store = AccessStore(try invocation.ledgerFiles()) } catch { throw CommandFailure(ledger: error) }
    do { return try body(store) } catch { throw CommandFailure(access: error, in: store) }
  }

  // MARK: Keys

  func create(_ options: AccessOptions) throws {
    guard options.settings["name"] != nil else { throw UsageError.nameMissing }
    let made = try with { (store) throws(AccessFailure) in
      var random = SystemRandomNumberGenerator()
      return try store.create(
        id: "key_" + invocation.runtime.makeID(), options.settings(now: now), using: &random, now: now)
    }
    try printSecret(of: made, asJSON: options.json)
    note("made \(made.key.id) (\(made.key.name)). Its key is shown only this once: keep it now.")
  }

  func rotate(_ options: AccessOptions) throws {
    let made = try with { (store) throws(AccessFailure) in
      var random = SystemRandomNumberGenerator()
      return try store.rotate(options.name, grace: options.grace, using: &random, now: now)
    }
    try printSecret(of: made, asJSON: options.json)
    let former =
      options.grace > .zero
      ? "the one before works until \(ReportCalendar.local.text(now.later(by: options.grace)))"
      : "the one before works no more"
    note("\(made.key.id) (\(made.key.name)) has a new key, shown only this once; \(former).")
  }

  /// The secret alone, or first in the object after the id.
  private func printSecret(of made: (key: AccessKey, secret: AccessSecret), asJSON: Bool) throws {
    guard asJSON else { return try stdout.write(made.secret.text + "\n") }
    try stdout.write(JSON.object(made.key.json(with: made.secret, at: now)).indentedText + "\n")
  }

  func list(_ options: AccessOptions) throws {
    let keys = try with { (store) throws(AccessFailure) in try store.keys(now: now) }
    let shown = keys.filter { options.all || $0.revokedAt == nil }
    if options.json { return try printRows(shown.map { $0.json(at: now) }) }
    guard !shown.isEmpty else {
      return note("there are no access keys. Make one with llmgw access create --name NAME.")
    }
    try invocation.showPaged(AccessTable.of(shown, at: now).text(width: invocation.terminal.tableWidth))
  }

  func show(_ options: AccessOptions) throws {
    let key = try with { (store) throws(AccessFailure) in try store.key(options.name, now: now) }
    try print(key, options)
  }

  func update(_ options: AccessOptions) throws {
    let settings = options.settings(now: now)
    guard !settings.isEmpty else { throw UsageError.nothingToChange }
    let key = try with { (store) throws(AccessFailure) in try store.update(options.name, settings, now: now) }
    try print(key, options)
  }

  func revoke(_ options: AccessOptions) throws {
    let key = try with { (store) throws(AccessFailure) in try store.revoke(options.name, now: now) }
    if options.json { try print(key, options) }
    note("revoked \(key.id) (\(key.name)).")
  }

  private func print(_ key: AccessKey, _ options: AccessOptions) throws {
    try stdout.write(
      options.json ? JSON.object(key.json(at: now)).indentedText + "\n" : AccessTable.details(of: key, at: now))
  }

  // MARK: Teams

  func createTeam(_ options: AccessOptions) throws {
    guard options.settings["name"] != nil else { throw UsageError.nameMissing }
    let team = try with { (store) throws(AccessFailure) in
      try store.createTeam(id: "team_" + invocation.runtime.makeID(), options.settings, now: now)
    }
    try print(team, options)
  }

  func listTeams(_ options: AccessOptions) throws {
    let teams = try with { (store) throws(AccessFailure) in try store.teams(now: now) }
    if options.json { return try printRows(teams.map(\.json)) }
    guard !teams.isEmpty else {
      return note("there are no teams. Make one with llmgw access team create --name NAME.")
    }
    try invocation.showPaged(AccessTable.of(teams).text(width: invocation.terminal.tableWidth))
  }

  func updateTeam(_ options: AccessOptions) throws {
    guard !options.settings.isEmpty else { throw UsageError.nothingToChange }
    let team = try with { (store) throws(AccessFailure) in
      try store.updateTeam(options.name, options.settings, now: now)
    }
    try print(team, options)
  }

  func deleteTeam(_ options: AccessOptions) throws {
    let team = try with { (store) throws(AccessFailure) in try store.deleteTeam(options.name, now: now) }
    if options.json { try print(team, options) }
    note("deleted the team \(team.name).")
  }

  private func print(_ team: Team, _ options: AccessOptions) throws {
    try stdout.write(options.json ? JSON.object(team.json).indentedText + "\n" : AccessTable.details(of: team))
  }

  private func printRows(_ rows: [JSONObject]) throws {
    let object: JSON = ["rows": .array(rows.map { .object($0) })]
    try stdout.write(object.indentedText + "\n")
  }
}

extension UsageError {
  fileprivate static let nameMissing = UsageError("'--name' is missing", advice: "Say what to call it: --name NAME.")
  fileprivate static let nothingToChange = UsageError(
    "no flag says what to change", advice: "Name a setting, such as --rpm 60.")
}

extension CommandFailure {
  /// Keys or teams that were not changed or found.
  init(access failure: AccessFailure, in store: AccessStore) {
    switch failure {
    case .ledger(let failure): self.init(ledger: failure)
    case .cryptography(let problem): self.init(.general, "access: \(problem)")
    case .setting(let problem): self.init(.usage, "access: \(problem.name): \(problem.why)")
    case .noKey(let typed):
      let known = (try? store.names())?.keys ?? []
      self.init(
        .notFound, "'\(typed)': there is no access key of that name or id",
        advice: didYouMean(typed, among: Set(known.map(\.name))) ?? "See llmgw access list.")
    case .severalKeys(let typed, let ids):
      let some = ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? ", ..." : "")
      self.init(.usage, "'\(typed)': more than one access key is meant by that (\(some))", advice: "Type its id.")
    case .revoked(let id):
      self.init(.general, "\(id): it was revoked, which is for good", advice: "Make another with llmgw access create.")
    case .noTeam(let typed):
      let known = (try? store.names())?.teams ?? []
      self.init(
        .notFound, "'\(typed)': there is no team of that name",
        advice: didYouMean(typed, among: known.map(\.name)) ?? "See llmgw access team list.")
    case .teamExists(let name):
      self.init(.usage, "'\(name)': there is a team of that name", advice: "Choose another, or update that one.")
    case .teamHasKeys(let name, let count):
      self.init(
        .general, "'\(name)': the team has \(count) \(count == 1 ? "key" : "keys")",
        advice: "Revoke them, or move them with llmgw access update KEY --team none.")
    case .pepperMissing:
      self.init(
        .general, "access: the file access.pepper beside the ledger is missing, and without it no key can be checked",
        advice: "Restore it from a backup.")
    }
  }
}
