// What an embedding model answered.

/// The vectors of the inputs, in their order.
public struct EmbeddingReply: Sendable, Equatable {
  /// The provider's id of the answer.
  public var id: String?
  /// The model as the provider names it.
  public var model: String?
  public var vectors: [[Float]]
  public var usage: Usage?
  public var extras = JSONObject()

  public init(_ vectors: [[Float]] = [], model: String? = nil, usage: Usage? = nil) {
    self.vectors = vectors
    self.model = model
    self.usage = usage
  }
}
