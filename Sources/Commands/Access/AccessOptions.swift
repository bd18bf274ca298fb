// What may be typed for `llmgw access`: flags that become settings of a key or a team, each checked where it is typed.

import CommandLineKit
import GatewayCore
import Wire

/// What was typed for a sub-command of `access`.
struct AccessOptions: Sendable {
  /// Which key or team.
  var name = ""
  /// By the names that the core knows them by.
  var settings = JSONObject()
  var expiry: Expiry?
  var grace = Duration.zero
  var all = false
  var json = false

  /// When a key ends.
  enum Expiry: Sendable, Equatable {
    case never
    case after(Duration)
    case at(TimePoint)
    case moment(Timestamp)
  }

  /// What was typed, as settings.
  func settings(now: Timestamp) -> JSONObject {
    var settings = settings
    switch expiry {
    case nil: break
    case .never: settings["expires_at"] = .null
    case .after(let duration): settings["expires_at"] = .string(now.later(by: duration).rfc3339)
    case .at(let point): settings["expires_at"] = .string(point.end(now: now, in: .local).rfc3339)
    case .moment(let moment): settings["expires_at"] = .string(moment.rfc3339)
    }
    return settings
  }

  static let keyFlags: [Flag<AccessOptions>] =
    [.text("name", "NAME", "What to call it.")] + limitFlags + [
      .list("models", "MODELS", "What it may call: provider/model, aliases, routes; * for any.", .known(.model)),
      .list("surfaces", "SURFACES", "What it may be used for: chat, messages, passthrough/*, ..."),
      .list("addresses", "ADDRESSES", "Where it may be used from: addresses or CIDR blocks."),
      .takes("expires", "TIME", "Until when it is good: 30d, 2026-12-31, or none.") {
        (options, text) throws(UsageError) in options.expiry = try Expiry(typed: text)
      },
      .text("team", "TEAM", "The team it belongs to, or none.", .known(.team), mayBeNone: true),
      .text("owner", "NAME", "Whose it is, or none.", mayBeNone: true),
      .text("project", "NAME", "The project its calls are booked on, or none.", .known(.project), mayBeNone: true),
      .pairs("tag", "tags", "A tag for its calls."),
      .pairs("metadata", "metadata", "Something to remember about it."),
      .toggle("admin", "It may administer keys.") { $0.settings["admin"] = true },
      .toggle("no-admin", "It may not.") { $0.settings["admin"] = false },
      .toggle("contents", "Prompts and answers of its calls may be stored.") { $0.settings["contents"] = true },
      .toggle("no-contents", "They may not.") { $0.settings["contents"] = false },
      .toggle("log-contents", "They may stand in the log of a server that logs them.") {
        $0.settings["log_contents"] = true
      },
      .toggle("no-log-contents", "They may not.") { $0.settings["log_contents"] = false },
    ]

  static let teamFlags: [Flag<AccessOptions>] =
    [.text("name", "NAME", "What to call it.")] + limitFlags + [
      .list("models", "MODELS", "What its keys may call: provider/model, aliases, routes.", .known(.model))
    ]

  private static let limitFlags: [Flag<AccessOptions>] = [
    .limit("rpm", "Requests a minute at most, or none for no limit."),
    .limit("tpm", "Tokens a minute at most, such as 100k, or none for no limit."),
    .limit("parallel", "Requests at a time at most, or none for no limit."),
  ]

  /// Takes a setting that the core takes, or says why not.
  fileprivate mutating func set(_ setting: String, to value: JSON, typed: String) throws(UsageError) {
    var trial = AccessKey(id: "", name: "", createdAt: Timestamp(microseconds: 0))
    var change = JSONObject()
    change[setting] = value
    do {
      try trial.apply(change) { Team(id: "", name: $0, createdAt: Timestamp(microseconds: 0)) }
    } catch {
      throw UsageError("'\(typed)': \(error.why)")
    }
    settings[setting] = value
  }
}

extension Flag<AccessOptions> {
  static let json = Flag.toggle("json", "Print JSON.") { $0.json = true }
  static let all = Flag.toggle("all", "Revoked keys too.") { $0.all = true }
  static let grace = Flag.takes("grace", "TIME", "How long the secret before it still works: 1h (not at all).") {
    (options, text) throws(UsageError) in
    guard let grace = Duration(durationText: text) else {
      throw UsageError("'--grace \(text)' is not a time", advice: "Write it as 90m, 1h or 7d.")
    }
    options.grace = grace
  }

  /// A text; `none` takes it away where it `mayBeNone`.
  fileprivate static func text(
    _ name: String, _ placeholder: String, _ summary: String, _ completes: ValueKind? = nil, mayBeNone: Bool = false
  ) -> Flag {
    .takes(name, placeholder, summary, completes: completes) { (options, text) throws(UsageError) in
      let value: JSON = mayBeNone && text == "none" ? .null : .string(text)
      try options.set(name, to: value, typed: "--\(name) \(text)")
    }
  }

  /// A number with `k` or `m` behind it, or `none`.
  fileprivate static func limit(_ name: String, _ summary: String) -> Flag {
    .takes(name, "N", summary) { (options, text) throws(UsageError) in
      let number = Int(tokenCount: text).map { JSON.number(JSONNumber($0)) } ?? .string(text)
      try options.set(name, to: text == "none" ? .null : number, typed: "--\(name) \(text)")
    }
  }

  /// Several words with commas between them; `*` alone for all, which is what an empty list stands for.
  fileprivate static func list(
    _ name: String, _ placeholder: String, _ summary: String, _ completes: ValueKind? = nil
  ) -> Flag {
    .takes(name, placeholder, summary, completes: completes, repeats: true) { (options, text) throws(UsageError) in
      let words = text.split(separator: ",").map { JSON.string(String($0.trimmingBlanks)) }
      let list = words == ["*"] ? [] : (options.settings[name]?.array ?? []) + words
      try options.set(name, to: .array(list), typed: "--\(name) \(text)")
    }
  }

  /// Names with values, one at a time.
  fileprivate static func pairs(_ name: String, _ setting: String, _ summary: String) -> Flag {
    .takes(name, "KEY=VALUE", summary, repeats: true) { (options, text) throws(UsageError) in
      let pair = try KeyedText(text, flag: "--\(name)")
      var object = options.settings[setting]?.object ?? JSONObject()
      object[pair.key] = .string(pair.value)
      try options.set(setting, to: .object(object), typed: "--\(name) \(text)")
    }
  }
}

extension AccessOptions.Expiry {
  /// Reads `30d`, a day or a minute of the local zone, a time of RFC 3339, or `none`.
  fileprivate init(typed text: String) throws(UsageError) {
    if text == "none" {
      self = .never
    } else if let duration = Duration(durationText: text) {
      self = .after(duration)
    } else if let moment = Timestamp(rfc3339: text) {
      self = .moment(moment)
    } else if let point = try? TimePoint(typed: text, flag: "--expires") {
      self = .at(point)
    } else {
      throw UsageError(
        "'--expires \(text)' is not a time", advice: "Write it as 30d, 2026-12-31, 2026-12-31T12:00 or none.")
    }
  }
}
