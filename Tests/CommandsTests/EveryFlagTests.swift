// Every command and flag of the one list with a right and a wrong use, and what none of them may do.

import CommandLineKit
import Commands
import Testing

/// A command with the words that lead to it.
private struct Listed: Sendable, CustomTestStringConvertible {
  var path: [String]
  var command: AnyCommand<Invocation>
  var testDescription: String { path.joined(separator: " ") }

  static let all: [Listed] = AllCommands.list.flatMap { below($0, path: []) }

  private static func below(_ command: AnyCommand<Invocation>, path: [String]) -> [Listed] {
    let path = path + [command.name]
    return [Listed(path: path, command: command)] + command.subcommands.flatMap { below($0, path: path) }
  }

  /// Words for the positionals that must be there.
  var needed: [String] { command.positionals.filter(\.isRequired).map { _ in "bash" } }
}

struct EveryFlag {
  @Test(arguments: Listed.all)
  fileprivate func `is taken when it is right, and refused with a reason when it is not`(_ listed: Listed) throws {
    for flag in listed.command.flags {
      let name = "--\(flag.name)"
      guard let placeholder = flag.placeholder else {
        #expect(throws: Never.self, "\(name)") { try listed.command.check([name] + listed.needed) }
        #expect(refusal(of: listed, ["\(name)=yes"])?.contains("takes no value") == true, "\(name)")
        continue
      }
      let value = flag.choices.first ?? Self.value(for: placeholder, flag.name)
      #expect(throws: Never.self, "\(name) \(value)") { try listed.command.check([name, value] + listed.needed) }
      #expect(throws: Never.self, "\(name)=\(value)") { try listed.command.check(["\(name)=\(value)"] + listed.needed) }
      #expect(refusal(of: listed, listed.needed + [name])?.contains("needs a value") == true, "\(name)")
      if !flag.choices.isEmpty {
        #expect(refusal(of: listed, [name, "nonsense"])?.contains("not one of") == true, "\(name)")
      }
    }
  }

  @Test(arguments: Listed.all)
  fileprivate func `has a near miss`(_ listed: Listed) {
    // `__complete` is given whatever stands on the line.
    guard !listed.command.description.isHidden else { return }
    for flag in listed.command.flags where flag.name.count > 4 && !flag.isHidden {
      let slip = "--" + flag.name.dropLast() + "~"
      #expect(refusal(of: listed, [slip])?.contains("unknown flag '\(slip)'") == true)
    }
    #expect(refusal(of: listed, ["--no-such-flag-at-all"])?.contains("unknown flag") == true)
    #expect(refusal(of: listed, ["-?"])?.contains("unknown flag '-?'") == true)
  }

  @Test(arguments: Listed.all)
  fileprivate func `a word that must be there is missed by its name`(_ listed: Listed) {
    guard let first = listed.command.positionals.first, first.isRequired else { return }
    #expect(refusal(of: listed, [])?.contains("\(first.placeholder) is missing") == true)
  }

  private func refusal(of listed: Listed, _ arguments: [String]) -> String? {
    do throws(UsageError) {
      try listed.command.check(arguments)
      return nil
    } catch {
      return error.description
    }
  }

  /// Something of the kind that a placeholder stands for.
  private static func value(for placeholder: String, _ name: String) -> String {
    switch placeholder {
    case "KEY=VALUE": "a=b"
    case "USD": "0.05"
    case "N": "2"
    case "TOKENS": "100k"
    case "TIME": ["since", "until", "older"].contains(name) ? "7d" : "5s"
    case "WHAT": "model"
    case "SURFACES": "chat"
    case "ADDRESSES": "10.0.0.0/8"
    case "LIMITS": "ttft:500ms"
    case "CONDITION": "errors>1%"
    case "STATUS": "ok"
    case "HOST:PORT": "127.0.0.1:4000"
    case "URL": "http://127.0.0.1:8000/v1"
    case "RATE": "30/m"
    case "N|TIME": "10s"
    case "MEAN[,DEV]": "550,150"
    case "PERCENT": "80%"
    case "FILTER": "since=7d"
    default: "x"
    }
  }
}

struct TheNetwork {
  @Test(arguments: [
    ["--version"], ["--help"], ["help", "chat"], ["spend"], ["logs"], ["models", "--json"],
    ["models", "show", "openai/gpt-5.4"],
    ["providers"], ["keys", "list"], ["config", "show"], ["completions", "bash"], ["__complete", "chat", "-m", "op"],
    ["chat", "-m", "offline/echo", "hi"], ["chat", "--dry-run", "-m", "openai/gpt-5.4", "hi"],
  ])
  func `is not loaded by what does not use it`(_ arguments: [String]) async {
    let home = ProgramHome()
    let result = await home.start(arguments, environment: ["LD_DEBUG": "files"]).finish()
    #expect(result.ending == .exited(0), "\(result.stderr.suffix(300))")
    #expect(result.stderr.contains("libsqlite3"), "the linker tells what it loads")
    #expect(!result.stderr.contains("libcurl"))
  }

  @Test func `is loaded by a call that uses it`() async {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.start(["chat", "-m", "mock/m", "--retries", "0", "hi"], environment: ["LD_DEBUG": "files"])
      .finish()
    #expect(result.stderr.contains("libcurl"))
  }
}
