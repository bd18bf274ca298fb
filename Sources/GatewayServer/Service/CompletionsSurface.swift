// The text completions that chat replaced, for programs that still call them.
import GatewayCore
import Wire

extension Visit {
  /// Completes a text by a chat of one message.
  func completion() async -> Ending {
    let client: ClientRequest
    let changes: [Change]
    do {
      (client, changes) = try TextCompletions.decodeRequest(request.body)
    } catch {
      return await fail(.invalidRequest, error.clientMessage)
    }
    let plan: Plan
    do {
      plan = try await generation.plan(client.request.model, for: .chat, speaking: nil)
    } catch {
      return await fail(.notFound, error.message)
    }
    var made = Call(client.request, to: plan, origin: .server)
    made.changes = changes
    if let problem = attribute(&made) { return await fail(.invalidRequest, problem) }
    let call = Kept(made)
    let createdAt = Int(runtime.now().seconds)
    let heading = { @Sendable (id: String) in ReplyHeading(id: id, answering: client, createdAt: createdAt) }
    return client.request.streams ? await streamText(call, heading) : await wholeText(call, heading)
  }

  private func wholeText(_ call: Kept<Call>, _ heading: (_ id: String) -> ReplyHeading) async -> Ending {
    var outcome = await gateway.answer(call) { _ in }
    guard outcome.value.isAnswered else { return await fail(outcome, call) }
    let encoded = TextCompletions.encodeReply(
      outcome.value.pricedReply, under: heading(outcome.value.id))
    var told = outcome.value
    told.changes += encoded.changes
    outcome = Kept(told)
    return await answer(200, encoded.body, outcome.value.headers).with(outcome, call)
  }

  private func streamText(_ call: Kept<Call>, _ heading: @escaping (_ id: String) -> ReplyHeading) async -> Ending {
    let opening = StreamOpening(writer, isArray: false, generation.settings, commonHeaders)
    await opening.begin()
    var encoder = TextCompletions.makeStreamEncoder(under: heading(""))
    let outcome = await gateway.answer(
      call, hasGoneOut: { opening.hasNamed },
      to: { event in
        switch event {
        case .answering(let head):
          encoder = TextCompletions.makeStreamEncoder(under: heading(head.id))
          try await opening.name(head)
        case .chat(let events):
          var bytes: [UInt8] = []
          // A failure is told when it is the last word: another attempt may do better.
          encoder.encode(events.filter { !$0.isFailure }, into: &bytes)
          if !bytes.isEmpty { try await opening.write(bytes) }
        case .bytes, .retrying, .movingOn: break
        }
      })
    return await end(outcome, call) {
      var bytes: [UInt8] = []
      if let failure = outcome.value.toldFailure {
        encoder.encode([.failed(failure)], into: &bytes)
      } else {
        if let usage = outcome.value.pricedReply.usage { encoder.encode([.usage(usage)], into: &bytes) }
        encoder.finish(into: &bytes)
      }
      return bytes
    }
  }
}

extension ChatEvent {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}

extension Outcome {
  /// The reply with what the call cost.
  fileprivate var pricedReply: ChatReply {
    var reply = reply
    reply.usage?.reportedCost = cost.amount?.count
    return reply
  }
}
