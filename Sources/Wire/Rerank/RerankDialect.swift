// The one form in which documents are ranked: Cohere's (docs.cohere.com/reference/rerank), which Jina, Voyage and the
// servers that speak OpenAI's formats have taken over with little differences.

/// The variants that are built in.
public enum RerankFormat: Sendable, Equatable, CaseIterable {
  /// Answers never hold the documents.
  case cohereV2
  /// `return_documents` asks for them.
  case compatible

  /// What a provider that speaks `dialect` ranks in; `nil` when it does not.
  public init?(dialect: String) {
    switch dialect {
    case "cohere-v2": self = .cohereV2
    case "openai-chat", "openai-responses", "openai-embeddings": self = .compatible
    default: return nil
    }
  }

  /// The address of a call: `base` (no trailing slash) with `/rerank`, or the provider's own path or address.
  public func url(base: String, model: String, quirks: Quirks) -> String {
    guard let path = quirks.rerankPath?.replacing("{model}", with: model.percentEncoded(keeping: "/")) else {
      return base + "/rerank"
    }
    return path.contains("://") ? path : base + path
  }

  /// The body to send, and what had to be changed on the way.
  public func encode(_ request: RerankRequest, quirks: Quirks) -> EncodedRequest {
    var changes: [Change] = []
    var body: JSONObject = [
      "model": .string(request.model), "query": .string(request.query),
      "documents": .array(request.documents.map(\.json)),
    ]
    body[quirks.rerankTopField] = request.topCount.map { .number(JSONNumber($0)) }
    switch self {
    case .compatible: body["return_documents"] = request.returnsDocuments.map { .bool($0) }
    case .cohereV2: addTexts(of: request, to: &body, changes: &changes)
    }
    body.fill(from: request.extras, changes: &changes)
    body.drop(unsupportedBy: quirks, changes: &changes)
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  /// Only texts are documents there; "for structured data it is recommended to use YAML".
  private func addTexts(of request: RerankRequest, to body: inout JSONObject, changes: inout [Change]) {
    var documents: [JSON] = []
    for (index, document) in request.documents.enumerated() {
      switch document {
      case .text(let text): documents.append(.string(text))
      case .object(let object):
        let text = object["text"]?.string
        documents.append(.string(text ?? JSON.object(object).text))
        if text == nil || object.members.count > 1 {
          changes.append(Change("documents[\(index)]", .converted, "a document is a text here"))
        }
      }
    }
    body["documents"] = .array(documents)
  }

  /// Reads a successful answer: `results` or `data`, or a bare list.
  public func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> RerankReply {
    let answer = try JSON.parse(body)
    guard let list = answer["results"]?.array ?? answer["data"]?.array ?? answer.array else {
      throw WireError(offset: 0, "a list `results` expected")
    }
    var reply = RerankReply()
    for (index, element) in list.enumerated() {
      guard let score = (element["relevance_score"] ?? element["score"])?.number else {
        throw WireError(offset: 0, "`results[\(index)].relevance_score` must be a number")
      }
      guard let place = element["index"]?.int, place >= 0 else {
        throw WireError(offset: 0, "`results[\(index)].index` must say which document it is")
      }
      reply.results.append(
        RerankReply.Result(index: place, score: score, document: element["document"].flatMap(RerankDocument.init)))
    }
    reply.id = answer["id"]?.string
    reply.model = answer["model"]?.string
    reply.usage = Self.usage(of: answer, quirks)
    let known: Set<String> = ["id", "model", "results", "data", "object", "usage", "meta"]
    for member in answer.object?.members ?? [] where !known.contains(member.name) {
      reply.extras[member.name] = member.value
    }
    return reply
  }

  /// Paid for by the query, a long list of documents being several, or by the token.
  private static func usage(of answer: JSON, _ quirks: Quirks) -> Usage {
    let billed = answer["meta"]?["billed_units"]
    typealias Counts = AnthropicMessagesUsage
    var usage = answer["usage"].flatMap { OpenAIEmbeddings.usage($0, quirks) } ?? Usage(output: 0)
    usage.input = usage.input ?? Counts.count(billed?["input_tokens"] ?? billed?["total_tokens"])
    // Where nothing is said, one question was asked.
    usage.queries = Counts.count(billed?["search_units"]) ?? 1
    if billed?["search_units"] != nil {
      // What is not named there is not billed.
      usage.billed = Usage.Billed(
        input: Counts.count(billed?["input_tokens"]) ?? 0, output: Counts.count(billed?["output_tokens"]) ?? 0)
    }
    usage.raw = answer["usage"] ?? answer["meta"]
    return usage
  }
}

extension RerankDocument {
  /// From an answer or a request; an object of nothing but a text is the text.
  init?(_ json: JSON) {
    if let text = json.string {
      self = .text(text)
    } else if let object = json.object {
      self = object.members.count == 1 ? object["text"]?.string.map { .text($0) } ?? .object(object) : .object(object)
    } else {
      return nil
    }
  }
}

// MARK: Serving

extension RerankFormat {
  /// Reads a client's request; nothing is lost, fields without a place become extras.
  public static func decodeRequest(_ body: [UInt8]) throws(WireError) -> RerankRequest {
    var members = try Members(try JSON.parse(body))
    guard let model = try members.string("model") else { throw WireError(offset: 0, "`model` is missing") }
    guard let query = try members.string("query") else { throw WireError(offset: 0, "`query` is missing") }
    guard let list = try members.array("documents") else { throw WireError(offset: 0, "`documents` is missing") }
    let documents = list.compactMap(RerankDocument.init)
    guard documents.count == list.count else {
      throw WireError(offset: 0, "`documents` must be a list of texts or objects")
    }
    var request = RerankRequest(model: model, query: query, documents: documents)
    request.topCount = try members.int("top_n")
    if request.topCount == nil { request.topCount = try members.int("top_k") }
    request.returnsDocuments = try members.bool("return_documents")
    request.extras = members.rest
    return request
  }

  /// Writes an answer; documents that were wanted and did not come back are taken from the request.
  public static func encodeReply(_ reply: RerankReply, answering request: RerankRequest, id: String) -> [UInt8] {
    let results = reply.results.map { result -> JSON in
      var object: JSONObject = [
        "index": .number(JSONNumber(result.index)), "relevance_score": .number(result.score),
      ]
      if request.returnsDocuments == true {
        let asked = request.documents.indices.contains(result.index) ? request.documents[result.index] : nil
        switch result.document ?? asked {
        case .text(let text): object["document"] = ["text": .string(text)]
        case .object(let whole): object["document"] = .object(whole)
        case nil: break
        }
      }
      return .object(object)
    }
    var body: JSONObject = [
      "id": .string(reply.id ?? id), "model": .string(reply.model ?? request.model), "results": .array(results),
    ]
    var billed = JSONObject()
    billed["search_units"] = reply.usage?.queries.map { .number(JSONNumber($0)) }
    billed["input_tokens"] = reply.usage?.input.map { .number(JSONNumber($0)) }
    body["meta"] = ["api_version": ["version": "2"], "billed_units": .object(billed)]
    body["usage"] = reply.usage?.input.map { ["total_tokens": .number(JSONNumber($0))] }
    return JSON.object(body).bytes
  }
}
