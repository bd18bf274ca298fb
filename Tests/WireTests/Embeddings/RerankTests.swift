// Ranked documents: the one form and its variants, for calling and for clients.

import Testing

@testable import Wire

struct Reranking {
  private static let documents: [RerankDocument] = [
    .text("a"), .object(["text": "b"]), .object(["title": "t", "text": "c"]), .object(["image": "https://i"]),
  ]

  @Test func `a request for a compatible server`() throws {
    var request = RerankRequest(model: "m", query: "q", documents: Self.documents)
    request.topCount = 2
    request.returnsDocuments = true
    request.extras = ["truncation": true, "query": "other", "priority": 1]
    let quirks = try Quirks(json: ["rerank_top_param": "top_k", "unsupported_params": ["priority"]])
    let encoded = RerankFormat.compatible.encode(request, quirks: quirks)
    #expect(
      encoded.body[...].text
        == #"{"model":"m","query":"q","documents":["a",{"text":"b"},{"title":"t","text":"c"},{"image":"https://i"}],"#
        + #""top_k":2,"return_documents":true,"truncation":true}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == ["dropped query", "dropped priority"])
  }

  @Test func `a request whose documents are texts`() {
    var request = RerankRequest(model: "m", query: "q", documents: Self.documents)
    request.topCount = 2
    request.returnsDocuments = true
    let encoded = RerankFormat.cohereV2.encode(request, quirks: Quirks())
    #expect(
      encoded.body[...].text
        == #"{"model":"m","query":"q","documents":["a","b","c","{\"image\":\"https://i\"}"],"top_n":2}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == ["converted documents[2]", "converted documents[3]"])
  }

  @Test(
    arguments: [
      ([:], "https://h/v1/rerank"), (["rerank_path": "/rank"], "https://h/v1/rank"),
      (["rerank_path": "https://o/{model}/x"], "https://o/a/b%3A/x"),
    ] as [(JSONObject, String)])
  func `the address`(_ quirks: JSONObject, _ url: String) throws {
    let made = RerankFormat.compatible.url(base: "https://h/v1", model: "a/b:", quirks: try Quirks(json: quirks))
    #expect(made == url)
  }

  @Test(
    arguments: [
      ("cohere-v2", .cohereV2), ("openai-chat", .compatible), ("openai-embeddings", .compatible), ("gemini", nil),
      ("openai-responses", .compatible),
    ] as [(String, RerankFormat?)])
  func `what a provider ranks in is told by what it speaks`(_ dialect: String, _ format: RerankFormat?) {
    #expect(RerankFormat(dialect: dialect) == format)
  }

  @Test(
    arguments: [
      (
        #"{"id":"i","results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":1e-2}],"#
          + #""meta":{"billed_units":{"search_units":3}}}"#, nil, 3, Usage.Billed(input: 0, output: 0)
      ),
      (
        #"{"object":"list","data":[{"relevance_score":0.9,"index":1,"document":"b"},{"index":0,"relevance_score":1e-2}],"#
          + #""model":"real","usage":{"total_tokens":26}}"#, 26, 1, nil
      ),
      (#"[{"index":1,"score":0.9},{"index":0,"score":1e-2}]"#, nil, 1, nil),
    ] as [(String, Int?, Int, Usage.Billed?)])
  func `an answer is read`(_ body: String, _ input: Int?, _ queries: Int, _ billed: Usage.Billed?) throws {
    let reply = try RerankFormat.compatible.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(reply.results.map(\.index) == [1, 0])
    #expect(reply.results.map(\.score.text) == ["0.9", "1e-2"])
    #expect(reply.usage?.input == input && reply.usage?.queries == queries && reply.usage?.billed == billed)
  }

  @Test(arguments: [
    "", "{}", "1", #"{"results":1}"#, #"{"results":[{}]}"#, #"{"results":[{"index":-1,"relevance_score":1}]}"#,
    #"{"results":[{"index":0,"relevance_score":"1"}]}"#, #"{"error":"e"}"#,
  ])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try RerankFormat.cohereV2.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  // MARK: Clients

  @Test func `a client's request comes out as it went in`() throws {
    let body =
      #"{"model":"m","query":"q","documents":["a",{"title":"t","text":"c"}],"top_n":2,"return_documents":false,"own":1}"#
    let request = try RerankFormat.decodeRequest(Array(body.utf8))
    #expect(RerankFormat.compatible.encode(request, quirks: Quirks()).body[...].text == body)
    let other = try RerankFormat.decodeRequest(Array(#"{"model":"m","query":"q","documents":[],"top_k":1}"#.utf8))
    #expect(other.topCount == 1)
  }

  @Test(arguments: [
    "[]", #"{"query":"q","documents":[]}"#, #"{"model":"m","documents":[]}"#, #"{"model":"m","query":"q"}"#,
    #"{"model":"m","query":"q","documents":[1]}"#, #"{"model":"m","query":"q","documents":["a"],"top_n":"x"}"#,
  ])
  func `a request that makes no sense is refused`(_ body: String) {
    #expect(throws: WireError.self) { try RerankFormat.decodeRequest(Array(body.utf8)) }
  }

  @Test func `a client is told the documents it wants, whoever has them`() throws {
    var request = RerankRequest(model: "m", query: "q", documents: Self.documents)
    request.returnsDocuments = true
    var usage = Usage(input: 5, output: 0)
    usage.queries = 1
    let given = RerankReply.Result(index: 0, score: JSONNumber(1), document: .text("given"))
    let reply = RerankReply(
      [given, .init(index: 2, score: JSONNumber(text: "0.5")), .init(index: 9, score: JSONNumber(0))], usage: usage)
    let body = RerankFormat.encodeReply(reply, answering: request, id: "made")
    #expect(
      body[...].text
        == #"{"id":"made","model":"m","results":[{"index":0,"relevance_score":1,"document":{"text":"given"}},"#
        + #"{"index":2,"relevance_score":0.5,"document":{"title":"t","text":"c"}},{"index":9,"relevance_score":0}],"#
        + #""meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1,"input_tokens":5}},"#
        + #""usage":{"total_tokens":5}}"#)
    let read = try RerankFormat.compatible.decodeReply(body, quirks: Quirks())
    #expect(read.results.count == 3 && read.usage?.input == 5)
  }
}
