// Values that a shell completes: from the embedded tables, the config and the ledger. No network, no key command, and
// what cannot be read offers nothing: nobody wants a complaint between two words.

package import CommandLineKit
import GatewayCore
import Wire

/// What the program knows values of, named as the flags and words of commands are.
package enum KnownKind: String, CaseIterable, Sendable {
  case model, provider, alias, project, session, tag
  /// `temperature=` and its kin.
  case option
  /// The id of a call on the books.
  case id
  /// A key of the config.
  case key
  /// What spending is summed up by.
  case dimension
  /// A virtual key, by its name or id.
  case accessKey = "access-key"
  case team
  /// The id of a benchmark's run.
  case run
  /// A file of the templates directory, by its name.
  case template
}

extension ValueKind {
  package static func known(_ kind: KnownKind) -> ValueKind { .known(kind.rawValue) }
}

/// A word to offer, and what it means.
struct KnownValue: Equatable {
  var text: String
  var meaning = ""

  /// The line that the completion scripts read; `nil` when the text cannot stand on one.
  var line: String? {
    guard !text.isEmpty, safeLine(text) == text else { return nil }
    let meaning = safeLine(meaning)
    return meaning.isEmpty ? text : "\(text)\t\(meaning)"
  }
}

/// Finds the values of a kind that begin as typed.
struct KnownValues {
  let invocation: Invocation
  let commands: [AnyCommand<Invocation>]

  func values(of expected: ExpectedValue) -> [KnownValue] {
    let beginning = expected.beginning
    switch expected.kind {
    case .file: return [KnownValue(text: ShellKnows.files.rawValue)]
    case .directory: return [KnownValue(text: ShellKnows.directories.rawValue)]
    case .oneOf(let choices): return choices.filter { $0.hasPrefix(beginning) }.map { KnownValue(text: $0) }
    case .command:
      return commands.filter { !$0.description.isHidden && $0.name.hasPrefix(beginning) }
        .map { KnownValue(text: $0.name, meaning: $0.description.summary) }
    case .known(let word): return KnownKind(rawValue: word).map { values(of: $0, beginning) } ?? []
    }
  }

  private func values(of kind: KnownKind, _ beginning: String) -> [KnownValue] {
    switch kind {
    case .model: routes(beginning) + aliases(beginning) + models(beginning)
    case .provider: providers(beginning)
    case .alias: aliases(beginning)
    case .project: used(.project, beginning)
    case .session: used(.session, beginning)
    case .tag: used(.tag, beginning)
    case .id: used(.call, beginning)
    case .run: used(.benchmark, beginning)
    case .option:
      ChatRequest.optionNames.filter { $0.hasPrefix(beginning) }.map { KnownValue(text: $0 + "=") }
    case .key:
      SettingsKey.all.map { KnownValue(text: $0.path.joined(separator: "."), meaning: $0.summary) }
        .filter { $0.text.hasPrefix(beginning) && !$0.text.contains("*") }
    case .accessKey: accessKeys(beginning)
    case .team: (accessNames?.teams ?? []).map { KnownValue(text: $0.name) }.filter { $0.text.hasPrefix(beginning) }
    case .template: invocation.templateNames.filter { $0.hasPrefix(beginning) }.map { KnownValue(text: $0) }
    case .dimension:
      SpendDimension.words.map { $0.hasSuffix(":KEY") ? String($0.dropLast(3)) : $0 }
        .filter { $0.hasPrefix(beginning) }.map { KnownValue(text: $0) }
    }
  }

  /// Models of the provider that is typed; before its `/`, providers: those that can be called until something is typed.
  private func models(_ beginning: String) -> [KnownValue] {
    guard beginning.contains("/") else {
      return providers(beginning).map { KnownValue(text: $0.text + "/", meaning: $0.meaning) }
    }
    return catalog.modelNames(beginning: beginning).map { KnownValue(text: $0) }
  }

  private func providers(_ beginning: String) -> [KnownValue] {
    catalog.providers(beginning: beginning)
      .filter { !beginning.isEmpty || catalog.canBeCalled($0) }
      .map { KnownValue(text: $0.id, meaning: $0.name) }
  }

  private func routes(_ beginning: String) -> [KnownValue] {
    settings.routes.filter { $0.name.hasPrefix(beginning) }.sorted { $0.name < $1.name }
      .map { KnownValue(text: $0.name, meaning: $0.targets.joined(separator: ", ")) }
  }

  private func aliases(_ beginning: String) -> [KnownValue] {
    settings.aliases.filter { $0.key.hasPrefix(beginning) }.sorted { $0.key < $1.key }
      .map { KnownValue(text: $0.key, meaning: $0.value) }
  }

  private func used(_ kind: RecentNames.Kind, _ beginning: String) -> [KnownValue] {
    // Whatever is wrong with the ledger, the next command will say so.
    guard let files = try? invocation.ledgerFiles(), let names = try? RecentNames(files),
      let found = try? names.names(of: kind, beginning: beginning)
    else { return [] }
    return found.map { KnownValue(text: $0.text, meaning: $0.meaning ?? "") }
  }

  /// Names first; ids once something is typed.
  private func accessKeys(_ beginning: String) -> [KnownValue] {
    let keys = accessNames?.keys ?? []
    let named = keys.map { KnownValue(text: $0.name, meaning: $0.id) }
    let ids = beginning.isEmpty ? [] : keys.map { KnownValue(text: $0.id, meaning: $0.name) }
    return (named + ids).filter { $0.text.hasPrefix(beginning) }
  }

  private var accessNames: (keys: [AccessKey], teams: [Team])? {
    guard let files = try? invocation.ledgerFiles() else { return nil }
    return try? AccessStore(files).names()
  }

  // A config with a mistake in it is for the next command to complain about.
  private var settings: Settings { (try? invocation.loadSettings()) ?? Settings() }
  private var catalog: Catalog { Catalog(settings: settings, environment: invocation.environment) }
}
