// The statements that write books.

/// SQL, as it is sent.
///
/// A number for each, so that a prepared one is found without comparing texts.
enum SQL: Int, CaseIterable {
  case begin, commit
  case addOperation, addAttempt, addTag, addContent, endAttempt, endOperation, findOpenOperation
  case loseAttemptsOfOperation, loseAttemptsOfProcess, loseOperationsOfProcess
  case hasOpenOperations, processesWithOpenOperations, hasOperation, hasAttempt, findName, addName, findPrice, addPrice

  var text: String {
    switch self {
    case .begin: "BEGIN IMMEDIATE"
    case .commit: "COMMIT"
    case .addOperation: Self.insert("operations", Self.operationOpening + Self.operationEnd)
    case .addAttempt: Self.insert("attempts", Self.attemptOpening + Self.attemptEnd)
    case .addTag: "INSERT OR REPLACE INTO tags (operation, key, value) VALUES (?, ?, ?)"
    case .addContent: Self.insert("contents", ["operation", "part", "text"])
    case .endAttempt: Self.update("attempts", Self.attemptEnd, "operation = ? AND number = ? AND status = 'open'")
    case .endOperation: Self.update("operations", Self.operationEnd, "seq = ? AND status = 'open'")
    case .findOpenOperation: "SELECT seq FROM operations WHERE id = ? AND status = 'open'"
    case .loseAttemptsOfOperation: Self.loseAttempts + " = ?"
    case .loseAttemptsOfProcess:
      Self.loseAttempts + " IN (SELECT seq FROM operations WHERE process = ? AND status = 'open')"
    case .loseOperationsOfProcess: "UPDATE operations SET status = 'lost' WHERE process = ? AND status = 'open'"
    case .hasOpenOperations: "SELECT 1 FROM operations WHERE process = ? AND status = 'open' LIMIT 1"
    case .processesWithOpenOperations: "SELECT DISTINCT process FROM operations WHERE status = 'open'"
    case .hasOperation: "SELECT 1 FROM operations WHERE id = ?"
    case .hasAttempt:
      "SELECT 1 FROM attempts WHERE operation = (SELECT seq FROM operations WHERE id = ?) AND number = ?"
    case .findName: "SELECT id FROM names WHERE text = ?"
    case .addName: Self.insert("names", ["text"])
    case .findPrice: "SELECT seq FROM prices WHERE card = ?"
    case .addPrice: Self.insert("prices", ["id", "card", "first_used_us"])
    }
  }

  // In the order in which `Bookkeeper` binds them.

  private static let operationOpening = [
    "id", "kind", "origin", "started_us", "process", "model_asked", "key", "user", "project", "session", "route",
    "dialect_in", "team", "client",
  ]
  private static let operationEnd = [
    "status", "ended_us", "provider", "model", "exit_code", "failure_kind", "failure", "saved_pusd", "decision",
  ]
  private static let attemptOpening = [
    "operation", "number", "cause", "started_us", "provider", "model", "streams", "price", "estimated_input_tokens",
    "estimated_pusd",
  ]
  private static let attemptEnd = [
    "status", "usage_estimated", "ended_us", "cost_source", "cost_pusd", "computed_pusd", "input_tokens",
    "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens",
    "audio_input_tokens", "audio_output_tokens", "image_input_tokens", "image_output_tokens", "searches", "queries",
    "service_tier", "http_status", "failure_kind", "failure", "request_id", "model_reported", "first_byte_us",
    "first_token_us", "finish_reason", "changes",
  ]

  private static func insert(_ table: String, _ columns: [String]) -> String {
    let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
  }

  private static func update(_ table: String, _ columns: [String], _ condition: String) -> String {
    "UPDATE \(table) SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE \(condition)"
  }

  /// Nobody will tell how it ended: the estimate stands for its cost, and its end stays unknown.
  private static let loseAttempts = """
    UPDATE attempts SET
      status = 'lost', usage_estimated = 1, input_tokens = estimated_input_tokens, cost_pusd = estimated_pusd,
      cost_source = CASE WHEN estimated_pusd IS NULL THEN 'unpriced' ELSE 'estimated' END
    WHERE status = 'open' AND operation
    """
}
