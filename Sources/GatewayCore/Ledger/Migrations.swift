// The ledger's tables, as they came to be. Append only: what has shipped is never edited.

/// One step from a schema to the next.
struct Migration: Sendable {
  let name: String
  let sql: String

  static let all = [
    m001Books, m002Contents, m003Kinds, m004Queries, m005Decisions, m006Access, m007LoggedContents, m008Conversations,
    m009SearchedMessages, m010Benchmarks,
  ]

  /// `names` holds every word that repeats (models, projects, users, lists of changes, ...), so that rows stay small and a
  /// report compares numbers.
  ///
  /// `process` is the number of a mark in `running/`. Attempts lie beside each other in the order of their operations:
  /// reports read both tables once from end to end and need no index.
  private static let m001Books = Migration(
    name: "001 books",
    sql: """
      CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        text TEXT NOT NULL UNIQUE
      );
      CREATE TABLE prices (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        card TEXT NOT NULL UNIQUE,
        first_used_us INTEGER NOT NULL
      );
      CREATE TABLE operations (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        origin TEXT NOT NULL,
        started_us INTEGER NOT NULL,
        ended_us INTEGER,
        process INTEGER NOT NULL,
        model_asked INTEGER NOT NULL REFERENCES names(id),
        provider INTEGER REFERENCES names(id),
        model INTEGER REFERENCES names(id),
        key INTEGER REFERENCES names(id),
        user INTEGER REFERENCES names(id),
        project INTEGER REFERENCES names(id),
        session INTEGER REFERENCES names(id),
        route INTEGER REFERENCES names(id),
        dialect_in INTEGER REFERENCES names(id),
        exit_code INTEGER,
        failure_kind TEXT,
        failure TEXT,
        saved_pusd INTEGER
      );
      CREATE INDEX open_operations ON operations(process) WHERE status = 'open';
      CREATE TABLE attempts (
        operation INTEGER NOT NULL REFERENCES operations(seq),
        number INTEGER NOT NULL,
        status TEXT NOT NULL,
        started_us INTEGER NOT NULL,
        provider INTEGER NOT NULL REFERENCES names(id),
        model INTEGER NOT NULL REFERENCES names(id),
        cost_source TEXT,
        cost_pusd INTEGER,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cache_read_tokens INTEGER,
        cache_write_tokens INTEGER,
        reasoning_tokens INTEGER,
        cause TEXT NOT NULL,
        ended_us INTEGER,
        streams INTEGER NOT NULL,
        price INTEGER REFERENCES prices(seq),
        estimated_input_tokens INTEGER,
        estimated_pusd INTEGER,
        computed_pusd INTEGER,
        usage_estimated INTEGER NOT NULL DEFAULT 0,
        cache_write_1h_tokens INTEGER,
        audio_input_tokens INTEGER,
        audio_output_tokens INTEGER,
        image_input_tokens INTEGER,
        image_output_tokens INTEGER,
        searches INTEGER,
        service_tier TEXT,
        first_byte_us INTEGER,
        first_token_us INTEGER,
        http_status INTEGER,
        model_reported INTEGER REFERENCES names(id),
        request_id TEXT,
        finish_reason TEXT,
        failure_kind TEXT,
        failure TEXT,
        changes INTEGER REFERENCES names(id),
        PRIMARY KEY (operation, number)
      ) WITHOUT ROWID;
      CREATE TABLE tags (
        operation INTEGER NOT NULL REFERENCES operations(seq),
        key INTEGER NOT NULL REFERENCES names(id),
        value INTEGER NOT NULL REFERENCES names(id),
        PRIMARY KEY (operation, key)
      ) WITHOUT ROWID;
      """)

  /// Prompts and replies, apart.
  ///
  /// A row is never changed, so what is new since the last search is what has a higher `seq`: words are indexed when
  /// someone searches, not while a call waits.
  private static let m002Contents = Migration(
    name: "002 contents",
    sql: """
      CREATE TABLE contents (
        seq INTEGER PRIMARY KEY,
        operation INTEGER NOT NULL REFERENCES operations(seq),
        part TEXT NOT NULL,
        text TEXT NOT NULL
      );
      CREATE INDEX contents_of_operation ON contents(operation);
      CREATE TABLE upkeep (
        indexed_up_to INTEGER NOT NULL,
        pruned_us INTEGER NOT NULL
      );
      INSERT INTO upkeep VALUES (0, 0);
      """)
}

extension Migration {
  /// Before this there were only chats.
  fileprivate static let m003Kinds = Migration(
    name: "003 kinds", sql: "ALTER TABLE operations ADD COLUMN kind TEXT NOT NULL DEFAULT 'chat'")

  /// What rankings are paid for.
  fileprivate static let m004Queries = Migration(
    name: "004 queries", sql: "ALTER TABLE attempts ADD COLUMN queries INTEGER")

  /// Why a call went where it went, and for whom a server made it.
  fileprivate static let m005Decisions = Migration(
    name: "005 decisions",
    sql: """
      ALTER TABLE operations ADD COLUMN decision INTEGER REFERENCES names(id);
      ALTER TABLE operations ADD COLUMN team INTEGER REFERENCES names(id);
      ALTER TABLE operations ADD COLUMN client INTEGER REFERENCES names(id);
      """)

  /// Virtual keys and their teams; lists are JSON, digests Base64.
  ///
  /// `access.generation` grows with every change, so that a running server notices.
  fileprivate static let m006Access = Migration(
    name: "006 access",
    sql: """
      CREATE TABLE teams (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created_us INTEGER NOT NULL,
        models TEXT NOT NULL,
        requests_per_minute INTEGER,
        tokens_per_minute INTEGER,
        parallel INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE access_keys (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        hint TEXT NOT NULL,
        former_digest TEXT UNIQUE,
        former_until_us INTEGER,
        team TEXT REFERENCES teams(id),
        owner TEXT,
        project TEXT,
        tags TEXT NOT NULL,
        created_us INTEGER NOT NULL,
        expires_us INTEGER,
        revoked_us INTEGER,
        models TEXT NOT NULL,
        surfaces TEXT NOT NULL,
        addresses TEXT NOT NULL,
        requests_per_minute INTEGER,
        tokens_per_minute INTEGER,
        parallel INTEGER,
        metadata TEXT NOT NULL,
        is_admin INTEGER NOT NULL,
        allows_contents INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX access_keys_of_team ON access_keys(team);
      CREATE TABLE access (generation INTEGER NOT NULL);
      INSERT INTO access VALUES (0);
      """)

  /// Keys whose prompts and answers may stand in a server's log.
  fileprivate static let m007LoggedContents = Migration(
    name: "007 logged contents",
    sql: "ALTER TABLE access_keys ADD COLUMN logs_contents INTEGER NOT NULL DEFAULT 0")

  /// Conversations: each message names the one before it, so that a branch that was left stays.
  ///
  /// `body` is JSON with all that a provider needs to go on, `text` what a person reads and searches. Where two
  /// conversations share a beginning, it stands in the session that wrote it.
  fileprivate static let m008Conversations = Migration(
    name: "008 conversations",
    sql: """
      CREATE TABLE sessions (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT UNIQUE,
        created_us INTEGER NOT NULL,
        updated_us INTEGER NOT NULL,
        directory TEXT,
        terminal TEXT,
        tip INTEGER REFERENCES messages(seq),
        settings TEXT NOT NULL
      );
      CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        parent INTEGER,
        created_us INTEGER NOT NULL,
        role TEXT NOT NULL,
        model TEXT,
        operation TEXT,
        body TEXT NOT NULL,
        text TEXT NOT NULL
      );
      CREATE INDEX messages_of_session ON messages(session);
      CREATE INDEX answers_of_messages ON messages(parent);
      """)

  /// Words of messages are indexed when someone searches, those of old conversations as well.
  fileprivate static let m009SearchedMessages = Migration(
    name: "009 searched messages",
    sql: "ALTER TABLE upkeep ADD COLUMN messages_indexed_up_to INTEGER NOT NULL DEFAULT 0")

  /// Runs of the benchmark: `head` is JSON with all but the requests, which lie in parts, a thousand in each.
  ///
  /// What they cost is on the books like any other call; no text of theirs is here.
  fileprivate static let m010Benchmarks = Migration(
    name: "010 benchmarks",
    sql: """
      CREATE TABLE benchmarks (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        started_us INTEGER NOT NULL,
        head TEXT NOT NULL
      );
      CREATE TABLE benchmark_samples (
        benchmark INTEGER NOT NULL REFERENCES benchmarks(seq),
        part INTEGER NOT NULL,
        samples BLOB NOT NULL,
        PRIMARY KEY (benchmark, part)
      );
      """)
}

extension Database {
  /// Brings the file to the latest schema.
  ///
  /// For a connection whose process holds the write lock.
  func migrate(at now: Timestamp, _ migrations: [Migration] = Migration.all) throws(LedgerFailure) {
    let task = "prepare the ledger's tables"
    if try schemaVersion() >= migrations.count { return }
    try transaction(task) { () throws(LedgerFailure) in
      let version = try schemaVersion()
      try execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_us INTEGER NOT NULL)", task)
      for migration in migrations.dropFirst(version) {
        try execute(migration.sql, task)
        try run("INSERT INTO migrations VALUES (?, ?)", [.text(migration.name), .int(now.microseconds)], task)
      }
      try execute("PRAGMA user_version = \(migrations.count)", task)
    }
  }

  /// How many migrations the file has seen; throws when they are more than we know.
  @discardableResult
  func schemaVersion() throws(LedgerFailure) -> Int {
    let task = "open the ledger"
    let version = Int(try int("PRAGMA user_version", [], task) ?? 0)
    guard version <= Migration.all.count else {
      throw LedgerFailure(.newerSchema, task, "it was written by a later version of this program")
    }
    return version
  }
}
