// `llmgw completions`: the scripts that teach a shell to complete `llmgw`.

package import CommandLineKit

private struct CompletionsOptions: Sendable {
  var shell = Shell.bash
}

extension AnyCommand<Invocation> {
  package static let completions = AnyCommand(
    Command(
      CommandDescription(
        "completions", "Print the completion script of a shell.", group: .program,
        details: """
          The packages and 'make install' put the scripts where the shells look for them. Commands and flags stand in \
          the script; models, providers, projects and the like are asked of the program, without network.
          """,
        examples: [
          .init("eval \"$(llmgw completions bash)\"", "For bash, in ~/.bashrc."),
          .init(
            "llmgw completions zsh > ~/.zfunc/_llmgw", "For zsh, with fpath+=~/.zfunc before compinit in ~/.zshrc."),
          .init("llmgw completions fish > ~/.config/fish/completions/llmgw.fish", "For fish."),
        ]),
      options: { CompletionsOptions() },
      positionals: [.oneOf("SHELL", "Which shell.", isRequired: true) { $0.shell = $1 }],
      run: { options, invocation in
        try invocation.terminal.stdout.write(LLMGW.program.completions(for: options.shell))
        return ExitCode.ok.rawValue
      }))
}
