// Books what a dead process had taken on. It may have booked a part of it before it died.

extension Bookkeeper {
  /// Writes the units of a journal as far as they do not stand in the tables yet.
  func book(_ journal: [[LedgerEntry]]) throws(LedgerFailure) {
    for unit in journal {
      for entry in unit where try !isBooked(entry) {
        do throws(LedgerFailure) {
          try write(entry)
        } catch {
          // It is closed already.
          guard error.kind == .notOpen else { throw error }
        }
      }
      try finish()
    }
  }

  private func isBooked(_ entry: LedgerEntry) throws(LedgerFailure) -> Bool {
    let task = "read a journal"
    switch entry {
    case .openOperation(let opening):
      return try database.int(.hasOperation, [.text(opening.id)], task) != nil
    case .openAttempt(let opening):
      let number = Int64(opening.id.number)
      return try database.int(.hasAttempt, [.text(opening.id.operationID), .int(number)], task) != nil
    case .closeAttempt, .closeOperation:
      return false
    }
  }
}
