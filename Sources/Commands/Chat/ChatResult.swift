// `llmgw chat --json`: one object. All keys are always there; what is unknown is null.

import GatewayCore
import Wire

extension Outcome {
  /// The documented object.
  ///
  /// `error` is what the process ends with, `nil` for 0.
  func json(error: CommandFailure?) -> JSON {
    [
      "id": .string(id),
      "status": .string(status.rawValue),
      "model": .string(target.model),
      "provider": .string(target.provider.id),
      "text": .string(reply.text),
      "reasoning": JSON(text: reply.reasoningText.isEmpty ? nil : reply.reasoningText),
      "tool_calls": .array(
        reply.toolCalls.map { ["id": .string($0.id), "name": .string($0.name), "arguments": .string($0.arguments)] }),
      "media": .array(reply.media.map(\.json)),
      "finish_reason": JSON(text: reply.finish?.reason.rawValue),
      "usage": usage.json,
      "cost": cost.json,
      "timings": [
        "first_byte_ms": JSON(milliseconds: firstByteMicroseconds),
        "first_token_ms": JSON(milliseconds: firstTokenMicroseconds),
        "total_ms": JSON(milliseconds: totalMicroseconds),
      ],
      "attempts": .array(attempts.map(\.json)),
      "changes": .array(changes.map(\.json)),
      "error": error?.json(kind: failure?.kind) ?? .null,
    ]
  }
}

extension CommandFailure {
  /// `kind` is what the provider or the network did wrong, if it was one of them.
  func json(kind: ProviderFailure.Kind?) -> JSON {
    [
      "code": .number(JSONNumber(Int(code.rawValue))), "kind": JSON(text: kind?.rawValue),
      "message": .string(problem),
    ]
  }
}

extension Usage {
  /// The counts that mean the same at every provider.
  var json: JSON {
    [
      "input_tokens": JSON(count: input), "output_tokens": JSON(count: output),
      "cache_read_tokens": JSON(count: cacheRead), "cache_write_tokens": JSON(count: cacheWrite),
      "reasoning_tokens": JSON(count: reasoning),
    ]
  }
}

extension Cost {
  var json: JSON {
    [
      "usd": JSON(text: amount?.decimalText), "source": .string(source.rawValue), "price_id": JSON(text: priceID),
    ]
  }
}

extension AttemptSummary {
  var json: JSON {
    [
      "number": .number(JSONNumber(number)), "provider": .string(provider), "model": .string(model),
      "status": .string(status.rawValue), "http_status": JSON(count: httpStatus),
      "error": failure.map { ["kind": .string($0.kind.rawValue), "message": .string($0.message)] } ?? .null,
      "cost": cost.json, "total_ms": JSON(milliseconds: totalMicroseconds),
    ]
  }
}

extension Change {
  var json: JSON { ["field": .string(field), "what": .string(what.rawValue), "why": .string(why)] }
}

extension JSON {
  /// Microseconds as milliseconds with three places.
  init(milliseconds microseconds: Int64?) {
    guard let microseconds else {
      self = .null
      return
    }
    self = .number(JSONNumber(text: "\(microseconds / 1000).\(Int(microseconds % 1000).padded(3))"))
  }
}
