// What callers hand to a thread that writes, and how it waits for it.
import Glibc

/// Units of work for one thread.
///
/// Bounded by its limit, or by the number of callers when each waits for its own.
///
/// `@unchecked Sendable`: `units` and `isClosed` are only touched with `mutex` locked.
package final class Inbox<Unit: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var units: [Unit] = []
  private var isClosed = false
  /// Somebody waits for what is in it.
  private var isUrgent = false
  private let limit: Int
  /// How long what is not urgent may lie, in nanoseconds; under a second.
  private let patience: Int
  /// So many units do not wait any longer.
  private let enough: Int

  package init(limit: Int = .max, patience: Int = 5_000_000, enough: Int = 512) {
    self.limit = limit
    self.enough = enough
    self.patience = min(max(patience, 0), 999_999_999)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(filled, nil)
  }

  deinit {
    pthread_cond_destroy(filled)
    pthread_mutex_destroy(mutex)
    filled.deallocate()
    mutex.deallocate()
  }

  /// Units that wait.
  package var count: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return units.count
  }

  /// Whether what lies in it may lie on: nobody waits for it, and it has not piled up.
  package var mayLie: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return !isUrgent && !isClosed && units.count < 4 * enough
  }

  /// Hands over `unit`; false, and the unit stays with the caller, when the inbox is closed or full.
  ///
  /// What is not urgent may lie for `patience`, so that it is taken together with what comes after it.
  package func put(_ unit: Unit, isUrgent: Bool = true) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isClosed, units.count < limit else { return false }
    units.append(unit)
    if units.count == 1 || isUrgent && !self.isUrgent || units.count == enough { pthread_cond_signal(filled) }
    if isUrgent { self.isUrgent = true }
    return true
  }

  /// Nothing is taken in any more; what is in there is still handed out.
  package func close() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isClosed = true
    pthread_cond_broadcast(filled)
  }

  /// Waits for work and takes all there is; `nil` once the inbox is closed and empty.
  ///
  /// For one thread.
  package func takeAll() -> [Unit]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while units.isEmpty, !isClosed { pthread_cond_wait(filled, mutex) }
    guard !units.isEmpty else { return nil }
    if !isUrgent { waitForMore() }
    isUrgent = false
    let taken = units
    units = []
    return taken
  }

  /// With the mutex locked.
  private func waitForMore() {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_nsec += patience
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_nsec -= 1_000_000_000
      deadline.tv_sec += 1
    }
    while !isUrgent, !isClosed, units.count < enough {
      guard pthread_cond_timedwait(filled, mutex, &deadline) == 0 else { return }
    }
  }
}
