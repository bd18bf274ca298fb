// What a command is given of the world, and what is built from it on demand.

package import GatewayCore

/// The surroundings of one run of the program.
package struct Invocation: Sendable {
  package var environment: Environment
  package var terminal: Terminal
  /// Reads standard input to its end, at most that many bytes.
  package var readStdin: @Sendable (_ limit: Int) throws(FileFailure) -> [UInt8]
  package var runtime: Runtime
  /// Tells whoever watches for signals that a call is under way, and is over.
  package var interruption: Interruption

  package init(
    environment: Environment, terminal: Terminal,
    readStdin: @escaping @Sendable (_ limit: Int) throws(FileFailure) -> [UInt8], runtime: Runtime,
    interruption: Interruption
  ) {
    self.environment = environment
    self.terminal = terminal
    self.readStdin = readStdin
    self.runtime = runtime
    self.interruption = interruption
  }
}
