// Names that were used lately, for shells that complete them. Reads only: a ledger is neither made nor changed.

/// Words of the ledger's last calls.
package struct RecentNames {
  /// What a name is the name of.
  package enum Kind: Sendable {
    case project, session
    /// `KEY=VALUE`.
    case tag
    /// The id of a call.
    case call
    /// The id of a benchmark's run.
    case benchmark
  }

  /// A name, and what is worth knowing about it.
  package struct Name: Equatable, Sendable {
    package var text: String
    package var meaning: String?
  }

  private let database: Database

  /// `nil` when there is no ledger.
  package init?(_ files: LedgerFiles) throws(LedgerFailure) {
    guard files.exist else { return nil }
    database = try Database(reading: files)
  }

  /// The names of `kind` in the last `calls` calls that begin with `beginning`, the latest ones first.
  ///
  /// No index leads from a name to its calls, so all of a large ledger would take too long.
  package func names(
    of kind: Kind, beginning: String, inLast calls: Int = 5_000
  ) throws(LedgerFailure) -> [Name] {
    let values: [SQLValue] = [.int(Int64(calls)), .text(beginning)]
    return try database.rows(Self.query(for: kind), values, "look up names") { row in
      Name(text: row.text(0) ?? "", meaning: row.text(1))
    }
  }

  private static func query(for kind: Kind) -> String {
    switch kind {
    case .project: columnQuery("project")
    case .session: columnQuery("session")
    case .tag:
      """
      SELECT key.text || '=' || value.text AS name, NULL
      FROM tags JOIN names key ON key.id = tags.key JOIN names value ON value.id = tags.value
      WHERE tags.operation > (SELECT max(seq) - ?1 FROM operations) AND substr(name, 1, length(?2)) = ?2
      GROUP BY name ORDER BY max(tags.operation) DESC LIMIT 500
      """
    case .call:
      """
      SELECT operations.id, status || ' ' || model.text
      FROM operations JOIN names model ON model.id = model_asked
      WHERE seq > (SELECT max(seq) - min(?1, 100) FROM operations) AND substr(operations.id, 1, length(?2)) = ?2
      ORDER BY seq DESC
      """
    case .benchmark:
      """
      SELECT id, NULL FROM benchmarks WHERE substr(id, 1, length(?2)) = ?2 ORDER BY seq DESC LIMIT min(?1, 100)
      """
    }
  }

  private static func columnQuery(_ column: String) -> String {
    """
    SELECT text, NULL
    FROM (SELECT \(column) AS name, max(seq) AS latest FROM operations
          WHERE seq > (SELECT max(seq) - ?1 FROM operations) AND \(column) IS NOT NULL GROUP BY \(column))
      JOIN names ON names.id = name
    WHERE substr(text, 1, length(?2)) = ?2
    ORDER BY latest DESC LIMIT 500
    """
  }
}
