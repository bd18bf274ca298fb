// What was typed becomes an Options value. GNU conventions: order does not matter, `--` ends the flags,
// `-abc` is `-a -b -c`, `-oVALUE`, `--flag=value`, and long names are never abbreviated.

extension Command {
  /// Fills an `Options` from the words after the command's name.
  package func parse(_ arguments: [String]) throws(UsageError) -> Options {
    var parse = CommandParse(command: self, rest: arguments[...])
    return try parse.finish()
  }
}

private struct CommandParse<Options: Sendable, Context> {
  let command: Command<Options, Context>
  var rest: ArraySlice<String>
  var options: Options
  /// How many positionals are filled and take no more.
  var wordsSeen = 0
  var repeatingIsFilled = false

  init(command: Command<Options, Context>, rest: ArraySlice<String>) {
    self.command = command
    self.rest = rest
    options = command.makeOptions()
  }

  mutating func finish() throws(UsageError) -> Options {
    while let word = rest.popFirst() {
      if word == "--" {
        while let literal = rest.popFirst() { try take(word: literal) }
      } else if word.hasPrefix("--") {
        try take(long: word.dropFirst(2))
      } else if word.hasPrefix("-"), word.count > 1 {
        try take(cluster: word.dropFirst())
      } else {
        try take(word: word)
      }
    }
    if wordsSeen < command.positionals.count, !repeatingIsFilled {
      let next = command.positionals[wordsSeen].description
      if next.isRequired { throw UsageError("\(next.placeholder) is missing") }
    }
    return options
  }

  private mutating func take(long text: Substring) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let flag = command.flags.first(where: { $0.description.name == name }) else {
      let known = command.flags.filter { !$0.description.isHidden }.map { "--" + $0.description.name }
      throw UsageError("unknown flag '--\(name)'", advice: didYouMean("--" + name, among: known))
    }
    let attached = parts.count == 2 ? String(parts[1]) : nil
    switch flag.action {
    case .toggle(let apply):
      guard attached == nil else { throw UsageError("'--\(name)' takes no value") }
      apply(&options)
    case .takes(let apply):
      try apply(&options, value(attached, for: "--" + name, flag.description))
    }
  }

  private mutating func take(cluster text: Substring) throws(UsageError) {
    var letters = text
    while let letter = letters.popFirst() {
      guard let flag = command.flags.first(where: { $0.description.short == letter }) else {
        throw UsageError("unknown flag '-\(letter)'", advice: longFlagMeant(by: text))
      }
      switch flag.action {
      case .toggle(let apply): apply(&options)
      case .takes(let apply):
        let attached = letters.first == "=" ? letters.dropFirst() : letters
        return try apply(&options, value(letters.isEmpty ? nil : String(attached), for: "-\(letter)", flag.description))
      }
    }
  }

  /// `-model` is probably `--model`.
  private func longFlagMeant(by text: Substring) -> String? {
    let name = text.prefix { $0 != "=" }
    return command.flags.contains { $0.description.name == name } ? "Did you mean '--\(name)'?" : nil
  }

  private mutating func value(
    _ attached: String?, for typed: String, _ flag: FlagDescription
  ) throws(UsageError) -> String {
    guard let value = attached ?? rest.popFirst() else {
      throw UsageError("'\(typed)' needs a value: \(flag.placeholder ?? "VALUE")")
    }
    return value
  }

  private mutating func take(word: String) throws(UsageError) {
    guard wordsSeen < command.positionals.count else {
      throw UsageError("'\(word)' is one word too many")
    }
    let positional = command.positionals[wordsSeen]
    try positional.apply(&options, word)
    if positional.description.repeats { repeatingIsFilled = true } else { wordsSeen += 1 }
  }
}
