// A flag is a value. The parser, the help, the manual and the completions read the same list.

/// What a value is, for shells that complete it.
package enum ValueKind: Sendable, Hashable {
  case file
  case directory
  /// The name of a command of the program.
  case command
  case oneOf([String])
  /// Words that only the program knows, by what they are, such as `model`.
  case known(String)

  /// The only words there are; empty for any.
  package var choices: [String] {
    if case .oneOf(let choices) = self { choices } else { [] }
  }

  /// What `placeholder` says (`FILE`, `DIR`, `COMMAND`), else what `name` does: the value of `--model` is a model.
  init(placeholder: String, name: String) {
    let words = placeholder.split(separator: "|")
    if words.contains("FILE") {
      self = .file
    } else if words.contains("DIR") {
      self = .directory
    } else {
      self = placeholder == "COMMAND" ? .command : .known(name)
    }
  }
}

/// What is said about a flag, whatever it sets.
package struct FlagDescription: Sendable, Equatable {
  /// The long name without dashes.
  package var name: String
  package var short: Character?
  /// What stands for the value in help: `MODEL`; `nil` for a toggle.
  package var placeholder: String?
  /// One sentence, at most 72 columns, with its full stop.
  package var summary: String
  /// What its value is; `nil` for a toggle.
  package var completes: ValueKind?
  package var repeats = false
  package var isHidden = false

  /// The only values it takes; empty for any.
  package var choices: [String] { completes?.choices ?? [] }
}

/// A flag that writes what was typed into `Options`.
package struct Flag<Options>: Sendable {
  package enum Action: Sendable {
    case toggle(@Sendable (inout Options) -> Void)
    case takes(@Sendable (inout Options, String) throws(UsageError) -> Void)
  }

  package var description: FlagDescription
  package var action: Action

  /// A flag without a value.
  package static func toggle(
    _ name: String, short: Character? = nil, _ summary: String, _ apply: @escaping @Sendable (inout Options) -> Void
  ) -> Flag {
    Flag(description: FlagDescription(name: name, short: short, summary: summary), action: .toggle(apply))
  }

  /// A flag with a value; typed twice, the last one wins unless it `repeats`.
  ///
  /// Shells complete what the placeholder or the name says, unless `completes` says otherwise.
  package static func takes(
    _ name: String, short: Character? = nil, _ placeholder: String, _ summary: String, completes: ValueKind? = nil,
    repeats: Bool = false, _ apply: @escaping @Sendable (inout Options, String) throws(UsageError) -> Void
  ) -> Flag {
    let description = FlagDescription(
      name: name, short: short, placeholder: placeholder, summary: summary,
      completes: completes ?? ValueKind(placeholder: placeholder, name: name), repeats: repeats)
    return Flag(description: description, action: .takes(apply))
  }

  /// The same flag for options of which these are a part.
  package func within<Whole>(_ part: any WritableKeyPath<Whole, Options> & Sendable) -> Flag<Whole> {
    let action: Flag<Whole>.Action =
      switch action {
      case .toggle(let apply): .toggle { apply(&$0[keyPath: part]) }
      case .takes(let apply):
        .takes { (whole, text) throws(UsageError) in try apply(&whole[keyPath: part], text) }
      }
    return Flag<Whole>(description: description, action: action)
  }

  /// A flag whose value is one of a fixed set.
  package static func oneOf<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ name: String, short: Character? = nil, _ placeholder: String, _ summary: String,
    _ apply: @escaping @Sendable (inout Options, Choice) -> Void
  ) -> Flag {
    let description = FlagDescription(
      name: name, short: short, placeholder: placeholder, summary: summary,
      completes: .oneOf(Choice.allCases.map(\.rawValue)))
    return Flag(
      description: description,
      action: .takes { (options, text) throws(UsageError) in
        apply(&options, try choice(text, typed: "--\(name) \(text)"))
      })
  }
}

/// The case that `text` names, or the mistake of naming none.
private func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ text: String, typed: String
) throws(UsageError) -> Choice {
  guard let choice = Choice(rawValue: text) else {
    let choices = Choice.allCases.map(\.rawValue)
    throw UsageError(
      "'\(typed)': not one of \(choices.joined(separator: ", "))", advice: didYouMean(text, among: choices))
  }
  return choice
}

/// What is said about a word that is not a flag.
package struct PositionalDescription: Sendable, Equatable {
  package var placeholder: String
  package var summary: String
  package var isRequired: Bool
  /// True when it takes all the words that are left.
  package var repeats: Bool
  package var completes: ValueKind
}

/// A word that is not a flag.
package struct Positional<Options>: Sendable {
  package var description: PositionalDescription
  package var apply: @Sendable (inout Options, String) throws(UsageError) -> Void

  /// A word shown as `placeholder` (`PROMPT`); shells complete what that says, unless `completes` says otherwise.
  package init(
    _ placeholder: String, _ summary: String, isRequired: Bool = false, repeats: Bool = false,
    completes: ValueKind? = nil, _ apply: @escaping @Sendable (inout Options, String) throws(UsageError) -> Void
  ) {
    description = PositionalDescription(
      placeholder: placeholder, summary: summary, isRequired: isRequired, repeats: repeats,
      completes: completes ?? ValueKind(placeholder: placeholder, name: placeholder.lowercased()))
    self.apply = apply
  }

  /// A word that is one of a fixed set.
  package static func oneOf<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ placeholder: String, _ summary: String, isRequired: Bool = false,
    _ apply: @escaping @Sendable (inout Options, Choice) -> Void
  ) -> Positional {
    let kind = ValueKind.oneOf(Choice.allCases.map(\.rawValue))
    return Positional(placeholder, summary, isRequired: isRequired, completes: kind) {
      (options, text) throws(UsageError) in apply(&options, try choice(text, typed: text))
    }
  }
}
