import Synchronization

final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add(_ amount: Int = 1) { count.add(amount, ordering: .relaxed) }
}
