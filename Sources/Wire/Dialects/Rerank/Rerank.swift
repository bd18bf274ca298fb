// Ranking documents as Cohere's API has it (docs.cohere.com/reference/rerank), which Jina, Voyage and the servers for
// open models speak with small departures.

/// `POST …/rerank`, for calling and for serving clients.
public enum Rerank: ServedRerankDialect {
  public static func url(base: String, model: String, quirks: Quirks) -> String {
    base + (quirks.rerankPath ?? "/rerank")
  }

  public static func encode(_ request: RerankRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    var changes: [Change] = []
    var body: JSONObject = [
      "model": .string(request.model), "query": .string(request.query),
      "documents": .array(request.documents.map { .string($0) }),
    ]
    body[quirks.rerankTopField] = request.topCount.map { .number(JSONNumber($0)) }
    body["return_documents"] = request.returnsDocuments.map { .bool($0) }
    for extra in request.extras.members { body.add(extra, changes: &changes) }
    for name in quirks.unsupported.sorted() where body[name] != nil {
      body[name] = nil
      changes.append(Change(name, .dropped, "this provider has no such parameter"))
    }
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  public static func decodeRequest(_ body: [UInt8]) throws(WireError) -> RerankRequest {
    var members = try Members(try JSON.parse(body))
    guard let model = try members.string("model") else { throw WireError(offset: 0, "`model` is missing") }
    guard let query = try members.string("query") else { throw WireError(offset: 0, "`query` is missing") }
    guard let list = try members.array("documents") else { throw WireError(offset: 0, "`documents` is missing") }
    let documents = list.compactMap { $0.string ?? $0["text"]?.string }
    guard documents.count == list.count else {
      throw WireError(offset: 0, "`documents` must be a list of strings, or of objects with a `text`")
    }
    var request = RerankRequest(model: model, query: query, documents: documents)
    let top = try members.int("top_k")
    request.topCount = try members.int("top_n") ?? top
    request.returnsDocuments = try members.bool("return_documents")
    request.extras = members.rest
    return request
  }

  /// The results stand in `results`, or in `data`; the score has two names.
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> RerankReply {
    let json = try JSON.parse(body)
    guard let list = (json["results"] ?? json["data"])?.array else {
      throw WireError(offset: 0, "an answer has `results`")
    }
    var reply = RerankReply()
    reply.id = json["id"]?.string
    reply.model = json["model"]?.string
    for result in list {
      guard let index = result["index"]?.int, let score = (result["relevance_score"] ?? result["score"])?.number else {
        throw WireError(offset: 0, "a result has `index` and `relevance_score`")
      }
      let document = result["document"]?["text"]?.string ?? result["document"]?.string
      reply.results.append(RerankReply.Result(index: index, score: score, document: document))
    }
    reply.usage = usage(json)
    return reply
  }

  /// Billed by the search, or by the token.
  private static func usage(_ json: JSON) -> Usage? {
    let units = json["meta"]?["billed_units"]
    let tokens = json["usage"]
    var usage = Usage(input: (tokens?["total_tokens"] ?? tokens?["prompt_tokens"] ?? units?["input_tokens"])?.int)
    usage.searches = units?["search_units"]?.int
    usage.raw = tokens ?? json["meta"]
    return usage.raw == nil ? nil : usage
  }

  public static func encodeReply(_ reply: RerankReply, to request: RerankRequest) -> [UInt8] {
    let results = reply.results.map { result -> JSON in
      var object: JSONObject = [
        "index": .number(JSONNumber(result.index)), "relevance_score": .number(result.score),
      ]
      if request.returnsDocuments == true {
        let given = request.documents.indices.contains(result.index) ? request.documents[result.index] : nil
        object["document"] = (result.document ?? given).map { ["text": .string($0)] }
      }
      return .object(object)
    }
    var units = JSONObject()
    units["search_units"] = reply.usage?.searches.map { .number(JSONNumber($0)) }
    units["input_tokens"] = reply.usage?.input.map { .number(JSONNumber($0)) }
    var body: JSONObject = ["results": .array(results), "model": .string(reply.model ?? request.model)]
    body["id"] = reply.id.map { .string($0) }
    body["meta"] = ["api_version": ["version": "2"], "billed_units": .object(units)]
    return JSON.object(body).bytes
  }
}
