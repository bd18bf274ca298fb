// How often a person is shown something new.

/// Parts what is drawn into frames.
///
/// A drawer that waits for the next frame is given all that has come meanwhile at once: tokens that come faster than a
/// screen is renewed cost no drawing, no writing and no waking each.
struct FramePace {
  /// Text that grows 25 times a second seems to flow.
  private static let frame = Duration.milliseconds(40)
  private var next: ContinuousClock.Instant?

  /// Returns at once when the last frame is over, as before the first one; a cancelled task does not wait.
  mutating func nextFrame() async {
    if let next, ContinuousClock.now < next { try? await Task.sleep(until: next, clock: .continuous) }
    next = .now + Self.frame
  }
}
