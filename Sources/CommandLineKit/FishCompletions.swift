// Completions for fish, with what each word means.

extension Program {
  func fishCompletions() -> String {
    let paths = places.dropFirst().map { quoted($0.path.joined(separator: " ")) }.joined(separator: " ")
    return """
      # Completion of \(name) for fish. Written by `make generate`.

      # Prints the words before the cursor that name a command.
      function __\(name)_place
          set -l place
          for word in (commandline -opc)[2..]
              contains -- (string join ' ' -- $place $word) \(paths)
              or break
              set -a place $word
          end
          string join ' ' -- $place
      end

      # True when these words name the command $argv.
      function __\(name)_at
          test "$(__\(name)_place)" = "$argv"
      end

      # True when these words name the command $argv and nothing else stands before the cursor.
      function __\(name)_directly_at
          __\(name)_at $argv
          and test "$(string join ' ' -- (commandline -opc)[2..])" = "$argv"
      end

      # Prints the values that the program knows for the word under the cursor.
      function __\(name)_values
          set -l words (commandline -opc)
          set -l program (string replace -r '^~(?=/)' "$HOME" -- $words[1])
          $program __complete $words[2..] (commandline -ct) 2>/dev/null | string match -v ':*'
      end

      complete -c \(name) -f
      \(places.map(fishLines).joined())
      """
  }

  private func fishLines(_ place: Place) -> String {
    let path = place.path.joined(separator: " ")
    let here = "complete -c \(name) -n '__\(name)_at \(path)'"
    let commands = place.commands.map { command in
      "complete -c \(name) -n '__\(name)_directly_at \(path)' -a \(command.name) -d \(quoted(command.description.summary))\n"
    }
    let flags = place.flags.map { flag in
      let letter = flag.short.map { " -s \($0)" } ?? ""
      return "\(here)\(letter) -l \(flag.name)\(flag.completes.map(fishValue) ?? "") -d \(quoted(flag.summary))\n"
    }
    let values = place.positionals.map { positional in
      switch positional.completes {
      case .file: "\(here) -F\n"
      case .directory: "\(here) -a '(__fish_complete_directories)'\n"
      case .command, .oneOf, .known: "\(here) -a '(__\(name)_values)'\n"
      }
    }
    let distinct = values.enumerated().filter { values.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    return (commands + flags + distinct).joined()
  }

  private func fishValue(_ kind: ValueKind) -> String {
    switch kind {
    case .file: " -r -F"
    case .directory: " -x -a '(__fish_complete_directories)'"
    case .command, .oneOf, .known: " -x -a '(__\(name)_values)'"
    }
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing(["'": "\\'", "\\": "\\\\"]) + "'" }
}
