// Words that repeat, stored once and spoken of by number.

/// The numbers of names in one ledger, remembered.
///
/// For the owner of the connection.
final class Names {
  private var known: [String: Int64] = [:]
  /// The latest name of each column: mostly the next call has it too.
  private var latest = [(name: String, id: Int64)?](repeating: nil, count: NameColumn.allCases.count)

  /// The number of `name`, which is added if it is new.
  ///
  /// For use inside a transaction.
  func id(of name: String, in column: NameColumn, _ database: Database) throws(LedgerFailure) -> Int64 {
    if let latest = latest[column.rawValue], latest.name == name { return latest.id }
    let id = try id(of: name, in: database)
    latest[column.rawValue] = (name, id)
    return id
  }

  private func id(of name: String, in database: Database) throws(LedgerFailure) -> Int64 {
    if let id = known[name] { return id }
    let task = "book a name"
    var id = try database.int(.findName, [.text(name)], task)
    if id == nil {
      try database.run(.addName, [.text(name)], task)
      id = database.lastInsertedRow
    }
    // Sessions and users come and go: what is remembered stays small.
    if known.count >= 10_000 { known.removeAll() }
    known[name] = id
    return id ?? 0
  }

  /// For after a rollback: names added in it are gone.
  func forget() {
    known.removeAll()
    for index in latest.indices { latest[index] = nil }
  }
}

/// What a name stands for.
enum NameColumn: Int, CaseIterable {
  case modelAsked, key, user, project, session, route, dialectIn, team, client, provider, model, decision
  case tagKey, tagValue, modelReported, changes
}
