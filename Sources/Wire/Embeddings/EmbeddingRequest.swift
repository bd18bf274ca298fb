// Texts to vectors, in the words of no vendor.

/// One request for embeddings.
public struct EmbeddingRequest: Sendable, Equatable {
  /// What the vectors are for; models that know it give better ones.
  public enum Purpose: String, Sendable, CaseIterable {
    /// A question that documents are looked for with.
    case query
    /// A text that is to be found.
    case document
    case similarity, classification, clustering
  }

  /// The model id as the provider knows it.
  public var model: String
  public var inputs: [EmbeddingInput]
  /// The length of each vector, where the model can choose.
  public var dimensions: Int?
  public var purpose: Purpose?
  /// Whether a text that is too long is cut off or refused.
  public var truncates: Bool?
  /// The end user on whose behalf the call is made.
  public var user: String?
  /// The vectors are wanted as Base64, which is shorter and exact.
  public var wantsBase64 = false
  /// Top-level fields no other member holds, in the order in which they came; written back as they are.
  public var extras = JSONObject()

  public init(model: String, inputs: [EmbeddingInput]) {
    self.model = model
    self.inputs = inputs
  }
}

/// What one vector is made of.
public enum EmbeddingInput: Sendable, Equatable {
  case text(String)
  /// Numbers of the model's own vocabulary.
  case tokens([Int])
}

/// The vectors of a request, in the order of its inputs.
public struct EmbeddingReply: Sendable, Equatable {
  public var id: String?
  /// The model as the provider names it.
  public var model: String?
  public var vectors: [[Float]] = []
  public var usage: Usage?
  public init() {}
}
