// Several models behind one name.

/// `routes.NAME` of the config.
package struct Route: Sendable, Equatable {
  package enum Strategy: String, Sendable, CaseIterable {
    /// The first target that answers, in the order of the config.
    case ordered
  }

  package var name: String
  package var strategy = Strategy.ordered
  /// Names of models or aliases, in the order in which they are tried; never none.
  package var targets: [String]
  /// How often the same target is tried again before the next one is, where waiting may help.
  package var retries = 0

  package init(name: String, targets: [String]) {
    self.name = name
    self.targets = targets
  }
}
