// Which model is asked, and how.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// The next answers come from another model, of whatever provider.
  func model(_ name: String) throws {
    if name.isEmpty { return try show(facts(of: plan)) }
    plan = try invocation.plan(name, in: catalog)
    conversation.settings.model = name
    note("asking \(plan.first.name)")
  }

  private func facts(of plan: Plan) -> String {
    let facts = plan.first.facts
    return namedLines([
      ("asked", plan.asked), ("model", plan.first.name), ("context", facts?.context.map { $0.grouped + " tokens" }),
      ("can", facts.map { $0.traits.capabilities.sorted().joined(separator: ", ") }),
      ("then", plan.fallbacks.isEmpty ? nil : plan.fallbacks.map(\.name).joined(separator: ", ")),
    ])
  }

  func system(_ text: String) throws {
    switch text {
    case "": try show((conversation.settings.system ?? "There is no system prompt.") + "\n")
    case "off":
      conversation.settings.system = nil
      note("no system prompt")
    default:
      conversation.settings.system = text
      note("system prompt set")
    }
  }

  /// `KEY VALUE`; `KEY off` forgets it.
  func set(_ text: String) throws {
    let words = text.split(maxSplits: 1, whereSeparator: { $0.isWhitespace || $0 == "=" }).map(String.init)
    guard let key = words.first else {
      let lines = conversation.settings.options.map { "\($0.key) \(safeLine($0.value))\n" }
      return try show(lines.isEmpty ? "No option is set.\n" : lines.joined())
    }
    guard words.count == 2 else { throw UsageError("'/set \(key)' needs a value", advice: "'off' forgets it.") }
    try conversation.settings.set(key, to: words[1] == "off" ? "" : words[1].trimmed)
  }

  /// The form that answers must have.
  func schema(_ text: String) throws {
    switch text {
    case "":
      let schema = try conversation.settings.schema.map { try answerSchema(typed: $0).indentedText }
      try show((schema ?? "Answers may have any form.") + "\n")
    case "off":
      conversation.settings.schema = nil
      note("answers may have any form")
    default:
      _ = try answerSchema(typed: text)
      conversation.settings.schema = text
      note("answers must fit the schema")
    }
  }

  func budget(_ text: String) throws {
    if text.isEmpty {
      return try show("\(spending.shown) spent\(costLimit.map { " of \($0.shown)" } ?? "; there is no limit")\n")
    }
    if text == "off" {
      costLimit = nil
      return note("no limit")
    }
    let digits = text.hasPrefix("$") ? String(text.dropFirst()) : text
    guard let limit = Picodollars(dollars: digits), limit > .zero else {
      throw UsageError("'/budget \(text)' is not an amount of dollars", advice: "Write it as 0.50, or off.")
    }
    costLimit = limit
    note("the calls of this run may cost \(limit.shown) together; \(spending.shown) is spent")
  }

  func thinking(_ text: String) throws {
    showsThinking = try isOn(text, "/reasoning")
    note(showsThinking ? "thinking is shown" : "thinking is folded")
  }

  func log(_ text: String) throws {
    let keeps = try isOn(text, "/log")
    guard !keeps || settings.ledger.keepsContents && conversation.store != nil else {
      throw CommandFailure(.usage, "the config keeps no contents", advice: "Set ledger.contents to full.")
    }
    conversation.isKept = keeps
    note(keeps ? "what is said from now on is kept" : "what is said from now on is not kept; calls are still booked")
  }

  private func isOn(_ text: String, _ command: String) throws(UsageError) -> Bool {
    guard ["on", "off"].contains(text) else { throw UsageError("'\(command) \(text)' is neither on nor off") }
    return text == "on"
  }
}
