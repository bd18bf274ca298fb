// `-t NAME -p key=value`: templates laid under what was typed.

import CommandLineKit
package import GatewayCore

extension Environment {
  /// Where templates are: beside the config.
  var templatesDirectory: String? { configDirectory.map { $0 + "/templates" } }
}

extension Invocation {
  private static let largestTemplate = 1 << 20

  /// The names of all templates.
  var templateNames: [String] {
    directoryEntries(environment.templatesDirectory ?? "").filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(".yaml".count)) }
  }

  func templatePath(_ name: String) throws(CommandFailure) -> String {
    guard let folder = environment.templatesDirectory else {
      throw CommandFailure(.general, "template '\(safeLine(name))': there is no config directory", advice: "Set HOME.")
    }
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw CommandFailure(.usage, "template '\(safeLine(name))': that is no name of a template")
    }
    return "\(folder)/\(name).yaml"
  }

  func template(_ name: String) throws(CommandFailure) -> Template {
    let path = try templatePath(name)
    do {
      return try Template.parse(
        readFile(path, limit: Self.largestTemplate), file: path, nearest: { didYouMean($0, among: $1) })
    } catch let error as SettingsError {
      throw CommandFailure(.usage, error.problemLine, advice: error.advice)
    } catch let error as FileFailure {
      let advice = error.isMissing ? didYouMean(name, among: templateNames) ?? "See llmgw templates list." : nil
      throw CommandFailure(.notFound, "template '\(safeLine(name))': \(error.why)", advice: advice)
    } catch {
      throw CommandFailure(.general, "template '\(safeLine(name))': \(error)")
    }
  }

  /// `options` with all templates they name laid under them: what was typed counts, then the last template.
  func withTemplates(_ options: ChatOptions) throws -> ChatOptions {
    var filled = options
    let named = try options.templates.map { (name: $0, template: try template($0)) }
    var systems: [String] = []
    var modelOptions: [KeyedText] = []
    for (_, template) in named {
      if let system = template.system { systems.append(system) }
      for option in template.options {
        modelOptions.append(try KeyedText("\(option.key)=\(option.value)", flag: "options"))
      }
      filled.tools += template.tools
    }
    if options.models.isEmpty { filled.models = named.compactMap(\.template.model).suffix(1) }
    filled.schema = options.schema ?? named.compactMap(\.template.schema).last
    filled.modelOptions = modelOptions + options.modelOptions
    let prompt = try options.prompt(of: named)
    filled.promptTemplate = prompt
    let system = systems.joined(separator: "\n\n")
    let values = options.values(of: named.map(\.template))
    filled.system = options.system ?? (system.isEmpty ? nil : TemplateText(system).filled(values))
    if let unknown = options.parameters.first(where: { parameter in
      !(prompt?.text.variables ?? []).contains(parameter.key) && !TemplateText(system).variables.contains(parameter.key)
    }) {
      let known = Set((prompt?.text.variables ?? []) + TemplateText(system).variables).subtracting(["input"]).sorted()
      throw UsageError(
        "'-p \(unknown.key)=...': no template has such a variable", advice: didYouMean(unknown.key, among: known))
    }
    return filled
  }
}

/// A prompt with all its variables but what is typed.
package struct FilledPrompt: Sendable, Equatable {
  package var text: TemplateText
  var values: [String: String]

  /// What is asked when `input` is typed; it follows after an empty line where the template has no place for it.
  func filled(with input: String) -> String {
    let filled = text.filled(values.merging(["input": input]) { $1 })
    return text.variables.contains("input") || input.isEmpty ? filled : filled + "\n\n" + input
  }
}

extension ChatOptions {
  /// What variables stand for, but for `$input`.
  fileprivate func values(of templates: [Template]) -> [String: String] {
    var values = templates.reduce(into: [String: String]()) { $0.merge($1.defaults) { $1 } }
    for parameter in parameters { values[parameter.key] = parameter.value }
    return values
  }

  /// The prompts of the templates, one after the other; a variable that nobody has told is a mistake.
  fileprivate func prompt(of named: [(name: String, template: Template)]) throws(UsageError) -> FilledPrompt? {
    let values = values(of: named.map(\.template))
    for (name, template) in named {
      for text in [template.prompt, template.system].compactMap(\.self) {
        let missing = TemplateText(text).variables.first { $0 != "input" && values[$0] == nil }
        if let missing {
          throw UsageError("template '\(name)' needs '\(missing)'", advice: "Give it with -p \(missing)=VALUE.")
        }
      }
    }
    let text = named.compactMap(\.template.prompt).joined(separator: "\n\n")
    return text.isEmpty ? nil : FilledPrompt(text: TemplateText(text), values: values)
  }
}
