// Books for calls that nobody wants to find later: those by which the driver measures itself.

import GatewayCore
import Glibc

/// A ledger in a folder of its own, to be removed.
struct ScratchLedger: Sendable {
  let ledger: Ledger
  private let folder: String

  /// In `parent`, or in /tmp.
  init(in parent: String?, now: Timestamp) throws(CommandFailure) {
    var template = Array("\(parent.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp")/llmgw-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(.general, "bench: a folder for the driver's own books: \(errorText(errno))")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(LedgerFailure) {
      ledger = try Ledger(
        LedgerFiles(directory: folder), settings: LedgerSettings(keepsContents: false, usesJournal: true), now: now)
    } catch {
      Self.remove(folder)
      throw CommandFailure(ledger: error)
    }
  }

  /// To be called when the ledger is closed.
  func remove() { Self.remove(folder) }

  /// The files of a ledger lie in its folder and in folders right below it.
  private static func remove(_ folder: String) {
    for name in names(in: folder) {
      let path = "\(folder)/\(name)"
      if unlink(path) == 0 { continue }
      for inner in names(in: path) { unlink("\(path)/\(inner)") }
      rmdir(path)
    }
    rmdir(folder)
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
