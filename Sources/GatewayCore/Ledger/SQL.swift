// The statements that write books.

/// SQL, as it is sent.
///
/// A number for each, so that a prepared one is found without comparing texts.
enum SQL: Int, CaseIterable {
  case openOperation, tag, openAttempt, closeAttempt, closeOperation, loseAttemptsOfOperation, loseAttemptsOfProcess
  case loseOperationsOfProcess, hasOpenOperations, processesWithOpenOperations, keepContent, findName, addName
  case findPrice, addPrice

  var text: String {
    switch self {
    case .openOperation:
      """
      INSERT INTO operations
        (id, status, kind, origin, started_us, process, model_asked, key, user, project, session, route, dialect_in,
         team, client)
      VALUES (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .openAttempt:
      """
      INSERT INTO attempts
        (operation, status, number, cause, started_us, provider, model, streams, price, estimated_input_tokens,
         estimated_pusd)
      SELECT seq, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ? FROM operations WHERE id = ? AND status = 'open'
      """
    case .closeAttempt:
      """
      UPDATE attempts SET
        status = ?, ended_us = ?, cost_source = ?, cost_pusd = ?, computed_pusd = ?, input_tokens = ?,
        output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, cache_write_1h_tokens = ?,
        reasoning_tokens = ?, audio_input_tokens = ?, audio_output_tokens = ?, image_input_tokens = ?,
        image_output_tokens = ?, searches = ?, queries = ?, service_tier = ?, usage_estimated = ?, http_status = ?,
        failure_kind = ?, failure = ?, request_id = ?, model_reported = ?, first_byte_us = ?, first_token_us = ?,
        finish_reason = ?, changes = ?
      WHERE operation = (SELECT seq FROM operations WHERE id = ?) AND number = ? AND status = 'open'
      """
    case .closeOperation:
      """
      UPDATE operations SET
        status = ?, ended_us = ?, provider = ?, model = ?, exit_code = ?, failure_kind = ?, failure = ?, saved_pusd = ?,
        decision = ?
      WHERE id = ? AND status = 'open'
      """
    case .tag: "INSERT OR REPLACE INTO tags (operation, key, value) VALUES (?, ?, ?)"
    case .loseAttemptsOfOperation: Self.loseAttempts + " = (SELECT seq FROM operations WHERE id = ?)"
    case .loseAttemptsOfProcess:
      Self.loseAttempts + " IN (SELECT seq FROM operations WHERE process = ? AND status = 'open')"
    case .loseOperationsOfProcess: "UPDATE operations SET status = 'lost' WHERE process = ? AND status = 'open'"
    case .hasOpenOperations: "SELECT 1 FROM operations WHERE process = ? AND status = 'open' LIMIT 1"
    case .processesWithOpenOperations: "SELECT DISTINCT process FROM operations WHERE status = 'open'"
    case .keepContent: "INSERT INTO contents (part, text, operation) SELECT ?, ?, seq FROM operations WHERE id = ?"
    case .findName: "SELECT id FROM names WHERE text = ?"
    case .addName: "INSERT INTO names (text) VALUES (?)"
    case .findPrice: "SELECT seq FROM prices WHERE card = ?"
    case .addPrice: "INSERT INTO prices (id, card, first_used_us) VALUES (?, ?, ?)"
    }
  }

  /// Nobody will tell how it ended: the estimate stands for its cost, and its end stays unknown.
  private static let loseAttempts = """
    UPDATE attempts SET
      status = 'lost', usage_estimated = 1, input_tokens = estimated_input_tokens, cost_pusd = estimated_pusd,
      cost_source = CASE WHEN estimated_pusd IS NULL THEN 'unpriced' ELSE 'estimated' END
    WHERE status = 'open' AND operation
    """
}
