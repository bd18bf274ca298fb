// What the word under the cursor is, for shells that complete it. Reads words as the parser does, but nothing is
// an error: half a line is normal here.

/// A value that is being typed.
package struct ExpectedValue: Sendable, Equatable {
  package var kind: ValueKind
  /// What is typed of it so far.
  package var beginning: String

  package init(_ kind: ValueKind, beginning: String) {
    self.kind = kind
    self.beginning = beginning
  }
}

extension Program {
  /// What the last of `words` (all that follow the program's name) is the value of; `nil` for a flag, the name of a
  /// command, or one word too many.
  package func expectedValue(in words: [String]) -> ExpectedValue? {
    var rest = words[...]
    var command = implied
    var below = commands
    while rest.count > 1, let next = below.first(where: { $0.name == rest.first }) {
      command = next
      below = next.subcommands
      rest = rest.dropFirst()
    }
    // The first word alone is the beginning of a command's name, or of a prompt.
    guard let command, rest.count > 1 || rest.startIndex > 0 || words.first?.hasPrefix("-") == true else { return nil }
    return command.expectedValue(in: rest)
  }
}

extension AnyCommand {
  fileprivate func expectedValue(in words: ArraySlice<String>) -> ExpectedValue? {
    guard let current = words.last else { return nil }
    var pending: FlagDescription?
    var wordsSeen = 0
    var flagsEnded = false
    for word in words.dropLast() {
      if pending != nil {
        pending = nil
      } else if flagsEnded || !word.hasPrefix("-") || word == "-" {
        wordsSeen += 1
      } else if word == "--" {
        flagsEnded = true
      } else {
        pending = flagAwaitingValue(after: word)
      }
    }
    if let pending { return pending.completes.map { ExpectedValue($0, beginning: current) } }
    if !flagsEnded, current.hasPrefix("-"), current != "-" { return attachedValue(in: current) }
    let positional =
      wordsSeen < positionals.count ? positionals[wordsSeen] : positionals.last.flatMap { $0.repeats ? $0 : nil }
    return positional.map { ExpectedValue($0.completes, beginning: current) }
  }

  /// The flag whose value is the word after `word`.
  private func flagAwaitingValue(after word: String) -> FlagDescription? {
    if word.hasPrefix("--") { return flags.first { "--" + $0.name == word && $0.completes != nil } }
    return flagTakingValue(inCluster: word).flatMap { $0.attached.isEmpty ? $0.flag : nil }
  }

  /// `--model=anth` and `-manth`: the value stands in the flag's own word.
  private func attachedValue(in word: String) -> ExpectedValue? {
    if word.hasPrefix("--") {
      guard let equals = word.firstIndex(of: "="), let flag = flags.first(where: { "--" + $0.name == word[..<equals] })
      else { return nil }
      return flag.completes.map { ExpectedValue($0, beginning: String(word[word.index(after: equals)...])) }
    }
    guard let (flag, attached) = flagTakingValue(inCluster: word), !attached.isEmpty else { return nil }
    let value = attached.first == "=" ? attached.dropFirst() : attached
    return flag.completes.map { ExpectedValue($0, beginning: String(value)) }
  }

  /// The first letter of `-abc` that takes a value, with what stands behind it.
  private func flagTakingValue(inCluster word: String) -> (flag: FlagDescription, attached: Substring)? {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let flag = flags.first(where: { $0.short == letter }) else { return nil }
      if flag.completes != nil { return (flag, letters) }
    }
    return nil
  }
}
