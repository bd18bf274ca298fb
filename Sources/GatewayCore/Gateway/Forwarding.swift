// A client and a provider that speak the same format: the bytes go through as they are, and are read for the books.

import Wire

extension Gateway {
  /// Forwards an answer that has begun well.
  func forward<Format: ServedDialect>(
    _ format: Format.Type, _ response: HTTPResponse, _ prepared: PreparedCall, _ run: AttemptRun,
    _ relay: AnswerRelay
  ) async throws {
    if response.isEventStream, !prepared.request.streams {
      try await decode(format, response, prepared, run, relay)
    } else if response.isEventStream {
      try await forwardStream(format, response, prepared, run, relay)
    } else {
      // A stream that was asked for and did not come is made of the whole answer.
      run.body = try await decodeWhole(response, format, run, relay) { body throws(WireError) in
        if !prepared.request.streams, let plain = format.readPlainReply(body, quirks: prepared.quirks) { return plain }
        return try format.decodeReply(body, quirks: prepared.quirks)
      }
    }
  }

  private func forwardStream<Format: ServedDialect>(
    _ format: Format.Type, _ response: HTTPResponse, _ prepared: PreparedCall, _ run: AttemptRun,
    _ relay: AnswerRelay
  ) async throws {
    var stream = ForwardedStream<Format>(prepared.readsEverything ? .everything : .books, quirks: prepared.quirks)
    var pieces: [ForwardedStream<Format>.Piece] = []
    var events: [ChatEvent] = []
    do {
      for try await bytes in response.body {
        pieces.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        var problem: WireError?
        do {
          try stream.read(bytes, into: &pieces, events: &events)
        } catch {
          problem = error
        }
        run.unreadPieces = stream.unreadFrames
        try await relay.forward(pieces, events, run)
        if let problem { throw problem }
      }
    } catch let failure as TransportFailure where failure.kind == .cut && stream.isComplete {
      // Some servers drop the connection right after the last event.
    } catch {
      events.removeAll()
      try? stream.readLast(into: &events)
      try? await relay.forward([ForwardedStream<Format>.Piece](), events, run)
      throw error
    }
    pieces.removeAll()
    events.removeAll()
    try stream.finish(into: &pieces, events: &events)
    try await relay.forward(pieces, events, run)
    run.isComplete = stream.isComplete
  }
}
