// Callers who leave: before, during and after the answer. Whatever went out is on the books at what it may cost.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayInterruptions {
  private struct HadEnough: Error {}

  private static let streamHead = Answer.reply(Answer.events(Answer.text("Hello"), Answer.text(" there")))

  @Test func `a caller that throws ends the call and the transfer`() async throws {
    let world = try GatewayWorld([[.readRequest, .write(Self.streamHead), .awaitClientClose]])
    let outcome = await world.gateway.answer(world.call()) { event in if event.isText { throw HadEnough() } }
    await world.server.until { $0.closedConnections == 1 }
    #expect(outcome.status == .interrupted)
    #expect(outcome.failure == nil)
    // What arrived with what it was told was paid for as well.
    #expect(outcome.reply.text == "Hello there")
    #expect(outcome.usageIsEstimated)
    #expect([outcome.usage.input, outcome.usage.output] == [5, 3])
    #expect(outcome.cost.amount?.decimalText == "0.0000425")
    let record = try await world.record()
    #expect(record.status == .interrupted)
    #expect(record.reply == "Hello there")
    #expect(record.attempts.map(\.status) == [.interrupted])
    #expect(record.attempts.first?.cost == outcome.cost)
  }

  @Test func `a task cancelled before the call sends nothing and pays nothing`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await cancelledTask { await world.answer(world.call()) }
    #expect(outcome.status == .interrupted)
    #expect(world.server.log.connections == 0)
    #expect(outcome.cost.amount == .zero)
    let record = try await world.record()
    #expect(record.status == .interrupted)
    #expect(record.attempts.map(\.cost?.amount) == [.zero])
  }

  @Test func `a task cancelled while the provider thinks may have to pay`() async throws {
    let world = try GatewayWorld([[.readRequest, .awaitClientClose]])
    let task = Task { await world.answer(world.call()) }
    await world.server.until { $0.requests.count == 1 }
    task.cancel()
    let outcome = await task.value
    await world.server.until { $0.closedConnections == 1 }
    #expect(outcome.status == .interrupted)
    #expect(outcome.attempts.count == 1)
    #expect(outcome.usageIsEstimated)
    #expect([outcome.usage.input, outcome.usage.output] == [5, 0])
    #expect(try await world.record().attempts.first?.cost?.amount?.decimalText == "0.0000125")
  }

  @Test func `a task cancelled in the middle ends the call and the transfer`() async throws {
    let world = try GatewayWorld([[.readRequest, .write(Self.streamHead), .awaitClientClose]])
    let told = Told()
    let outcome = await cancelling(world, told) { $0.isText }
    await world.server.until { $0.closedConnections == 1 }
    #expect(outcome.status == .interrupted)
    #expect(outcome.failure == nil)
    #expect(told.text.hasPrefix("Hello"))
    #expect(outcome.usageIsEstimated)
    #expect(try await world.record().status == .interrupted)
  }

  @Test func `a task cancelled at the very end pays what was counted`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await cancelling(world, Told()) { $0.chat.contains { if case .usage = $0 { true } else { false } } }
    #expect(outcome.status == .interrupted)
    #expect(outcome.reply.text == "Hello there")
    #expect(!outcome.usageIsEstimated)
    #expect(try await world.record().attempts.first?.cost?.amount?.decimalText == "0.0027")
  }

  @Test func `a task cancelled afterwards changes nothing`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let task = Task { await world.answer(world.call()) }
    let outcome = await task.value
    task.cancel()
    #expect(outcome.status == .ok)
    #expect(try await world.record().status == .ok)
  }

  @Test(arguments: [true, false])
  func `a caller that leaves while a retry waits makes no further attempt`(_ byThrowing: Bool) async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.whole)
    let outcome: Outcome
    if byThrowing {
      outcome = await world.gateway.answer(world.call()) { event in
        if case .retrying = event { throw HadEnough() }
      }
    } else {
      outcome = await cancelling(world, Told()) { if case .retrying = $0 { true } else { false } }
    }
    #expect(outcome.status == .interrupted)
    #expect(outcome.failure == nil)
    #expect(outcome.attempts.map(\.status) == [.failed])
    #expect(world.server.log.requests.count == 1)
    let record = try await world.record()
    #expect(record.status == .interrupted)
    #expect(record.attempts.map(\.status) == [.failed])
  }

  @Test func `a slow caller slows the provider down and gets it all`() async throws {
    // More than sockets and buffers hold, less than an event may be long.
    let filler = 14 << 20
    let world = try GatewayWorld([
      [
        .readRequest, .write(Answer.reply(Answer.events(Answer.text("Hello")))), .flood(filler),
        .write("\n\n" + Answer.events(Answer.text(" there"), Answer.finish("stop"), Answer.usage, "[DONE]")), .close,
      ]
    ])
    let told = Told()
    let server = world.server
    let outcome = await world.gateway.answer(world.call()) { event in
      // Without back-pressure the flood never stalls, and this waits in vain.
      if event.isText { await server.until { $0.stalledAt != nil } }
      told.note(event)
    }
    #expect(outcome.status == .ok)
    #expect(told.text == "Hello there")
    #expect(try await world.record().attempts.first?.cost?.amount?.decimalText == "0.0027")
  }

  /// Cancels the task of a call when it is told of a certain event.
  private func cancelling(
    _ world: GatewayWorld, _ told: Told, when isTime: @escaping @Sendable (CallEvent) -> Bool
  ) async -> Outcome {
    await Task {
      await world.gateway.answer(world.call()) { event in
        told.note(event)
        if isTime(event) { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }.value
  }

  /// Runs `body` in a task that is cancelled already.
  private func cancelledTask(_ body: @escaping @Sendable () async -> Outcome) async -> Outcome {
    await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await body()
    }.value
  }
}
