// Calls that were opened in the batch that is being written. Many have ended in it too: each is then one row, written
// once and whole.

/// One call of the batch, as far as the batch tells it.
struct FreshCall {
  struct Attempt {
    let opening: AttemptOpening
    var end: AttemptClosing?
  }

  let opening: OperationOpening
  var attempts: [Attempt] = []
  var end: OperationClosing?

  init(_ opening: OperationOpening) { self.opening = opening }
}

/// The calls of the batch in the order in which they were opened.
struct FreshCalls {
  private var all: [FreshCall] = []
  private var indices: [String: Int] = [:]

  /// Of two that take one id the second fails when it is written.
  mutating func open(_ opening: OperationOpening) {
    indices[opening.id] = all.count
    all.append(FreshCall(opening))
  }

  /// Changes the call of that id; `nil` when it was not opened in this batch, else what `change` says.
  mutating func change(_ id: String, _ change: (inout FreshCall) -> Bool) -> Bool? {
    // What is told in a row is mostly of one call.
    if let last = all.indices.last, all[last].opening.id == id { return change(&all[last]) }
    guard let index = indices[id] else { return nil }
    return change(&all[index])
  }

  mutating func takeAll() -> [FreshCall] {
    indices.removeAll(keepingCapacity: true)
    defer { all = [] }
    return all
  }
}

extension FreshCall {
  // Each is false when what it is about is not open.

  mutating func open(_ attempt: AttemptOpening) -> Bool {
    guard end == nil else { return false }
    attempts.append(Attempt(opening: attempt))
    return true
  }

  mutating func close(attempt number: Int, _ closing: AttemptClosing) -> Bool {
    guard let index = attempts.firstIndex(where: { $0.opening.id.number == number && $0.end == nil }) else {
      return false
    }
    attempts[index].end = closing
    return true
  }

  mutating func close(_ closing: OperationClosing) -> Bool {
    guard end == nil else { return false }
    end = closing
    return true
  }
}
