// Every recorded exchange of embeddings and of ranking decodes to what the recording expects.

import Testing
import Wire

struct RecordedVectors {
  @Test(
    arguments: [
      (.openAI, ["openai-other"]), (.gemini, ["gemini"]), (.cohereV2, ["cohere-v1", "cohere-v2"]),
    ] as [(EmbeddingFormat, [String])])
  func `a recorded embedding decodes to what the recording expects`(_ format: EmbeddingFormat, _ folders: [String])
    throws
  {
    let exchanges = try RecordedAnswer.all(of: "embeddings", in: folders)
    guard !exchanges.isEmpty else { return print("recordings: no embeddings in \(folders), nothing was compared") }
    var (vectors, failures) = (0, 0)
    for exchange in exchanges {
      if exchange.status >= 400 {
        exchange.checkFailure()
        failures += 1
        continue
      }
      let reply = try format.dialect.decodeEmbeddings(exchange.body, quirks: Quirks())
      let expected = try #require(exchange.expected["embeddings"])
      #expect(reply.vectors.count == expected["count"]?.int, "\(exchange.id)")
      #expect(reply.vectors.allSatisfy { $0.count == expected["dims"]?.int }, "\(exchange.id)")
      let first = (expected["first"]?.array ?? []).compactMap { $0.number.flatMap { Float($0.text) } }
      #expect(first.count == 4 && Array(reply.vectors[0].prefix(4)) == first, "\(exchange.id)")
      if let usage = exchange.expected["usage"], !usage.isNull {
        #expect(reply.usage?.input == usage["input"]?.int, "\(exchange.id)")
      }
      vectors += 1
    }
    print(
      "recordings: \(format.rawValue) embeddings, \(exchanges.count) exchanges: vectors \(vectors), error \(failures)")
  }

  @Test func `a recorded ranking decodes to what the recording expects`() throws {
    let exchanges = try RecordedAnswer.all(of: "rerank", in: ["cohere-v2"])
    guard !exchanges.isEmpty else { return print("recordings: no rankings, nothing was compared") }
    for exchange in exchanges {
      let reply = try RerankFormat.cohereV2.decodeReply(exchange.body, quirks: Quirks())
      let expected = exchange.expected["rerank"]?.array ?? []
      #expect(reply.results.map(\.index) == expected.map { $0["index"]?.int }, "\(exchange.id)")
      #expect(reply.results.map(\.score.text) == expected.map { $0["score"]?.number?.text }, "\(exchange.id)")
      #expect(reply.usage?.queries == 1, "\(exchange.id)")
    }
    print("recordings: cohere-v2 rerank, \(exchanges.count) exchanges: results \(exchanges.count)")
  }
}

/// A whole answer to something else than chat.
private struct RecordedAnswer {
  let id: String
  let status: Int
  let body: [UInt8]
  let expected: JSON

  static func all(of operation: String, in folders: [String]) throws -> [RecordedAnswer] {
    var answers: [RecordedAnswer] = []
    for folder in folders.map({ "\(Recording.folder)/\($0)" }) {
      for name in Files.names(in: folder) where name.hasSuffix(".json") {
        guard let json = try Files.read("\(folder)/\(name)").map({ try JSON.parse($0) }),
          json["operation"]?.string == operation, let body = json["response"]?["body_text"]?.string
        else { continue }
        answers.append(
          RecordedAnswer(
            id: json["id"]?.string ?? name, status: json["response"]?["status"]?.int ?? 200, body: Array(body.utf8),
            expected: json["expected"] ?? .null))
      }
    }
    return answers
  }

  func checkFailure() {
    let failure = ProviderFailure.decode(status: status, body: body)
    let said = expected["error"]?["message"]?.string ?? ""
    #expect(failure.status == expected["error"]?["status"]?.int, "\(id)")
    #expect(failure.message == ProviderFailure.oneLine(said), "\(id)")
  }
}
