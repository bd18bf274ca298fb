// Every format clients speak, to every format providers speak, in ten kinds of exchange. What comes out is written to
// docs/translation.md by `make translation`, and must be what stands there.

import Glibc
import Testing
import Wire

struct TranslationMatrix {
  @Test(arguments: DialectName.allServed, DialectName.answering)
  func `an exchange arrives there and back, or says what of it did not`(
    _ client: DialectName, _ provider: DialectName
  ) throws {
    for subject in Subject.allCases {
      let cell = try MatrixCell(client, provider, subject)
      #expect(cell.faults == [], "\(subject.rawValue)")
      if client.format == provider.format, subject != .signedReasoning { #expect(cell.changes == []) }
    }
  }

  @Test func `the documentation says what the matrix says`() throws {
    let path = Files.repository + "/docs/translation.md"
    let made = try MatrixPage().text
    if Files.environment("LLMGW_WRITE_DOCS") != nil {
      let file = try #require(fopen(path, "w"))
      fputs(made, file)
      fclose(file)
    }
    let written = Files.read(path).map { String(decoding: $0, as: UTF8.self) }
    #expect(written == made, "run: make translation")
  }
}

/// The page.
private struct MatrixPage {
  private(set) var text = """
    # Translation

    What arrives when a client of one format is answered by a provider of another. Each square is an exchange that a
    test makes: the request there, the answer back, whole and streamed. A check mark: everything arrived. A number: see
    the note below the table, which quotes what llmgw reports for such a call (in `--json`, in the ledger and in
    `x-llmgw-changes`). Nothing is lost without such a report; only the ids that some formats give to the pieces of an
    answer are left out of these tables. This page is written by `make translation`.

    Between a client and a provider of the same format nothing is translated: the bytes are forwarded.


    """

  init() throws {
    for client in DialectName.allServed {
      try addTable(client)
    }
  }

  private static let ids: Set<String> = ["reply.content[].id", "reply.content[].item.id"]

  private mutating func addTable(_ client: DialectName) throws {
    let providers = DialectName.answering.filter { $0.format != client.format }
    text += "## Clients that speak `\(client.rawValue)`\n\n"
    text += "| exchange |" + providers.map { " \($0.rawValue) |" }.joined() + "\n"
    text += "| --- |" + providers.map { _ in " --- |" }.joined() + "\n"
    var notes: [String] = []
    for subject in Subject.allCases {
      text += "| \(subject.rawValue) |"
      for provider in providers {
        let cell = try MatrixCell(client, provider, subject)
        let marks = cell.changes.filter { !Self.ids.contains($0.field) }.map { client.served?.named($0) ?? $0 }.map {
          change in
          let note = "`\(change.field)` \(change.what.rawValue): \(change.why)"
          let index = notes.firstIndex(of: note) ?? notes.count
          if index == notes.count { notes.append(note) }
          return index + 1
        }
        text += " \(marks.isEmpty ? "✓" : marks.sorted().map(String.init).joined(separator: ", ")) |"
      }
      text += "\n"
    }
    text += "\n" + notes.enumerated().map { "\($0.offset + 1). \($0.element)\n" }.joined() + "\n"
  }
}
