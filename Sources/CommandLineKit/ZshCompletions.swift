// Completions for zsh, with what each word means.

extension Program {
  func zshCompletions() -> String {
    """
    #compdef \(name)
    # Completion of \(name) for zsh. Written by `make generate`.

    # Offers the values that the program knows for the word under the cursor.
    _\(name)_values() {
      local line word
      local -a whole open
      for line in "${(@f)$(_call_program values $typed[1] __complete "${(@q)typed[2,-1]}" 2>/dev/null)}"; do
        word=${line%%$'\\t'*}
        [[ -z $word || $word == :* ]] && continue
        line=${word//:/\\\\:}${${line#$word}/$'\\t'/:}
        if [[ $word == *[/=:] ]]; then open+=($line); else whole+=($line); fi
      done
      local -i failed=1
      _describe -t values value whole && failed=0
      _describe -t values value open -S '' && failed=0
      return failed
    }

    \(places.map(zshFunction).joined())
    _\(name)() {
      local -a typed=("${(@)words[1,CURRENT-1]}" "$PREFIX")
      local place=_\(name)-
      while (( CURRENT > 2 && $+functions[${place}-${(q)words[2]}] )); do
        place+=-$words[2]
        shift words
        (( CURRENT-- ))
      done
      $place
    }

    _\(name) "$@"

    """
  }

  private func zshFunction(_ place: Place) -> String {
    let commands = place.commands.map { command in
      "    \(zshQuoted("\(command.name):\(command.description.summary)"))\n"
    }
    let offer = """
        local -a commands=(
      \(commands.joined())  )
        (( CURRENT == 2 )) && _describe -t commands command commands && failed=0

      """
    // Where no word may stand, zsh would offer all flags beside the commands.
    let noWord = place.positionals.isEmpty && !place.commands.isEmpty ? ["'1: :'"] : []
    let specs = place.flags.map(zshFlag) + zshPositionals(place.positionals) + noWord
    return """
      \((["_\(name)-"] + place.path).joined(separator: "-"))() {
        local -i failed=1
      \(commands.isEmpty ? "" : offer)  _arguments -s -S \\
      \(specs.map { "    \($0) \\\n" }.joined())    && failed=0
        return failed
      }

      """
  }

  /// `'(-m --model)'{-m+,--model=}'[Model to ask.]:MODEL:_llmgw_values'`.
  private func zshFlag(_ flag: FlagDescription) -> String {
    let takesValue = flag.completes != nil
    let summary = "[\(flag.summary.replacing(["[": "\\[", "]": "\\]", "\\": "\\\\"]))]"
    let ending = zshQuoted(
      summary + (flag.completes.map { ":\(message(flag.placeholder ?? "")):\(zshAction($0))" } ?? ""))
    let spellings = flag.short.map { ["-\($0)\(takesValue ? "+" : "")"] } ?? []
    let all = spellings + ["--\(flag.name)\(takesValue ? "=" : "")"]
    let word = all.count == 1 ? all[0] : "{\(all.joined(separator: ","))}"
    if ["help", "version"].contains(flag.name) { return "'(- *)'\(word)\(ending)" }
    if flag.repeats { return "'*'\(word)\(ending)" }
    return all.count == 1 ? "\(word)\(ending)" : "'(\(flag.spellings.joined(separator: " ")))'\(word)\(ending)"
  }

  private func zshPositionals(_ positionals: [PositionalDescription]) -> [String] {
    positionals.enumerated().map { index, positional in
      let number = positional.repeats ? "*" : positional.isRequired ? "\(index + 1)" : "\(index + 1):"
      return zshQuoted("\(number):\(message(positional.placeholder)):\(zshAction(positional.completes))")
    }
  }

  private func zshAction(_ kind: ValueKind) -> String {
    switch kind {
    case .file: "_files"
    case .directory: "_files -/"
    case .command, .oneOf, .known: "_\(name)_values"
    }
  }

  private func message(_ text: String) -> String { text.replacing([":": "\\:"]) }

  private func zshQuoted(_ text: String) -> String { "'" + text.replacing(["'": "'\\''"]) + "'" }
}
