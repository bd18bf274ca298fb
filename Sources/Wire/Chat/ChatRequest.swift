// What a caller asks of a model, in the words of no vendor. Every dialect encodes from it or decodes to it.

/// One request for a chat completion: the superset of what the dialects can say.
public struct ChatRequest: Sendable, Equatable {
  /// The model id as the provider knows it, without the provider's name in front.
  public var model: String
  /// The conversation in order, system messages included where they stand.
  public var messages: [Message]
  public var tools: [Tool] = []
  public var toolChoice: ToolChoice?
  public var parallelToolCalls: Bool?
  /// The most tokens the answer may have, reasoning included.
  public var maxOutputTokens: Int?
  public var sampling = Sampling()
  /// Texts at which the model stops.
  public var stop: [String] = []
  public var reasoning: ReasoningRequest?
  public var output: OutputFormat = .text
  /// How many answers are wanted.
  public var choices: Int?
  /// Asks how likely each token was, and as many of the likeliest others in its place as this says.
  public var logprobs: Int?
  public var streams = false
  /// The end user on whose behalf the call is made.
  public var user: String?
  /// Key and value pairs that the provider stores with the call.
  public var metadata: JSONObject?
  /// `auto`, `default`, `flex`, `priority`, ...: the provider's own word.
  public var serviceTier: String?
  /// Top-level fields no other member holds, in the order in which they came; written back as they are.
  public var extras = JSONObject()

  public init(model: String, messages: [Message]) {
    self.model = model
    self.messages = messages
  }
}

/// How the next token is drawn.
///
/// Numbers keep the text in which they were given.
public struct Sampling: Sendable, Equatable {
  public var temperature: JSONNumber?
  public var topP: JSONNumber?
  public var topK: JSONNumber?
  public var frequencyPenalty: JSONNumber?
  public var presencePenalty: JSONNumber?
  public var seed: JSONNumber?
  public init() {}
}

/// How much a model may think before it answers; either member, both, or neither ("on, as you like").
public struct ReasoningRequest: Sendable, Equatable {
  /// `none`, `minimal`, `low`, `medium`, `high`, ...: an effort word.
  public var effort: String?
  /// The most tokens to think with.
  public var budgetTokens: Int?
  public init(effort: String? = nil, budgetTokens: Int? = nil) {
    self.effort = effort
    self.budgetTokens = budgetTokens
  }
}

/// The form the answer must have.
public enum OutputFormat: Sendable, Equatable {
  case text
  /// Some JSON object.
  case jsonObject
  /// JSON that fits `schema`.
  case jsonSchema(name: String, schema: JSON, strict: Bool?)
}

/// A function the model may call.
public struct Tool: Sendable, Equatable {
  public var name: String
  public var description: String?
  /// JSON Schema of the arguments.
  public var parameters: JSON?
  public var strict: Bool?
  /// A prompt-cache breakpoint after this tool (`cache_control`), as given.
  public var cacheControl: JSON?
  /// The whole definition of a tool that is not a plain function (a vendor's built-in tool), as given.
  public var vendorDefinition: JSON?
  /// Fields of the function no other member holds; written back as they are.
  public var extras = JSONObject()
  public init(
    name: String, description: String? = nil, parameters: JSON? = nil, strict: Bool? = nil, cacheControl: JSON? = nil,
    vendorDefinition: JSON? = nil
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.strict = strict
    self.cacheControl = cacheControl
    self.vendorDefinition = vendorDefinition
  }
}

/// Whether the model must, may or must not call a tool.
public enum ToolChoice: Sendable, Equatable {
  case auto
  case none
  case required
  case tool(name: String)
}
