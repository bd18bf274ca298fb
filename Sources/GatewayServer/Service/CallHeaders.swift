// What the header fields of a request say of its call, and what those of the answer say of what was done.
import GatewayCore
import Wire

extension Visit {
  /// Puts on a call what the key and the request's own header fields say; returns what is wrong with them.
  ///
  /// What the key says of its calls is not the client's to change.
  @inline(never)  // what it works with would stand in the frame of the async caller
  func attribute(_ call: inout Call) -> String? {
    let key = caller.key
    call.key = key
    call.project = key?.value.project ?? text("x-llmgw-project")
    call.user = text("x-llmgw-user") ?? key?.value.owner
    call.session = text("x-llmgw-session")
    call.clientName = request.headers["user-agent"].map { Self.bounded($0) }
    call.tags = []
    for pair in text("x-llmgw-tags")?.split(separator: ",") ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return "the header x-llmgw-tags must be NAME=VALUE, with commas between them" }
      call.tags.append(Tag(Self.bounded(parts[0]), Self.bounded(parts[1])))
    }
    guard call.tags.count <= Self.mostTags else { return "the header x-llmgw-tags has more than \(Self.mostTags)" }
    call.tags += key?.value.tags ?? []
    if let strict = request.headers["x-llmgw-strict"] {
      guard let isStrict = ["true": true, "1": true, "false": false, "0": false][strict.lowercased()] else {
        return "the header x-llmgw-strict must be true or false"
      }
      call.isStrict = isStrict
    }
    if let time = request.headers["x-llmgw-timeout"] {
      guard let duration = Duration(durationText: time) ?? Duration(durationText: time + "s"), duration > .zero else {
        return "the header x-llmgw-timeout must be a time such as 30s or 5m"
      }
      call.timeouts.total = duration
    }
    call.storesContents = generation.keepsContents && key?.value.allowsContents ?? true
    call.readsEverything = generation.settings.logsContents && key?.value.letsContentsBeLogged ?? true
    return nil
  }

  private static let mostTags = 20
  private static let longestText = 200

  private func text(_ name: String) -> String? {
    request.headers[name].map { Self.bounded($0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Without control characters and not too long.
  private static func bounded(_ text: some StringProtocol) -> String {
    let plain = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(longestText)
    var kept = String.UnicodeScalarView()
    kept.append(contentsOf: plain)
    let shown = String(kept)
    return String(shown.drop { $0 == " " })
  }
}

extension AccessKey {
  /// What must not be stored must not stand in a log either.
  fileprivate var letsContentsBeLogged: Bool { allowsContents && logsContents }
}

extension AnswerHead {
  /// What is known when a stream begins.
  var callHeaders: [(name: String, value: String)] {
    GatewayServer.callHeaders(id: id, target: target, attempts: attempt, changes: changes)
  }
}

extension Outcome {
  /// What is known when a call is over.
  var headers: [(name: String, value: String)] {
    var headers = callHeaders(id: id, target: target, attempts: attempts.count, changes: changes)
    if rejection == nil {
      if let amount = cost.amount { headers.append(("x-llmgw-cost-usd", amount.decimalText)) }
      headers.append(("x-llmgw-cost-source", cost.source.rawValue))
    }
    return headers
  }
}

private func callHeaders(
  id: String, target: Target, attempts: Int, changes: [Change]
) -> [(name: String, value: String)] {
  var headers: [(name: String, value: String)] = [
    ("x-llmgw-operation-id", id), ("x-llmgw-provider", target.provider.id), ("x-llmgw-model", target.model),
    ("x-llmgw-attempts", String(attempts)), ("x-llmgw-cache", "none"),
  ]
  if !changes.isEmpty { headers.append(("x-llmgw-changes", shortened(changes))) }
  return headers
}

/// `field what: why; …`, at most 2 KB of it, then how many more there are.
private func shortened(_ changes: [Change]) -> String {
  let longest = 2000
  var text = ""
  for (index, change) in changes.enumerated() {
    let next = "\(text.isEmpty ? "" : "; ")\(change.field) \(change.what.rawValue): \(change.why)"
    guard text.utf8.count + next.utf8.count <= longest else { return text + "; +\(changes.count - index)" }
    text += next
  }
  return text
}
