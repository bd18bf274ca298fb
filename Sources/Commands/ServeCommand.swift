// `llmgw serve`: the gateway for other programs.

package import CommandLineKit
import GatewayCore
package import GatewayServer

/// What was typed for `serve`.
package struct ServeOptions: Sendable, Equatable {
  package var listen: ListenAddress?
  package var loops: Int?
  package var sharesPort = false
  package var reloads = false
  package init() {}
}

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
      flags: [
        .takes("listen", "HOST:PORT", "Where to listen (server.listen, else 127.0.0.1:4000).") {
          options, text throws(UsageError) in
          guard let address = ListenAddress(text) else {
            throw UsageError(
              "'--listen \(text)' is no address", advice: "Write it as 127.0.0.1:4000, [::1]:4000 or :4000.")
          }
          options.listen = address
        },
        .takes("loops", "N", "Threads that serve connections (one per core).") { options, text throws(UsageError) in
          guard let count = Int(text), (1...256).contains(count) else {
            throw UsageError("'--loops \(text)' is not a number from 1 to 256")
          }
          options.loops = count
        },
        .toggle("share-port", "Let other processes listen on the same port.") { $0.sharesPort = true },
        .toggle("reload", "Have the servers of this user read their config anew.") { $0.reloads = true },
      ],
      run: { options, invocation in
        options.reloads ? try Serving.reload(invocation) : try await Serving(options, invocation).run()
      }))
}
