// A limit for many calls together: what one may cost at worst is taken off before it is made.

/// What is left of an amount that may be spent, with the worst case of every call under way taken off.
package struct CostAllowance: Sendable {
  private var left: Picodollars

  package init(_ limit: Picodollars) { left = limit }

  /// Takes the worst case of a call off; false when there is not enough.
  package mutating func hold(_ worst: Picodollars) -> Bool {
    guard worst <= left, let rest = left.subtracting(worst) else { return false }
    left = rest
    return true
  }

  /// Gives back what a call did not cost; one whose cost is not known is taken to have cost the worst.
  package mutating func settle(_ worst: Picodollars, cost: Picodollars?) {
    guard let cost, let unused = worst.subtracting(cost) else { return }
    left = left.adding(unused) ?? left
  }
}
