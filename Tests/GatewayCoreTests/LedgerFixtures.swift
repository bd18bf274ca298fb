// Ledgers in scratch directories, and entries to write into them.
import Glibc
import Testing
import Wire

@testable import GatewayCore

/// A directory of its own, removed with all that is in it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/llmgw-tests-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    path = String(cString: try #require(made))
  }

  deinit {
    for name in names(in: "/data") { unlink("\(path)/data/\(name)") }
    for mark in marks { unlink("\(path)/data/running/\(mark)") }
    for directory in ["/data/running", "/data", ""] { rmdir(path + directory) }
  }

  var files: LedgerFiles { LedgerFiles(directory: path + "/data") }

  /// Files in `running/`.
  var marks: [String] { names(in: "/data/running") }

  /// What lies in a folder of the directory.
  func names(in folder: String) -> [String] {
    guard let directory = opendir(path + folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  func ledger(_ settings: LedgerSettings = LedgerSettings()) throws -> Ledger {
    try Ledger(files, settings: settings, now: mondayNoon)
  }

  func reader() throws -> LedgerReader { try #require(try LedgerReader(files, now: mondayNoon)) }

  func find(_ id: String) throws -> OperationRecord? {
    if case .one(let record) = try reader().find(id) { record } else { nil }
  }

  func spend(
    _ by: String..., since: Timestamp? = nil, until: Timestamp? = nil, calendar: ReportCalendar = .utc
  ) throws -> SpendReport {
    let dimensions = try by.map { try #require(SpendDimension($0)) }
    return try reader().spend(SpendQuery(by: dimensions, since: since, until: until, calendar: calendar))
  }
}

func opening(_ id: String, at moment: Timestamp = mondayNoon, model: String = "m") -> OperationOpening {
  OperationOpening(id: id, startedAt: moment, origin: .cli, modelAsked: model)
}

func attempt(
  _ id: String, _ number: Int = 1, _ cause: AttemptOpening.Cause = .primary, at moment: Timestamp = mondayNoon,
  model: String = "m", provider: String = "p"
) -> AttemptOpening {
  AttemptOpening(
    operationID: id, number: number, cause: cause, startedAt: moment, provider: provider, model: model, streams: true)
}

/// The end of an attempt that cost so many US dollars; `nil` is unpriced.
func ending(_ dollars: String?, _ usage: Usage = Usage(input: 10, output: 5), _ status: CallStatus = .ok)
  -> AttemptClosing
{
  let cost = dollars.flatMap { Picodollars(dollars: $0) }.map { Cost(amount: $0, source: .computed) } ?? .unpriced
  return AttemptClosing(endedAt: mondayNoon.later(seconds: 1), status: status, usage: usage, cost: cost)
}

func end(_ status: CallStatus = .ok) -> OperationClosing {
  OperationClosing(endedAt: mondayNoon.later(seconds: 1), status: status)
}

/// A whole call of one attempt.
func call(
  _ id: String, at moment: Timestamp = mondayNoon, model: String = "m", provider: String = "p",
  costs dollars: String? = "0.001", status: CallStatus = .ok, change: (inout OperationOpening) -> Void = { _ in }
) -> [LedgerEntry] {
  var operation = opening(id, at: moment, model: model)
  change(&operation)
  return [
    .openOperation(operation), .openAttempt(attempt(id, at: moment, model: model, provider: provider)),
    .closeAttempt(AttemptID(operationID: id, number: 1), ending(dollars, status: status)),
    .closeOperation(id: id, end(status)),
  ]
}

private func ending(_ dollars: String?, status: CallStatus) -> AttemptClosing {
  ending(dollars, Usage(input: 10, output: 5), status)
}

extension Timestamp {
  func later(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }
}

/// The failure that `body` ends with.
func failure<Result>(of body: () async throws(LedgerFailure) -> Result) async -> LedgerFailure.Kind? {
  do throws(LedgerFailure) {
    _ = try await body()
    return nil
  } catch {
    return error.kind
  }
}

extension Scratch {
  /// The bytes of a file in the data directory, as text; for when no connection of this process is open.
  func contents(of name: String) -> String {
    let descriptor = open(path + "/data/" + name, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
