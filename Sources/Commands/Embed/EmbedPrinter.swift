// Vectors as they are asked for: lists, objects or bytes.

import GatewayCore
import Wire

/// Prints the vectors of one batch after another and adds up what they took.
struct EmbedPrinter {
  private let options: EmbedOptions
  private let target: Target
  private let output: OutputStream
  /// Only of use for the one object: vectors that are printed are not kept.
  private var kept: [JSON] = []
  private var outcomes: [EmbedOutcome] = []
  private var vectorCount = 0
  private var dimensions: Int?
  /// The first thing that went wrong.
  private(set) var failure: CommandFailure?

  /// What is kept of a call.
  private struct EmbedOutcome {
    var id: String
    var status: CallStatus
    var usage: Usage
    var cost: Cost
    var changes: [Change]
    var attempts: [AttemptSummary]
    var failure: ProviderFailure.Kind?
  }

  init(options: EmbedOptions, target: Target, output: OutputStream) {
    self.options = options
    self.target = target
    self.output = output
  }

  /// No call was made yet.
  var isFirst: Bool { outcomes.isEmpty }

  /// Prints what came of a batch; without an outcome it holds only empty lines.
  mutating func print(_ batch: EmbedBatch, _ outcome: Outcome?, failure: CommandFailure?) throws(OutputClosed) {
    self.failure = self.failure ?? failure
    if let outcome { note(outcome) }
    var vectors: [[Float]] = []
    if case .embeddings(let reply)? = outcome?.sideReply { vectors = reply.vectors }
    dimensions = dimensions ?? vectors.first?.count
    vectorCount += vectors.count
    if options.chat.json, options.readsLines {
      try printObjects(batch, vectors, outcome, failure)
    } else if options.chat.json {
      kept += vectors.map { .raw(Array($0.text.utf8)) }
    } else if options.printsBinary {
      for vector in vectors { try output.write(bytes: vector.littleEndianBytes) }
    } else if !vectors.isEmpty || outcome == nil {
      var rest = vectors[...]
      for item in batch.items { try output.write((item.text == nil ? "" : rest.popFirst()?.text ?? "") + "\n") }
    }
  }

  private func printObjects(
    _ batch: EmbedBatch, _ vectors: [[Float]], _ outcome: Outcome?, _ failure: CommandFailure?
  ) throws(OutputClosed) {
    var rest = vectors[...]
    for item in batch.items {
      let vector = item.text == nil ? nil : rest.popFirst()
      let object: JSON = [
        "index": .number(JSONNumber(item.number)), "vector": vector.map { .raw(Array($0.text.utf8)) } ?? .null,
        "id": JSON(text: outcome?.id), "model": .string(target.model), "provider": .string(target.provider.id),
        "error": item.text == nil ? .null : failure?.json(kind: outcome?.failure?.kind) ?? .null,
      ]
      try output.write(object.text + "\n")
    }
  }

  private mutating func note(_ outcome: Outcome) {
    outcomes.append(
      EmbedOutcome(
        id: outcome.id, status: outcome.status, usage: outcome.usage, cost: outcome.cost, changes: outcome.changes,
        attempts: outcome.attempts, failure: outcome.failure?.kind))
  }

  // MARK: All together

  /// Prints the one object, where that is what was asked for.
  func finish() throws(OutputClosed) {
    guard options.chat.json, !options.readsLines else { return }
    let object: JSON = [
      "ids": .array(outcomes.map { .string($0.id) }), "status": JSON(text: outcomes.last?.status.rawValue),
      "model": .string(target.model), "provider": .string(target.provider.id),
      "dimensions": JSON(count: dimensions), "vectors": .array(kept), "usage": usage.json,
      "cost": cost.json, "changes": .array((outcomes.first?.changes ?? []).map(\.json)),
      "attempts": .array(outcomes.flatMap(\.attempts).map(\.json)),
      "error": failure?.json(kind: outcomes.last?.failure) ?? .null,
    ]
    try output.write(object.text + "\n")
  }

  private var usage: Usage {
    outcomes.map(\.usage).reduce(into: Usage(input: 0, output: 0)) { sum, usage in
      // A provider may say any number: one that does not fit is none.
      let both = sum.input.flatMap { total in usage.input.map { total.addingReportingOverflow($0) } }
      sum.input = both.flatMap { $0.overflow ? nil : $0.partialValue }
    }
  }

  private var cost: Cost { Cost.sum(of: outcomes.map(\.cost)) }

  /// `mock/m · 3 vectors of 1,536 · 1,000 in · $0.00270`; `nil` when there is nothing to sum up.
  var summary: String? {
    guard vectorCount > 0 else { return nil }
    let vectors = "\(vectorCount.grouped) \(vectorCount == 1 ? "vector" : "vectors") of \((dimensions ?? 0).grouped)"
    return safeLine(
      ([target.name, vectors] + [usage.input.map { "\($0.grouped) in" }, cost.shown].compactMap(\.self))
        .joined(separator: " · "))
  }
}

extension [Float] {
  /// A JSON list.
  fileprivate var text: String {
    var writer = JSONWriter()
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
