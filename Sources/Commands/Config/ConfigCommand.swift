// `llmgw config`: look at the config, check it, change one value of it.

package import CommandLineKit
import GatewayCore
import Wire

/// What was typed for a sub-command of `config`.
package struct ConfigOptions: Sendable, Equatable {
  package var key = ""
  package var value = ""
  package var json = false
  package init() {}
}

extension AnyCommand<Invocation> {
  package static let config = AnyCommand(
    Command(
      CommandDescription(
        "config", "Show, check and change the config.", group: .setup,
        details: """
          A KEY is the way to a value with dots between the names: defaults.model, providers.openai.base_url, \
          aliases.sonnet. Comments in the file stay when a value is changed.
          """,
        examples: [
          .init("llmgw config set defaults.model anthropic/claude-sonnet-5-5", "Choose the model to ask."),
          .init("llmgw config set aliases.mini openai/gpt-5.4-mini", "Give a model a short name."),
          .init("llmgw config show", "See each value and where it comes from."),
        ]),
      options: { ConfigOptions() }, flags: [.configJSON],
      run: { options, invocation in
        try ConfigRun(invocation).show(asJSON: options.json)
        return ExitCode.ok.rawValue
      }),
    subcommands: [
      sub("path", "Print where the config file is.") { try $1.path() },
      sub("show", "Show each value and where it comes from.", flags: [.configJSON]) { try $1.show(asJSON: $0.json) },
      sub("check", "Check the file; say the place of a mistake.") { try $1.check() },
      sub("edit", "Open the file in your editor, then check it.") { try $1.edit() },
      sub("schema", "Print a JSON Schema of the file, for editors.") { try $1.schema() },
      sub("get", "Print one value.", words: [.key]) { try $1.get($0.key) },
      sub("set", "Set one value; the rest of the file stays as it is.", words: [.key, .value]) {
        try $1.set($0.key, to: $0.value)
      },
      sub("unset", "Remove one value.", words: [.key]) { try $1.unset($0.key) },
    ])

  private static func sub(
    _ name: String, _ summary: String, flags: [Flag<ConfigOptions>] = [], words: [Positional<ConfigOptions>] = [],
    _ run: @escaping @Sendable (ConfigOptions, ConfigRun) throws -> Void
  ) -> AnyCommand {
    AnyCommand(
      Command(
        CommandDescription(name, summary), options: { ConfigOptions() }, flags: flags, positionals: words,
        run: { options, invocation in
          try run(options, try ConfigRun(invocation))
          return ExitCode.ok.rawValue
        }))
  }
}

extension Flag<ConfigOptions> {
  fileprivate static let configJSON = Flag.toggle("json", "Print JSON.") { $0.json = true }
}

extension Positional<ConfigOptions> {
  fileprivate static let key = Positional("KEY", "The way to a value.", isRequired: true) { $0.key = $1 }
  fileprivate static let value = Positional("VALUE", "What it is to be.", isRequired: true) { $0.value = $1 }
}

/// The config file of this run.
struct ConfigRun {
  let invocation: Invocation
  let file: String
  private var stdout: OutputStream { invocation.terminal.stdout }

  init(_ invocation: Invocation) throws {
    guard let file = invocation.environment.configPath else {
      throw CommandFailure(
        .general, "config: there is no place for it: neither LLMGW_CONFIG nor HOME is set", advice: "Set HOME.")
    }
    self.invocation = invocation
    self.file = file
  }

  func path() throws { try stdout.write(file + "\n") }

  func check() throws {
    let settings = try parsed(text())
    try invocation.catalog(settings).checkProbes(of: settings.server)
    try stdout.write("\(file): no mistakes\n")
  }

  func schema() throws { try stdout.write(ConfigSchema.json.indentedText + "\n") }

  // MARK: Values

  func get(_ typed: String) throws {
    let (_, path) = try key(typed)
    guard let value = try editor().node(at: path)?.text else {
      throw CommandFailure(.general, "config: \(typed) is not set", advice: "See llmgw config show.")
    }
    try stdout.write(value + "\n")
  }

  func set(_ typed: String, to value: String) throws {
    let (_, path) = try key(typed)
    try save { (editor) throws(SettingsError) in try editor.setting(path, to: value) }
  }

  func unset(_ typed: String) throws {
    let (_, path) = try key(typed)
    try save { (editor) throws(SettingsError) in
      guard let text = try editor.removing(path) else {
        throw SettingsError(file: file, problem: "\(typed) is not set")
      }
      return text
    }
  }

  /// Writes the changed file, unless it would then be wrong.
  private func save(_ change: (YAMLEditor) throws(SettingsError) -> String) throws {
    let text: String
    do {
      text = try change(editor())
    } catch let error as SettingsError {
      throw CommandFailure(.usage, error.problemLine, advice: error.advice)
    }
    do {
      _ = try parsed(text)
    } catch let failure as CommandFailure {
      throw CommandFailure(failure.code, "nothing was changed: \(failure.problem)", advice: failure.advice)
    }
    do {
      try replaceFile(file, with: Array(text.utf8), mode: 0o600)
    } catch {
      throw CommandFailure(.general, "config '\(file)': \(error.why)", advice: "Nothing was changed.")
    }
  }

  private func key(_ typed: String) throws -> (SettingsKey, [String]) {
    guard let found = SettingsKey.find(typed) else {
      let known = SettingsKey.all.map { $0.path.joined(separator: ".") }
      throw UsageError(
        "'\(typed)' is no key of the config",
        advice: didYouMean(typed, among: known) ?? "See llmgw config schema.")
    }
    return found
  }

  // MARK: The file

  func text() throws -> String {
    do {
      return String(decoding: try readFile(file, limit: 1 << 20), as: UTF8.self)
    } catch {
      if error.isMissing { return "" }
      throw CommandFailure(.general, "config '\(file)': \(error.why)")
    }
  }

  func editor() throws -> YAMLEditor {
    do {
      return try YAMLEditor(text(), file: file)
    } catch let error as SettingsError {
      throw CommandFailure(.usage, error.problemLine, advice: error.advice)
    }
  }

  private func parsed(_ text: String) throws -> Settings {
    do {
      return try Settings.parse(
        Array(text.utf8), file: file, variables: { invocation.environment[$0] },
        nearest: { didYouMean($0, among: $1) })
    } catch {
      throw CommandFailure(.usage, error.problemLine, advice: error.advice)
    }
  }

  func edit() throws {
    guard invocation.terminal.stdinIsTerminal else {
      throw CommandFailure(.usage, "config edit: it needs a terminal", advice: "Use llmgw config set KEY VALUE.")
    }
    if try text().isEmpty { try replaceWithTemplate() }
    try invocation.openEditor(on: file)
    try check()
  }

  private func replaceWithTemplate() throws {
    let lines = SettingsKey.all.map { "# \($0.path.joined(separator: ".")): \($0.summary)\n" }.joined()
    do {
      try replaceFile(file, with: Array(lines.utf8), mode: 0o600)
    } catch {
      throw CommandFailure(.general, "config '\(file)': \(error.why)")
    }
  }
}
