// `llmgw __manual`: the pages of the manual as roff, for `make generate`.

package import CommandLineKit

extension AnyCommand<Invocation> {
  package static let manual = AnyCommand(
    Command(
      CommandDescription("__manual", "Print a page of the manual, or the names of all pages.", isHidden: true),
      options: { [String]() },
      positionals: [Positional("PAGE", "Its file name, such as llmgw-chat.1.") { $0.append($1) }],
      run: { names, invocation in
        let pages = LLMGW.program.manualPages
        guard let name = names.first else {
          try invocation.terminal.stdout.write(pages.map { $0.fileName + "\n" }.joined())
          return ExitCode.ok.rawValue
        }
        guard let page = pages.first(where: { $0.fileName == name }) else {
          throw UsageError("'\(name)' is no page", advice: didYouMean(name, among: pages.map(\.fileName)))
        }
        try invocation.terminal.stdout.write(page.source)
        return ExitCode.ok.rawValue
      }))
}
