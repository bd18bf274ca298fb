// What a caller asks of a model that ranks documents, in the words of no vendor, and what it answers.

/// One request to order documents by how well they answer a question.
public struct RerankRequest: Sendable, Equatable {
  /// The model id as the provider knows it, without the provider's name in front.
  public var model: String
  public var query: String
  public var documents: [RerankDocument]
  /// How many of the best are wanted; all when `nil`.
  public var topCount: Int?
  /// Whether the answer is to hold the documents themselves.
  public var returnsDocuments: Bool?
  /// Top-level fields no other member holds; written back as they are.
  public var extras = JSONObject()

  public init(model: String, query: String, documents: [RerankDocument]) {
    self.model = model
    self.query = query
    self.documents = documents
  }
}

/// One document: a text, or an object of fields or media as its provider takes it.
public enum RerankDocument: Sendable, Equatable {
  case text(String)
  case object(JSONObject)

  /// The document as JSON.
  var json: JSON {
    switch self {
    case .text(let text): .string(text)
    case .object(let object): .object(object)
    }
  }
}

/// The best documents, in order.
public struct RerankReply: Sendable, Equatable {
  public struct Result: Sendable, Equatable {
    /// Which document of the request, counted from 0.
    public var index: Int
    /// How well it answers, on a scale of the model's own.
    public var score: JSONNumber
    /// The document, where the provider gave it back.
    public var document: RerankDocument?
    public init(index: Int, score: JSONNumber, document: RerankDocument? = nil) {
      self.index = index
      self.score = score
      self.document = document
    }
  }

  /// The provider's id of the answer.
  public var id: String?
  public var model: String?
  public var results: [Result]
  public var usage: Usage?
  public var extras = JSONObject()

  public init(_ results: [Result] = [], usage: Usage? = nil) {
    self.results = results
    self.usage = usage
  }
}
