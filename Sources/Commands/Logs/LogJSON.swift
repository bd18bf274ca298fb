// Calls as JSON. All keys are always there; what is unknown is null.

import GatewayCore
import Wire

enum LogJSON {
  /// `{"rows": [...]}`: the calls without their texts.
  static func list(_ records: [OperationRecord]) -> JSON {
    ["rows": .array(records.map { .object(call($0)) })]
  }

  /// One call with its texts.
  static func full(_ record: OperationRecord) -> JSON {
    var object = call(record)
    object["prompt"] = JSON(text: record.prompt)
    object["reply"] = JSON(text: record.reply)
    return .object(object)
  }

  private static func call(_ record: OperationRecord) -> JSONObject {
    [
      "id": .string(record.id), "status": .string(record.status.rawValue), "kind": .string(record.kind),
      "origin": .string(record.origin),
      "started_at": .string(record.startedAt.rfc3339), "ended_at": JSON(text: record.endedAt?.rfc3339),
      "model_asked": .string(record.modelAsked), "provider": JSON(text: record.provider),
      "model": JSON(text: record.model), "route": JSON(text: record.route), "decision": decision(record.decision),
      "key": JSON(text: record.keyID),
      "team": JSON(text: record.team), "client": JSON(text: record.client),
      "user": JSON(text: record.user), "project": JSON(text: record.project), "session": JSON(text: record.session),
      "tags": .object(record.tags.reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) }),
      "dialect_in": JSON(text: record.dialectIn), "exit_code": JSON(count: record.exitCode),
      "error": error(record.failureKind, record.failureMessage),
      "cost": ["usd": JSON(text: record.cost.amount?.decimalText), "source": JSON(text: record.cost.source?.rawValue)],
      "saved_usd": JSON(text: record.saved?.decimalText), "attempts": .array(record.attempts.map(attempt)),
    ]
  }

  private static func decision(_ text: String?) -> JSON {
    text.flatMap { try? JSON.parse(Array($0.utf8)) } ?? .null
  }

  private static func attempt(_ record: AttemptRecord) -> JSON {
    [
      "number": .number(JSONNumber(record.number)), "cause": .string(record.cause),
      "status": .string(record.status.rawValue), "provider": .string(record.provider),
      "model": .string(record.model), "model_reported": JSON(text: record.modelReported),
      "streams": .bool(record.streams), "started_at": .string(record.startedAt.rfc3339),
      "ended_at": JSON(text: record.endedAt?.rfc3339), "http_status": JSON(count: record.httpStatus),
      "request_id": JSON(text: record.requestID), "finish_reason": JSON(text: record.finishReason),
      "error": error(record.failureKind, record.failureMessage), "usage": record.usage.json,
      "usage_estimated": .bool(record.usageIsEstimated), "cost": cost(record.cost),
      "timings": [
        "first_byte_ms": JSON(milliseconds: record.firstByteMicroseconds),
        "first_token_ms": JSON(milliseconds: record.firstTokenMicroseconds),
        "total_ms": JSON(milliseconds: record.endedAt.map { $0.microseconds - record.startedAt.microseconds }),
      ],
      "changes": .array(record.changes.map(\.json)),
    ]
  }

  private static func cost(_ cost: Cost?) -> JSON {
    [
      "usd": JSON(text: cost?.amount?.decimalText), "source": JSON(text: cost?.source.rawValue),
      "price_id": JSON(text: cost?.priceID), "computed_usd": JSON(text: cost?.computed?.decimalText),
    ]
  }

  private static func error(_ kind: String?, _ message: String?) -> JSON {
    guard kind != nil || message != nil else { return .null }
    return ["kind": JSON(text: kind), "message": JSON(text: message)]
  }
}
