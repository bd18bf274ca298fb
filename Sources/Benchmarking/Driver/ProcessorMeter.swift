// What the program itself takes of the machine's processors.

import Glibc

/// CPU time of the process and of its busiest thread, in microseconds.
package struct ProcessorMeter: Sendable {
  private var process: Int64 = 0
  /// By thread.
  private var threads: [Int: Int64] = [:]

  private init() {}

  /// What was used up to now.
  package static func now() -> ProcessorMeter {
    var meter = ProcessorMeter()
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      meter.process = usage.ru_utime.microseconds + usage.ru_stime.microseconds
    }
    meter.threads = threadTimes()
    return meter
  }

  /// CPU time of the process since `earlier`.
  package func microseconds(since earlier: ProcessorMeter) -> Int64 { process - earlier.process }

  /// CPU time since `earlier` of the thread that used the most.
  package func busiestThread(since earlier: ProcessorMeter) -> Int64 {
    threads.map { $0.value - earlier.threads[$0.key, default: 0] }.max() ?? 0
  }

  /// Empty where the system does not tell.
  private static func threadTimes() -> [Int: Int64] {
    guard let folder = opendir("/proc/self/task") else { return [:] }
    defer { closedir(folder) }
    var times: [Int: Int64] = [:]
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let thread = Int(name) { times[thread] = time(ofThread: name) }
    }
    return times
  }

  /// `schedstat` begins with nanoseconds on a processor.
  private static func time(ofThread name: String) -> Int64? {
    let file = open("/proc/self/task/\(name)/schedstat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return Int64(String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)).map { $0 / 1_000 }
  }
}

extension timeval {
  fileprivate var microseconds: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_usec) }
}
