// What `llmgw serve` can be told.

package import CommandLineKit
package import GatewayServer

/// What was typed for `serve`.
package struct ServeOptions: Sendable, Equatable {
  package var listen: ListenAddress?
  package var loops: Int?
  package var sharesPort = false
  package var logsContents = false
  package var reloads = false
  package init() {}

  package static let flags: [Flag<ServeOptions>] = [
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
    .toggle("log-contents", "Log prompts and answers, of keys that allow it (server.log_contents).") {
      $0.logsContents = true
    },
    .toggle("reload", "Have the servers of this user read their config anew.") { $0.reloads = true },
  ]
}
