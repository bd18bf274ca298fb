// What can go wrong with the ledger, told in one line without any value that was to be written.

/// A ledger that could not do what it was asked; the call it was about goes on regardless.
public struct LedgerFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// Another process holds the ledger longer than we wait.
    case locked
    /// No space, or no quota, is left.
    case full
    case readOnly = "read_only"
    case permission
    /// The file is no database, or a damaged one.
    case corrupt
    case networkFileSystem = "network_file_system"
    /// Written by a later version of this program.
    case newerSchema = "newer_schema"
    /// Closed already, or never opened: nothing was changed.
    case notOpen = "not_open"
    case other
  }

  public var kind: Kind
  /// What was being done: `open the ledger`, `book an attempt`.
  public var task: String
  /// What happened, as one clause.
  public var problem: String
  /// SQLite's extended result code, where there is one.
  public var code: Int32?

  public init(_ kind: Kind, _ task: String, _ problem: String, code: Int32? = nil) {
    self.kind = kind
    self.task = task
    self.problem = problem
    self.code = code
  }

  /// One line, such as `open the ledger: the disk is full (SQLite 13)`, and what to do about it.
  public var description: String {
    let code = code.map { " (SQLite \($0))" } ?? ""
    return "\(task): \(problem)\(code).\(advice.map { " " + $0 } ?? "")"
  }

  /// What to do about it, as one sentence.
  public var advice: String? {
    switch kind {
    case .locked: "Find what holds it, or try again."
    case .full: "Free some space."
    case .readOnly, .permission: "Check who owns the file and its directory, or set another data directory."
    case .corrupt: "Move the file away; a new one is started."
    case .networkFileSystem: "Set a data directory on a local disk."
    case .newerSchema: "Update this program."
    case .notOpen, .other: nil
    }
  }
}
