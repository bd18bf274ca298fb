// `llmgw serve`: the gateway for other programs.

package import CommandLineKit

extension AnyCommand<Invocation> {
  package static let serve = AnyCommand(
    Command(
      CommandDescription(
        "serve", "Answer programs that call the well-known APIs of models.", group: .serving,
        details: """
          Any program that calls one of these APIs can be pointed at the address: /v1/chat/completions, /v1/responses, \
          /v1/messages, /v1beta/models/MODEL:generateContent, /v1/embeddings, /v1/rerank, /v1/models, and the same below \
          /openai, /anthropic and /genai. Each of them reaches every provider; models are named as elsewhere: \
          PROVIDER/MODEL, an alias or a route of the config. A provider that speaks the client's own format gets the \
          client's bytes as they are. Every call is booked.

          Without virtual keys (see llmgw access) it listens on the loopback address only, and answers programs of this \
          machine but no web page. With keys, each request must bring one.

          SIGTERM and Ctrl-C end it gently: running requests may end (server.drain), a second signal ends it at once. \
          SIGHUP, or llmgw serve --reload, puts a changed config in force; when that has a mistake, the one before stays.
          """,
        examples: [
          .init("llmgw serve", "Listen on 127.0.0.1:4000."),
          .init("llmgw access create --name laptop && llmgw serve --listen :4000", "For other machines."),
          .init("llmgw serve --reload", "Have a running server read its config anew."),
        ]),
      options: { ServeOptions() },
      flags: ServeOptions.flags,
      run: { options, invocation in
        options.reloads ? try Serving.reload(invocation) : try await Serving(options, invocation).run()
      }))
}
