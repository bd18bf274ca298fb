// How many files and sockets the process may have open.
import Glibc

/// The limit on open descriptors (`RLIMIT_NOFILE`).
package enum DescriptorLimit {
  /// More than any server here has use for: some systems allow a billion, and programs that it starts may close each.
  private static let enough = 1 << 16
  /// For the calls to providers, the ledger, and connections that are told that there are too many.
  private static let spared = 256

  /// Raises the soft limit as far as the hard one allows; returns what it is now.
  ///
  /// To be called once, before anything that may have many descriptors begins.
  @discardableResult
  package static func raise() -> Int {
    guard var limit = current else { return .max }
    let wanted = min(rlim_t(enough), limit.rlim_max)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = wanted
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return current.map { Int(clamping: $0.rlim_cur) } ?? .max
  }

  /// How many connections there are descriptors for, with some left for everything else.
  static var connections: Int {
    guard let limit = current else { return .max }
    return max(1, Int(clamping: limit.rlim_cur) - spared)
  }

  private static var current: rlimit? {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
  }
}
