// What a caller asks of an embedding model, in the words of no vendor.

/// One request for the vectors of some inputs.
public struct EmbeddingRequest: Sendable, Equatable {
  /// The model id as the provider knows it, without the provider's name in front.
  public var model: String
  /// Each is given a vector, in this order.
  public var inputs: [EmbeddingInput]
  /// How many components a vector is to have.
  public var dimensions: Int?
  /// How the vectors are written in the answer.
  public var encoding: VectorEncoding?
  /// What the vectors are for: some models make others for a question than for what answers it.
  public var purpose: EmbeddingPurpose?
  /// What becomes of an input that is too long.
  public var truncation: Truncation?
  /// The end user on whose behalf the call is made.
  public var user: String?
  /// The caller wants one vector, not a list of one.
  public var isSingle = false
  /// Top-level fields no other member holds; written back as they are.
  public var extras = JSONObject()

  /// One vector is wanted, and there is one input for it.
  var asksForOne: Bool { isSingle && inputs.count == 1 }

  public init(model: String, inputs: [EmbeddingInput]) {
    self.model = model
    self.inputs = inputs
  }
}

/// What a vector is made of.
public enum EmbeddingInput: Sendable, Equatable {
  case text(String)
  /// A text the caller has cut into tokens itself.
  case tokens([Int])
  case image(Media)
}

/// How a vector is written.
public enum VectorEncoding: String, Sendable, CaseIterable {
  /// A list of numbers.
  case float
  /// The bytes of its 32-bit floats, the lowest byte first, in Base64.
  case base64
}

/// What a vector is for.
public enum EmbeddingPurpose: String, Sendable, CaseIterable {
  /// A question, by which documents are to be found.
  case query
  /// What is to be found.
  case document
  case similarity, classification, clustering
  case questionAnswering = "question_answering"
  case factVerification = "fact_verification"
  /// A question, by which code is to be found.
  case codeQuery = "code_query"
}

/// What becomes of a text that is too long for a model.
public enum Truncation: String, Sendable, CaseIterable {
  /// It is refused.
  case none
  /// Its beginning is cut off.
  case start
  /// Its end is cut off.
  case end
}
