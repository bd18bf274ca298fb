// Documents to their order by a query, in the words of no vendor.

/// One request to rank documents.
public struct RerankRequest: Sendable, Equatable {
  /// The model id as the provider knows it.
  public var model: String
  public var query: String
  public var documents: [String]
  /// How many of the best are wanted; all unless said.
  public var topCount: Int?
  /// Whether the documents come back with their ranks.
  public var returnsDocuments: Bool?
  /// Top-level fields no other member holds, in the order in which they came; written back as they are.
  public var extras = JSONObject()

  public init(model: String, query: String, documents: [String]) {
    self.model = model
    self.query = query
    self.documents = documents
  }
}

/// The documents of a request by their relevance, the best first.
public struct RerankReply: Sendable, Equatable {
  public struct Result: Sendable, Equatable {
    /// The place of the document in the request.
    public var index: Int
    public var score: JSONNumber
    public var document: String?
    public init(index: Int, score: JSONNumber, document: String? = nil) {
      self.index = index
      self.score = score
      self.document = document
    }
  }

  public var id: String?
  public var model: String?
  public var results: [Result] = []
  public var usage: Usage?
  public init() {}
}
