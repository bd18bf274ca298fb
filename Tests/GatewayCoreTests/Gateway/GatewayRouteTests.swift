// Routes: when a target fails, the next one is tried, and the books tell why.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

struct GatewayRoutes {
  /// A call to three models of the scripted server, in order.
  private func call(_ world: GatewayWorld, retries: Int = 0, _ change: (inout Call) -> Void = { _ in }) -> Call {
    world.call { call in
      var route = Route(name: "fast", targets: ["mock/m", "mock/second", "mock/third"])
      route.retries = retries
      call.plan.asked = "fast"
      call.plan.route = route
      call.plan.fallbacks = ["second", "third"].map { world.target(model: $0) }
      change(&call)
    }
  }

  private func targets(_ record: OperationRecord) throws -> [String] {
    let decision = try JSON.parse(Array(try #require(record.decision).utf8))
    #expect(decision["route"] == "fast")
    return decision["targets"]?.array?.map { step in
      [step["target"], step["verdict"], step["why"]].map { $0?.string ?? "-" }.joined(separator: " ")
    } ?? []
  }

  @Test func `the next target answers when one fails, and each attempt is booked`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.failed("401 No"), Answer.whole)
    let told = Told()
    let outcome = await world.answer(call(world), told: told)
    #expect(outcome.status == .ok)
    #expect(outcome.target.model == "third")
    #expect(outcome.attempts.map(\.model) == ["m", "second", "third"])
    #expect(told.events.count { if case .movingOn = $0 { true } else { false } } == 2)
    #expect(world.sleeps.isEmpty)
    let record = try await world.record()
    #expect(record.route == "fast")
    #expect(record.model == "third")
    #expect(record.attempts.map(\.cause) == ["primary", "fallback", "fallback"])
    #expect(record.attempts.map(\.status) == [.failed, .failed, .ok])
    #expect(
      try targets(record) == [
        "mock/m failed overloaded", "mock/second failed authentication", "mock/third taken -",
      ])
  }

  @Test func `a target is tried again before the next one, as often as the route says`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.failed("503 Busy"), Answer.whole)
    let outcome = await world.answer(call(world, retries: 1))
    #expect(outcome.attempts.map(\.model) == ["m", "m", "second"])
    #expect(world.sleeps.count == 1)
    #expect(try await world.record().attempts.map(\.cause) == ["primary", "retry", "fallback"])
  }

  @Test(arguments: ["400 Bad Request", "422 Unprocessable"])
  func `what every target would refuse ends at once`(_ status: String) async throws {
    let world = try GatewayWorld(replies: Answer.failed(status), Answer.whole)
    let outcome = await world.answer(call(world))
    #expect(outcome.failure?.kind == .invalidRequest)
    #expect(outcome.attempts.count == 1)
    let steps = try targets(try await world.record())
    #expect(steps == ["mock/m failed invalid_request", "mock/second unused -", "mock/third unused -"])
  }

  @Test func `nothing follows once a part of an answer was told`() async throws {
    let cut = Answer.reply(Answer.events(Answer.text("Hello")))
    let world = try GatewayWorld(replies: cut, Answer.whole)
    let outcome = await world.answer(call(world))
    #expect(outcome.status == .truncated)
    #expect(outcome.attempts.count == 1)
  }

  @Test(arguments: [(2, 1), (30, 2)])
  func `the call's time is that of all its attempts`(_ seconds: Int, _ attempts: Int) async throws {
    let world = try GatewayWorld(
      replies: Answer.failed("429 Slow down", headers: "retry-after: 5\r\n"), Answer.whole)
    let outcome = await world.answer(
      world.call {
        $0.retries = 1
        $0.timeouts.total = .seconds(seconds)
      })
    #expect(outcome.attempts.count == attempts)
  }

  @Test func `a target without a key is passed over`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(
      call(world) {
        $0.plan.first = $0.plan.first.changed {
          $0.keyVariables = ["MOCK_KEY"]
          $0.keyIsOptional = false
        }
      })
    #expect(outcome.status == .ok)
    #expect(outcome.attempts.map(\.model) == ["second"])
    let steps = try targets(try await world.record())
    #expect(steps == ["mock/m skipped no_key", "mock/second taken -", "mock/third unused -"])
  }

  @Test func `without any target that can be called the first one's reason counts`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(
      call(world) { call in
        call.plan.first = call.plan.first.changed {
          $0.auth = .unsupported("magic")
          $0.key = .variable("KEY")
        }
        call.plan.fallbacks = call.plan.fallbacks.map {
          $0.changed {
            $0.keyVariables = ["OTHER"]
            $0.keyIsOptional = false
          }
        }
      })
    #expect(outcome.status == .rejected)
    #expect(outcome.rejection?.kind == "no_key")
    #expect(outcome.attempts.isEmpty)
  }

  @Test func `the last target's failure is the call's`() async throws {
    let world = try GatewayWorld(
      replies: Answer.failed("503 Busy"), Answer.failed("500 Oh"), Answer.failed("404 None"))
    let outcome = await world.answer(call(world))
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .notFound)
    #expect(outcome.attempts.count == 3)
  }
}

struct Plans {
  private func catalog(_ yaml: String) throws -> Catalog {
    let settings = try Settings.parse(
      Array(yaml.utf8), file: "c.yaml", variables: { _ in nil }, nearest: { _, _ in nil })
    return Catalog(settings: settings, environment: Environment(variables: [:]))
  }

  private static let yaml = """
    providers: { mine: { dialect: openai-chat, base_url: http://h/v1 } }
    aliases: { quick: mine/a, way: fast }
    routes: { fast: { targets: [quick, nobody/none, { model: mine/b }], retries: 1 } }
    """

  @Test(arguments: ["fast", "way"])
  func `a route leads to its targets in order, without those that cannot be`(_ name: String) throws {
    let plan = try catalog(Self.yaml).plan(name)
    #expect(plan.targets.map(\.name) == ["mine/a", "mine/b"])
    #expect(plan.asked == name)
    #expect(plan.routeName == "fast")
    #expect(plan.passedOver.map(\.name) == ["nobody/none"])
  }

  @Test(arguments: [
    ("openai", nil, "openai-chat"), ("openai", DialectName.openAIResponses, "openai-responses"),
    ("openai", .anthropicMessages, "openai-chat"),
  ])
  func `the caller's own format is preferred where a provider has it`(
    _ provider: String, _ dialect: DialectName?, _ spoken: String
  ) throws {
    let own = try catalog("").resolve("\(provider)/gpt-4.1", speaking: dialect).route
    let first = try catalog("").resolve("\(provider)/gpt-4.1").route
    guard case .http(let name, _) = own, case .http(let usual, _) = first else {
      Issue.record("no route over the network")
      return
    }
    #expect(name.rawValue == (dialect == .openAIResponses ? spoken : usual.rawValue))
  }

  @Test(arguments: [
    ("routes: { fast: {} }", "routes.fast has no targets"),
    ("routes: { a/b: { targets: x } }", "has no '/'"),
    ("routes: { fast: { targets: [x], strategy: latency } }", "'latency' is not one of ordered"),
    ("routes: { fast: { targets: [{ weight: 3 }] } }", "unknown key 'weight'"),
    ("routes: { fast: { targets: [{}] } }", "has no model"),
    ("routes: { fast: { targets: x, fallbacks: [y] } }", "cannot enforce 'routes.fast.fallbacks' yet"),
    ("routes: { a: { targets: x }, b: { targets: [y, a] } }", "its target 'a' is a route itself"),
    ("aliases: { a: x/y }\nroutes: { a: { targets: x } }", "both an alias and a route"),
  ])
  func `a route that cannot be kept is refused`(_ yaml: String, _ problem: String) {
    #expect("\(yaml)") {
      try catalog(yaml)
    } throws: { error in
      (error as? SettingsError)?.description.contains(problem) == true
    }
  }
}
