// What is checked in is what the program says, and the program says everything.

import CommandLineKit
import Commands
import GatewayCore
import Glibc
import Testing

struct ManualPages {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

  private static func text(of path: String) -> String {
    (try? readFile("\(root)/\(path)", limit: 16 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  @Test func `man and completions are as the program emits them`() {
    for page in LLMGW.program.manualPages {
      #expect(Self.text(of: "man/\(page.fileName)") == page.source, "man/\(page.fileName): run 'make generate'")
    }
    for (shell, file) in [(Shell.bash, "llmgw.bash"), (.zsh, "_llmgw"), (.fish, "llmgw.fish")] {
      #expect(
        Self.text(of: "completions/\(file)") == LLMGW.program.completions(for: shell),
        "completions/\(file): run 'make generate'")
    }
  }

  @Test func `no page is left of a command that is gone`() {
    let known = Set(LLMGW.program.manualPages.map(\.fileName))
    let there = output(of: "ls '\(Self.root)/man'").split(separator: "\n").map(String.init)
    #expect(Set(there) == known, "run 'make generate'")
  }

  @Test(arguments: LLMGW.program.manualPages.map(\.fileName))
  func `mandoc has nothing to say about a page`(_ file: String) {
    #expect(output(of: "mandoc -T lint -W warning '\(Self.root)/man/\(file)' 2>&1 && echo clean") == "clean\n")
  }

  @Test func `every command and flag stands in help, manual and all completions`() {
    let overview = LLMGW.program.overview(width: 80)
    let scripts = Shell.allCases.map { LLMGW.program.completions(for: $0) }
    for command in AllCommands.list where !command.description.isHidden {
      #expect(overview.contains("\n  \(command.name) "))
      #expect(LLMGW.program.manualPages.contains { $0.fileName == "llmgw-\(command.name).1" })
      for (command, path) in tree(of: command, path: ["llmgw"]) {
        let name = (path + [command.name]).joined(separator: " ")
        let help = command.help(program: path.joined(separator: " "), width: 80)
        let page = text(ofPageOf: (path + [command.name])[1])
        #expect(page.contains(name), "\(name)")
        for flag in command.flags where !flag.isHidden {
          let spelled = "--" + flag.name
          #expect(help.contains(spelled), "help of \(name) lacks \(spelled)")
          #expect(page.contains(spelled), "manual of \(name) lacks \(spelled)")
          // fish names a long flag without its dashes.
          #expect(scripts.allSatisfy { $0.contains(spelled) || $0.contains("-l \(flag.name) ") }, "\(name) \(spelled)")
        }
      }
    }
  }

  private func text(ofPageOf command: String) -> String {
    let page = LLMGW.program.manualPages.first { $0.fileName == "llmgw-\(command).1" }
    return String((page?.source ?? "").filter { $0 != "\\" })
  }

  private func tree(
    of command: AnyCommand<Invocation>, path: [String]
  ) -> [(command: AnyCommand<Invocation>, path: [String])] {
    [(command, path)]
      + command.subcommands.filter { !$0.description.isHidden }.flatMap { tree(of: $0, path: path + [command.name]) }
  }

  @Test func `every summary is a sentence, and fits`() {
    for command in AllCommands.list {
      for (command, path) in tree(of: command, path: ["llmgw"]) {
        let name = (path + [command.name]).joined(separator: " ")
        #expect(command.description.summary.hasSuffix("."), "\(name)")
        #expect(command.description.summary.count <= 64, "\(name): one line of help at 80 columns")
        for summary in command.flags.map(\.summary) + command.positionals.map(\.summary) {
          #expect(summary.hasSuffix("."), "\(name): \(summary)")
          #expect(summary.count <= 100, "\(name): two lines of help at 80 columns: \(summary)")
        }
      }
    }
  }

  @Test func `every exit status, variable and key of the config is in the manual`() throws {
    let pages = LLMGW.program.manualPages
    let main = try #require(pages.first { $0.fileName == "llmgw.1" }).source
    let config = try #require(pages.first { $0.fileName == "llmgw-config.5" }).source
    for code in ExitCode.allCases {
      #expect(main.contains(".TP\n\\fB\(code.rawValue)\\fR\n"), "\(code)")
    }
    for variable in variablesRead() { #expect(main.contains(variable), "\(variable)") }
    for key in SettingsKey.all { #expect(config.contains(key.path.joined(separator: ".")), "\(key.path)") }
  }

  /// The names in `environment["..."]` and its kin anywhere in the source.
  private func variablesRead() -> [String] {
    let asked = "(environment\\[|variable\\(|directory\\(|environment.first\\(of: \\[)\"[A-Z_\", ]+\""
    let lines = output(of: "grep -rhoE '\(asked)' '\(Self.root)/Sources'").split(separator: "\n")
    let names = lines.flatMap { $0.split(separator: "\"").filter { $0.allSatisfy { $0 == "_" || $0.isUppercase } } }
      .map(String.init)
    #expect(names.contains("LLMGW_CONFIG") && names.contains("NO_COLOR") && names.contains("EDITOR"))
    return names
  }

  @Test func `the config in the manual is one`() throws {
    let settings = try Settings.parse(
      Array(LLMGW.configExample.utf8), file: "example", variables: { _ in nil }, nearest: { _, _ in nil })
    #expect(settings.providers.count == 2)
    #expect(settings.aliases == ["llama": "my-vllm/llama"])
  }
}

/// What a line in the shell prints.
func output(of line: String) -> String {
  guard let pipe = popen(line, "r") else { return "" }
  defer { pclose(pipe) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}
