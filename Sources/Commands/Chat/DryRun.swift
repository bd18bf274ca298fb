// `--dry-run`: the request as it would go out, and what it may cost. Nothing is sent and nothing is booked.

import GatewayCore
import Wire

extension PreparedCall {
  /// What would be sent, the key masked, with the estimate.
  func json(now: Timestamp) -> JSON {
    let sent: JSON =
      preview.map { preview in
        [
          "method": .string(preview.method), "url": .string(preview.url),
          "headers": .object(JSONObject(preview.headers.map { ($0.name, .string($0.value)) })),
          "body": .raw(preview.body),
        ]
      } ?? .null
    let estimate = estimate(now: now)
    return [
      "model": .string(target.model), "provider": .string(target.provider.id), "request": sent,
      "estimate": [
        "input_tokens": .number(JSONNumber(estimatedInputTokens)),
        "max_output_tokens": JSON(count: estimate.mostOutputTokens),
        "input_usd": JSON(text: estimate.input?.decimalText), "max_usd": JSON(text: estimate.most?.decimalText),
      ],
      "changes": .array(changes.map(\.json)),
    ]
  }

  /// The same for a person to read.
  func text(now: Timestamp) -> String {
    var lines: [String] = []
    if let preview {
      lines.append("\(preview.method) \(preview.url)")
      lines += preview.headers.map { "\($0.name): \($0.value)" }
      let body = (try? JSON.parse(preview.body))?.indentedText ?? String(decoding: preview.body, as: UTF8.self)
      lines += ["", safeForTerminal(body), ""]
    } else {
      lines.append("\(target.name) is answered by this program; nothing would be sent.")
    }
    for change in changes { lines.append("changed: \(change.field) \(change.what.rawValue): \(change.why)") }
    let estimate = estimate(now: now)
    lines.append("about \(estimatedInputTokens) input tokens: \(estimate.input?.shown ?? "price unknown")")
    if let tokens = estimate.mostOutputTokens, tokens > 0 {
      lines.append("with \(tokens) output tokens, the most it may write: \(estimate.most?.shown ?? "price unknown")")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
