// Where the figures of a benchmark go: the terminal, files, the ledger.

import Benchmarking
package import CommandLineKit
import GatewayCore
import Wire

/// How the results of a benchmark are wanted.
package struct BenchResultOptions: Sendable, Equatable {
  package var json = false
  package var csv: String?
  package var html: String?

  package init() {}

  package static let flags: [Flag<BenchResultOptions>] = [
    .toggle("json", "Print one JSON object.") { $0.json = true },
    .takes("csv", "FILE", "Write a row for each request to a file, too.") { $0.csv = $1 },
    .takes("html", "FILE", "Write a page with charts to a file, too.") { $0.html = $1 },
  ]
}

/// The files that were asked for, opened before anything is sent: a mistyped path costs nothing.
struct BenchResultFiles: Sendable {
  private let csv: OutputFile?
  private let html: OutputFile?

  init(_ options: BenchResultOptions, id: String) throws(CommandFailure) {
    var opened: [OutputFile?] = []
    for path in [options.csv, options.html] {
      guard let path else {
        opened.append(nil)
        continue
      }
      opened.append(try OutputFile(path: path, id: id))
    }
    (csv, html) = (opened[0], opened[1])
  }

  func write(_ summary: RunSummary) throws {
    if let csv {
      let table = Table(SampleTable.columns.map { .text($0) }, rows: SampleTable.rows(summary.run))
      try csv.stream.write(table.csv)
      try csv.commit()
    }
    if let html {
      try html.stream.write(HTMLReport.page(summary))
      try html.commit()
    }
  }
}

extension Objective {
  /// What `--slo` takes.
  static func typed(_ text: String) throws(UsageError) -> [Objective] {
    do throws(UnreadableText) {
      return try list(text)
    } catch {
      throw UsageError("'--slo \(text)': \(error.problem)", advice: error.advice)
    }
  }
}

extension Invocation {
  /// Prints a run, and writes the files that were asked for.
  func deliver(_ run: RunRecord, _ options: BenchResultOptions, to files: BenchResultFiles) throws {
    let summary = RunSummary(run)
    try files.write(summary)
    if options.json { return try terminal.stdout.write(summary.json.indentedText + "\n") }
    try showPaged(BenchReport(summary, on: terminal).text)
  }

  // MARK: Keeping

  /// Keeps a run beside the books.
  func keep(_ run: RunRecord) throws(CommandFailure) {
    _ = try reading { (reader) throws(LedgerFailure) in try reader.keep(BenchmarkRow(run)) }
  }

  /// The run of that id, or the one whose id begins so.
  func findRun(_ id: String) throws(CommandFailure) -> RunRecord {
    // Ids are written in capitals.
    let match = try reading { (reader) throws(LedgerFailure) in
      let asTyped = try reader.findBenchmark(id)
      return asTyped == .none ? try reader.findBenchmark(id.uppercased()) : asTyped
    }
    switch match {
    case .one(let row): return try row.readRun()
    case .several(let ids):
      let some = ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? ", ..." : "")
      throw CommandFailure(
        .general, "'\(id)': more than one run has an id that begins so (\(some))", advice: "Type more of it.")
    case nil, .some(.none):
      throw CommandFailure(.general, "'\(id)': no run has that id", advice: "llmgw bench list has them.")
    }
  }
}

extension BenchmarkRow {
  /// The run, or the failure of a row that a later version wrote.
  func readRun() throws(CommandFailure) -> RunRecord {
    do throws(DamagedSamples) {
      return try run()
    } catch {
      throw CommandFailure(.general, "run \(id): what was kept of it cannot be read")
    }
  }
}
