// Completions for bash, without the bash-completion package.

extension Program {
  func bashCompletions() -> String {
    let cases = places.map { place in
      """
        '\(([name] + place.path).joined(separator: " "))')
          commands='\(place.commands.map(\.name).joined(separator: " "))'
          flags='\(place.flags.flatMap(\.spellings).joined(separator: " "))'
          ;;

      """
    }.joined()
    return """
      # Completion of \(name) for bash; needs no other package. Written by `make generate`.

      # Sets what may follow the command $1; fails when there is no such command.
      _\(name)_place() {
        case $1 in
      \(cases)  *) return 1 ;;
        esac
      }

      \(bashWords)
      \(bashValues)
      \(bashMain)
      complete -F _\(name) \(name)

      """
  }

  /// COMP_WORDS is split at `=`, `:` and `@` too, which are parts of our words.
  private var bashWords: String {
    """
    # Sets typed to the words up to the cursor: pieces without a space between them are one word.
    _\(name)_words() {
      local rest=${COMP_LINE:0:COMP_POINT} piece
      typed=()
      for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ ${#typed[@]} -eq 0 || $rest == [[:space:]]* ]]; then
          typed+=('')
          rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        [[ $rest == "$piece"* ]] || piece=$rest
        typed[-1]+=$piece
        rest=${rest#"$piece"}
      done
    }

    """
  }

  private var bashValues: String {
    """
    # Replies with the values that the program knows for the word $1.
    _\(name)_values() {
      local flag= kept= break value
      [[ $1 == --*=* ]] && flag=${1%%=*}=
      # Of the word, bash replaces only what follows the last of these.
      for break in = : @; do
        [[ $COMP_WORDBREAKS == *$break* && ${1#"$kept"} == *$break* ]] && kept=${1%"${1##*$break}"}
      done
      while IFS=$'\\t' read -r value _; do
        case $value in
          '\(ShellKnows.files.rawValue)') compopt -o default ;;
          '\(ShellKnows.directories.rawValue)') compopt -o dirnames ;;
          ?*)
            printf -v value %q "$value"
            value=$flag$value
            COMPREPLY+=("${value#"$kept"}")
            ;;
        esac
      done < <("${typed[0]/#\\~/$HOME}" __complete "${typed[@]:1}" 2>/dev/null)
      [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *[/=:] ]] && compopt -o nospace
      return 0
    }

    """
  }

  private var bashMain: String {
    """
    _\(name)() {
      local typed commands flags place=\(name) at=1 current before
      _\(name)_words
      current=${typed[-1]}
      while ((at < ${#typed[@]} - 1)) && _\(name)_place "$place ${typed[at]}"; do
        place+=" ${typed[at++]}"
      done
      _\(name)_place "$place"
      COMPREPLY=()
      before=" ${typed[*]:0:${#typed[@]}-1} "
      if [[ $current == -* && $current != *=* && $before != *' -- '* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
        return
      fi
      ((at == ${#typed[@]} - 1)) && mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
      _\(name)_values "$current"
    }
    """
  }
}
