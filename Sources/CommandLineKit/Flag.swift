// A flag is a value. The parser, the help and later the man page and the completions read the same list.

/// What is said about a flag, whatever it sets.
package struct FlagDescription: Sendable, Equatable {
  /// The long name without dashes.
  package var name: String
  package var short: Character?
  /// What stands for the value in help: `MODEL`; `nil` for a toggle.
  package var placeholder: String?
  /// One sentence, at most 72 columns, with its full stop.
  package var summary: String
  /// The only values it takes; empty for any.
  package var choices: [String] = []
  package var repeats = false
  package var isHidden = false
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
  package static func takes(
    _ name: String, short: Character? = nil, _ placeholder: String, _ summary: String, repeats: Bool = false,
    _ apply: @escaping @Sendable (inout Options, String) throws(UsageError) -> Void
  ) -> Flag {
    let description = FlagDescription(
      name: name, short: short, placeholder: placeholder, summary: summary, repeats: repeats)
    return Flag(description: description, action: .takes(apply))
  }

  /// A flag whose value is one of a fixed set.
  package static func oneOf<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ name: String, short: Character? = nil, _ placeholder: String, _ summary: String,
    _ apply: @escaping @Sendable (inout Options, Choice) -> Void
  ) -> Flag {
    let choices = Choice.allCases.map(\.rawValue)
    let description = FlagDescription(
      name: name, short: short, placeholder: placeholder, summary: summary, choices: choices)
    return Flag(
      description: description,
      action: .takes { (options, text) throws(UsageError) in
        guard let choice = Choice(rawValue: text) else {
          throw UsageError(
            "'--\(name) \(text)': not one of \(choices.joined(separator: ", "))",
            advice: didYouMean(text, among: choices))
        }
        apply(&options, choice)
      })
  }
}

/// A word that is not a flag.
package struct Positional<Options>: Sendable {
  /// What stands for it in help: `PROMPT`.
  package var placeholder: String
  package var summary: String
  package var isRequired = false
  /// True when it takes all the words that are left.
  package var repeats = false
  package var apply: @Sendable (inout Options, String) throws(UsageError) -> Void

  package init(
    _ placeholder: String, _ summary: String, isRequired: Bool = false, repeats: Bool = false,
    _ apply: @escaping @Sendable (inout Options, String) throws(UsageError) -> Void
  ) {
    self.placeholder = placeholder
    self.summary = summary
    self.isRequired = isRequired
    self.repeats = repeats
    self.apply = apply
  }
}
