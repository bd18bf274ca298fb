import GatewayCore
import Testing

private func set(_ text: String, _ path: String, _ value: String) throws -> String {
  try YAMLEditor(text, file: "c.yaml").setting(path.split(separator: "/").map(String.init), to: value)
}

private func remove(_ text: String, _ path: String) throws -> String? {
  try YAMLEditor(text, file: "c.yaml").removing(path.split(separator: "/").map(String.init))
}

struct EditingYAML {
  @Test(arguments: [
    ("", "defaults/model", "a/b", "defaults:\n  model: a/b\n"),
    ("# mine\n", "aliases/x", "y", "# mine\naliases:\n  x: y\n"),
    ("defaults: { model: a }  # why\n", "defaults/model", "b", "defaults: { model: b }  # why\n"),
    (
      "defaults:\n  model: 'old'   # why\nledger: {}\n", "defaults/model", "new",
      "defaults:\n  model: new   # why\nledger: {}\n"
    ),
    ("aliases: { a: b }\n", "aliases/c", "d e", "aliases: { a: b, c: \"d e\" }\n"),
    ("aliases: {}\n", "aliases/c", "d", "aliases: { c: d}\n"),
    (
      "providers:\n    x:\n        base_url: http://h # there\n\n# end\n", "providers/x/like", "groq",
      "providers:\n    x:\n        base_url: http://h # there\n        like: groq\n\n# end\n"
    ),
    (
      "providers:\n  x: { like: y }\naliases:\n  a: b", "providers/z/timeouts/idle", "5s",
      "providers:\n  x: { like: y }\n  z:\n    timeouts:\n      idle: 5s\naliases:\n  a: b"
    ),
    ("aliases:\n  a: b", "aliases/c", "d", "aliases:\n  a: b\n  c: d\n"),
    (
      "providers:\nledger:\n  sync: full\n", "providers/x/like", "y",
      "providers:\n  x:\n    like: y\nledger:\n  sync: full\n"
    ),
    ("defaults:\n  model:\n", "defaults/model", "a/b", "defaults:\n  model: a/b\n"),
    ("# grüße 日本\naliases: {ü: 'ö'} # ä\n", "aliases/ü", "o", "# grüße 日本\naliases: {ü: o} # ä\n"),
  ])
  func `one value changes and nothing else`(_ text: String, _ path: String, _ value: String, _ expected: String) throws
  {
    let changed = try set(text, path, value)
    #expect(changed == expected)
    let found = try YAMLEditor(changed, file: "c.yaml").node(at: path.split(separator: "/").map(String.init))
    #expect(found?.text == value)
  }

  @Test(arguments: ["true", "", "null", "${KEY}", "a: b", "#x", "- x", "\"q\"", "line\nend", "0.20", "@x", "x:", "ü"])
  func `any text is read back as it was`(_ value: String) throws {
    let changed = try set("aliases: {a: b}\n", "aliases/a", value)
    let node = try YAMLEditor(changed, file: "c.yaml").node(at: ["aliases", "a"])
    guard case .scalar(let text, _)? = node?.kind else {
      Issue.record("no value in \(changed)")
      return
    }
    #expect(text == value)
  }

  @Test(arguments: [
    ("defaults:\n  model: a # why\nledger:\n  sync: full\n", "defaults/model", "ledger:\n  sync: full\n"),
    ("aliases: { a: b, c: d }\n", "aliases/a", "aliases: { c: d }\n"),
    ("aliases: { a: b, c: d }\n", "aliases/c", "aliases: { a: b }\n"),
    ("aliases:\n  a: b\n  # about c\n  c: d\n", "aliases/a", "aliases:\n  # about c\n  c: d\n"),
    ("providers:\n  x:\n    timeouts:\n      idle: 5s\n", "providers/x/timeouts/idle", ""),
    ("aliases: {a: b}\n", "aliases/z", nil),
  ])
  func `an entry goes, with its section when that is empty`(_ text: String, _ path: String, _ expected: String?) throws
  {
    #expect(try remove(text, path) == expected)
  }

  @Test func `a section is not overwritten by a value`() {
    #expect(throws: SettingsError.self) { try set("aliases: {a: b}\n", "aliases", "x") }
    #expect(throws: SettingsError.self) { try set("defaults: text\n", "defaults/model", "x") }
  }
}

struct SettingsKeys {
  @Test(arguments: [
    ("defaults.model", ["defaults", "model"]), ("providers.openai.base_url", ["providers", "openai", "base_url"]),
    ("aliases.gpt-4.1", ["aliases", "gpt-4.1"]),
    ("models.a/b-1.5.price.input", ["models", "a/b-1.5", "price", "input"]),
    ("providers.x.headers.X-Org", ["providers", "x", "headers", "X-Org"]),
    ("providers.my.host.timeouts.idle", ["providers", "my.host", "timeouts", "idle"]),
  ])
  func `a typed key is taken apart, dots in names or not`(_ typed: String, _ path: [String]) {
    #expect(SettingsKey.find(typed)?.path == path)
  }

  @Test(arguments: ["", "defaults", "defaults.modle", "providers.x", "providers..like", "aliases.", "x.y"])
  func `what is no key is none`(_ typed: String) {
    #expect(SettingsKey.find(typed) == nil)
  }

  @Test func `the reader takes every key of the list`() throws {
    for key in SettingsKey.all {
      let value =
        switch key.kind {
        case .text: key.path.last == "base_url" ? "http://h" : "text"
        case .oneOf(let choices): choices[0]
        case .time: "5s"
        case .count: "7"
        case .price: "0.20"
        case .variable: "${KEY}"
        case .size: "8MB"
        case .list: "one, two"
        case .flag: "true"
        }
      let path = key.path.map { $0 == "*" ? (key.path[0] == "models" ? "a/b" : "name") : $0 }
      // A route without targets is none.
      let start = path[0] == "routes" ? "routes: {name: {targets: m}}" : ""
      let text = try YAMLEditor(start, file: "c.yaml").setting(path, to: value)
      #expect(throws: Never.self, "\(text)") {
        try Settings.parse(Array(text.utf8), file: "c.yaml", variables: { _ in nil }, nearest: { _, _ in nil })
      }
      #expect(key.summary.hasSuffix("."))
    }
  }
}

struct SettingsOfTheWrongType {
  @Test func `every key refuses a list, a mapping and what is not its kind, with the place`() throws {
    for key in SettingsKey.all {
      let path = key.path.map { $0 == "*" ? (key.path[0] == "models" ? "a/b" : "name") : $0 }
      let open = path.map { "{\($0): " }.joined()
      let close = String(repeating: "}", count: path.count)
      var wrong = key.kind == .list ? ["{a: b}", "[[a]]"] : ["[a]", "{a: b}"]
      if ![.text, .list].contains(key.kind) { wrong.append("\"no such value\"") }
      for value in wrong {
        #expect("\(path): \(value)") {
          try Settings.parse(
            Array((open + value + close).utf8), file: "c.yaml", variables: { _ in nil }, nearest: { _, _ in nil })
        } throws: { error in
          guard let error = error as? SettingsError else { return false }
          return error.place != nil && error.description.contains(path[0])
        }
      }
      // A section where its value is expected to be one.
      for depth in 1..<path.count {
        let text = path[..<depth].map { "{\($0): " }.joined() + "7" + String(repeating: "}", count: depth)
        #expect(throws: SettingsError.self, "\(text)") {
          try Settings.parse(Array(text.utf8), file: "c.yaml", variables: { _ in nil }, nearest: { _, _ in nil })
        }
      }
    }
  }
}
