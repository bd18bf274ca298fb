// `llmgw repl`: a conversation at a prompt.

package import CommandLineKit

extension AnyCommand<Invocation> {
  package static let repl = AnyCommand(
    Command(
      CommandDescription(
        "repl", "Talk with models at a prompt, and never lose a word or a cent.", group: .asking,
        details: """
          The model, and its provider, may change in mid-conversation. Every message is kept in the ledger before it is \
          shown, as a tree: what is undone or asked again stays as a branch. Ctrl-C stops an answer and keeps what had \
          arrived. Type /help for the commands of the prompt.

          When standard input or output is no terminal, each line of standard input is a message or a command, a message \
          of several lines stands between lines of three double quotes, and the answers alone go to standard output. A \
          failure does not end the script; its status is that of the first one.
          """,
        examples: [
          .init("llmgw repl", "Begin a conversation with the default model."),
          .init("llmgw repl -c", "Go on with the last one of this directory and terminal."),
          .init("llmgw repl --session trip -m sonnet", "Go on with a conversation by its name, or begin it."),
          .init("printf 'hello\\n/cost\\n' | llmgw repl -m mini", "Run a script."),
        ]),
      options: { ReplOptions() }, flags: ReplOptions.flags,
      run: { options, invocation in
        try options.checkTogether()
        return try await ReplRun(options: invocation.withTemplates(options.chat), invocation: invocation).run()
      }))
}
