// Whether the load generator kept up: what makes a result invalid.

import Glibc

extension RunRecord.DriverReport {
  /// A thread, or the whole process, that is busy for more than this share of the time was what was measured.
  package static let mostBusy = 0.9

  /// `elapsed` is in microseconds, and `used` what the run took of the processors.
  package init(
    _ overhead: DriverOverhead, samples: [Sample], elapsed: Int64, used: (process: Int64, busiestThread: Int64),
    processors: Int
  ) {
    self.init()
    overheadMedian = overhead.median
    overheadP99 = overhead.p99
    cpuMicroseconds = used.process
    slip = Slip.share(of: samples)
    let time = Double(max(elapsed, 1))
    let busy = max(
      Double(used.busiestThread) / time, Double(used.process) / time / Double(max(processors, 1)))
    if slip > Slip.mostLate {
      let late = Slip.tolerance / 1_000
      invalid =
        "\(Self.percent(slip)) of the requests left more than \(late) ms late: the load was not what was asked for"
    } else if busy > Self.mostBusy {
      invalid = "the load generator itself was busy \(Self.percent(busy)) of the time: it measured this machine"
    }
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }
}

extension RunRecord.Environment {
  /// This machine, running that version of the program.
  package static func current(version: String) -> RunRecord.Environment {
    var name = utsname()
    uname(&name)
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let system = "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
    return RunRecord.Environment(
      version: version, system: system, processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}
