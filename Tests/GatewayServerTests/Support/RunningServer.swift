// A server on a loopback port for as long as a test needs it.

import GatewayCore
import Glibc
import TestSupport
import Testing

@testable import GatewayServer

func withServer(
  _ limits: ServerLimits = ServerLimits(), at place: HTTPServer.Place? = nil,
  _ responder: @escaping Responder = Responders.echo,
  test: @escaping @Sendable (HTTPServer, Int) async throws -> Void
) async throws {
  let loopback = try #require(ListenAddress("127.0.0.1:0"))
  var configuration = HTTPServer.Configuration(place ?? .address(loopback), now: Timestamp.systemClock)
  configuration.limits = limits
  configuration.loops = 2
  let server = try await HTTPServer.start(configuration, responder: responder)
  let result = await Task(executorPreference: BlockingThreads()) { () async -> Result<Void, any Error> in
    do {
      return .success(try await test(server, try #require(server.address).port))
    } catch {
      return .failure(error)
    }
  }.value
  await server.close()
  try result.get()
  #expect(server.connectionCount == 0)
}

/// Lets a task block, as a client on a raw socket does: there are only as many other threads as cores.
private final class BlockingThreads: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    ScriptedServer.startThread { job.runSynchronously(on: executor) }
  }
}

/// Waits until the condition holds, ten seconds at most.
func eventually(_ condition: () -> Bool) async -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(10)
  while !condition() {
    if clock.now > end { return false }
    poll(nil, 0, 1)
    await Task.yield()
  }
  return true
}
