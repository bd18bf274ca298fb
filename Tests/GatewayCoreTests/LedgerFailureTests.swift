// A ledger that cannot be written says why, in one line, and crashes nobody.
import Glibc
import Testing

@testable import GatewayCore

struct LedgerFailureTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private let quick = LedgerSettings(patience: .milliseconds(50))

  private func begin() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1"))
    await ledger.close()
  }

  private func failureOnOpening(_ settings: LedgerSettings = LedgerSettings()) -> LedgerFailure? {
    do throws(LedgerFailure) {
      _ = try Ledger(scratch.files, settings: settings, now: mondayNoon)
      return nil
    } catch {
      return error
    }
  }

  @Test func `directories are 0700 and files 0600`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1"))
    for (path, mode) in [
      ("data", 0o700), ("data/running", 0o700), ("data/ledger.db", 0o600), ("data/ledger.db-wal", 0o600),
      ("data/ledger.db-shm", 0o600), ("data/ledger.lock", 0o600),
    ] {
      var status = stat()
      #expect(stat(scratch.path + "/" + path, &status) == 0)
      #expect(status.st_mode & 0o777 == mode_t(mode), "\(path)")
    }
    await ledger.close()
  }

  @Test func `a ledger of a later version is refused and left as it is`() async throws {
    try await begin()
    try scratch.reader().database.execute("PRAGMA user_version = 99", "pretend")
    #expect(failureOnOpening()?.kind == .newerSchema)
    #expect(
      await failure { () throws(LedgerFailure) in try LedgerReader(scratch.files, now: mondayNoon) } == .newerSchema)
    let database = try Database(path: scratch.files.database, access: .readOnly, busyMilliseconds: 0)
    #expect(try database.int("PRAGMA user_version", [], "look") == 99)
  }

  @Test func `a file that is no database is refused and left as it is`() throws {
    try scratch.files.create()
    let bytes = Array("this is not a database, it is a letter to my aunt".utf8) + Array(repeating: 65, count: 4_096)
    let descriptor = open(scratch.files.database, O_WRONLY)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    #expect(failureOnOpening()?.kind == .corrupt)
  }

  @Test func `a ledger that another holds is waited for, then reported as locked`() async throws {
    let ledger = try scratch.ledger(quick)
    guard let other = FileLock(path: scratch.files.lock) else {
      Issue.record("no lock file")
      return
    }
    let isHeld = other.tryLock()
    #expect(isHeld)
    #expect(await failure { () throws(LedgerFailure) in try await ledger.record(call("op-1")) } == .locked)
    other.unlock()
    try await ledger.record(call("op-1"))
    #expect(try scratch.spend().total.calls == 1)
    await ledger.close()
  }

  @Test func `a stranger's write lock on the file is reported as locked too`() async throws {
    try await begin()
    let stranger = try Database(path: scratch.files.database, access: .readWrite, busyMilliseconds: 0)
    try stranger.execute("BEGIN IMMEDIATE", "hold")
    let second = try Database(path: scratch.files.database, access: .readWrite, busyMilliseconds: 0)
    #expect(await failure { () throws(LedgerFailure) in try second.transaction("try") {} } == .locked)
    try stranger.execute("COMMIT", "let go")
  }

  @Test func `a full disk is reported as full, and the books are whole when there is space again`() throws {
    let lock = try lockAfterCreating()
    let database = try Database(writing: scratch.files, settings: LedgerSettings(), under: lock, now: mondayNoon)
    let pages = try #require(try database.int("PRAGMA page_count", [], "look"))
    try database.execute("PRAGMA max_page_count = \(pages + 8)", "fill the disk")
    let bookkeeper = Bookkeeper(database: database, process: ProcessMark(number: 1), keepsContents: true)
    let text = String(repeating: "x", count: 200_000)
    let entries = call("op-1") { $0.prompt = text }
    do throws(LedgerFailure) {
      try database.transaction("book") { () throws(LedgerFailure) in
        for entry in entries { try bookkeeper.write(entry) }
        try bookkeeper.finish()
      }
      Issue.record("it fitted")
    } catch {
      #expect(error.kind == .full)
      bookkeeper.forget()
    }
    try database.execute("PRAGMA max_page_count = 1000000", "make space")
    #expect(try database.int("SELECT count(*) FROM operations", [], "look") == 0)
    try database.transaction("book") { () throws(LedgerFailure) in
      for entry in entries { try bookkeeper.write(entry) }
      try bookkeeper.finish()
    }
    #expect(try scratch.find("op-1")?.prompt == text)
  }

  @Test func `callers of a full ledger are told, and it books again when there is space`() async throws {
    let lock = try lockAfterCreating()
    let database = try Database(writing: scratch.files, settings: LedgerSettings(), under: lock, now: mondayNoon)
    let pages = try #require(try database.int("PRAGMA page_count", [], "look"))
    try database.execute("PRAGMA max_page_count = \(pages + 20)", "fill the disk")
    let ledger = try Ledger(
      scratch.files, database, under: lock, as: try RunningProcess(in: scratch.files), settings: LedgerSettings(),
      now: mondayNoon)
    let text = String(repeating: "x", count: 100_000)
    let kinds = await withTaskGroup(of: LedgerFailure.Kind?.self) { group in
      for index in 0..<8 {
        group.addTask {
          await failure { () throws(LedgerFailure) in
            try await ledger.record(call("big-\(index)") { $0.prompt = text })
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(kinds == Array(repeating: .full, count: 8))
    try await ledger.record(call("small"))
    #expect(try scratch.spend().total.calls == 1)
    await ledger.close()
  }

  @Test func `a directory that may not be written to is reported, not crashed on`() throws {
    // Root may write anywhere: a file where the directory should be stands in its way too.
    let file = open(scratch.path + "/data", O_CREAT | O_WRONLY, 0o600)
    close(file)
    defer { unlink(scratch.path + "/data") }
    let kind = failureOnOpening()?.kind
    #expect(kind == .other || kind == .permission)
  }

  @Test func `a ledger that may only be read is still read`() async throws {
    try await begin()
    let database = try Database(reading: scratch.files)
    #expect(await failure { () throws(LedgerFailure) in try database.transaction("write") {} } == nil)
    #expect(
      await failure { () throws(LedgerFailure) in try database.run("DELETE FROM operations", [], "write") } == .readOnly
    )
    var scan = SpendScan(SpendQuery(by: [], calendar: .utc))
    #expect(try scan.run(database).total.calls == 1)
  }

  @Test(arguments: [(0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0x0102_1997, "9P")])
  func `a network file system is refused by name`(_ magic: Int, _ name: String) async {
    do throws(LedgerFailure) {
      try LedgerFiles.refuseNetwork(fileSystem: magic)
      Issue.record("it was let through")
    } catch {
      #expect(error.kind == .networkFileSystem)
      #expect(error.description.contains(name))
    }
  }

  @Test(arguments: [0xef53, 0x0102_1994, 0x5846_5342, 0x9123_683e, 0x794c_7630, -1])
  func `local file systems are not`(_ magic: Int) {
    #expect(throws: Never.self) { try LedgerFiles.refuseNetwork(fileSystem: magic) }
  }

  @Test func `a failure is one line that says what was being done, what happened and what to do`() {
    let failure = LedgerFailure(.full, "book a call", "the disk is full", code: 13)
    #expect(failure.description == "book a call: the disk is full (SQLite 13). Free some space.")
    for kind in LedgerFailure.Kind.allCases {
      #expect(!LedgerFailure(kind, "book a call", "it broke").description.contains("\n"))
    }
  }

  @Test func `a failing statement tells no value`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("sk-secret-id"))
    do throws(LedgerFailure) {
      try await ledger.record(call("sk-secret-id"))
      Issue.record("the id was taken twice")
    } catch {
      #expect(!error.description.contains("secret"))
      #expect(error.code == 2067)  // SQLITE_CONSTRAINT_UNIQUE
    }
    await ledger.close()
  }

  private func lockAfterCreating() throws -> WriteLock {
    try scratch.files.create()
    return try WriteLock(path: scratch.files.lock, patience: .seconds(1))
  }
}

struct LedgerMigrationTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func `names of migrations are unique and recorded in order`() async throws {
    let ledger = try scratch.ledger()
    await ledger.close()
    let rows = try scratch.reader().database.rows("SELECT name, applied_us FROM migrations ORDER BY rowid", [], "look")
    {
      ($0.text(0), $0.int(1))
    }
    #expect(rows.map(\.0) == Migration.all.map(\.name))
    #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
    #expect(rows.allSatisfy { $0.1 == mondayNoon.microseconds })
  }

  @Test func `a migration that fails leaves the schema before it`() throws {
    try scratch.files.create()
    let database = try Database(path: scratch.files.database, access: .readWrite, busyMilliseconds: 0)
    let broken = Migration(name: "broken", sql: "CREATE TABLE half (x); CREATE TABLE half (x);")
    #expect(throws: LedgerFailure.self) { try database.migrate(at: mondayNoon, [broken]) }
    #expect(try database.schemaVersion() == 0)
    #expect(try database.int("SELECT count(*) FROM sqlite_schema", [], "look") == 0)
  }

  @Test func `32 that open a new ledger at once all find it ready`() async throws {
    let scratch = scratch
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<32 {
        group.addTask {
          do {
            let ledger = try scratch.ledger()
            await ledger.close()
          } catch {
            Issue.record(error)
          }
        }
      }
    }
    let count = try scratch.reader().database.int("SELECT count(*) FROM migrations", [], "look")
    #expect(count == Int64(Migration.all.count))
  }
}
