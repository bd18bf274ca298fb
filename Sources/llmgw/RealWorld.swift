// The real clock, chance, environment and streams, wired up once.

import Commands
import GatewayCore
import Glibc

/// What the commands are given when the program runs for real.
func realWorld() -> Invocation {
  let environment = Environment(variables: processVariables())
  return Invocation(
    environment: environment,
    terminal: .standard { environment[$0] },
    readStdin: { (limit) throws(FileFailure) in
      try readAll(STDIN_FILENO, path: "standard input", limit: limit)
    },
    runtime: Runtime(
      now: { Timestamp.systemClock() },
      uptimeMicroseconds: uptime,
      sleep: { try await Task.sleep(for: $0) },
      makeID: { sortableID(at: Timestamp.systemClock(), random: UInt128.random(in: 0...UInt128.max)) },
      random: { Double.random(in: 0..<1) }),
    interruption: Interruption())
}

/// Puts `/dev/null` where a standard stream was closed (`<&-`, `>&-`).
///
/// Otherwise the first file that is opened takes its number, and an answer could be written into the ledger. It is
/// open for reading only, so that writing to a closed stream stays an error.
func occupyStandardStreams() {
  var descriptor = open("/dev/null", O_RDONLY)
  while descriptor >= 0, descriptor <= STDERR_FILENO { descriptor = open("/dev/null", O_RDONLY) }
  if descriptor >= 0 { close(descriptor) }
}

/// The environment as the process got it.
private func processVariables() -> [String: String] {
  var variables: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    entry += 1
  }
  return variables
}

/// Microseconds on a clock that never jumps.
private func uptime() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
