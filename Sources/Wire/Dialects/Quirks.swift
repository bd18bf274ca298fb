// How a provider departs from its dialect: named flags, set by the provider's data, read by the dialects.
// Reading them from data, and the names they have there, is in `Quirks+Data.swift`.

/// A provider's departures; the defaults describe a provider that has none.
public struct Quirks: Sendable, Equatable {
  // MARK: Parameters of a request

  /// `max_tokens` or `max_completion_tokens`: the name of the output limit.
  public var maxTokensField = "max_tokens"
  /// The output limit may not be left out.
  public var requiresMaxTokens = false
  /// Parameters it refuses, by wire name; `messages[].name` and `image_url` (an image by address) count as such.
  public var unsupported: Set<String> = []
  /// Parameters its reasoning models refuse.
  public var reasoningModelsReject: Set<String> = []
  /// Parameters refused by models whose name begins so: parameter to name.
  public var unsupportedByModel: [String: String] = [:]
  /// Parameters it takes beyond the dialect's own, e.g.
  ///
  /// `top_k`.
  public var extraParameters: Set<String> = []
  /// An unknown parameter is an error there, so extras the dialect does not know are left out.
  public var rejectsUnknownParameters = false
  /// Groups of parameters of which only one may be sent: the first one wins.
  public var exclusiveParameters: [[String]] = []
  /// The largest temperature it takes.
  public var temperatureMaximum: JSONNumber?
  /// What a temperature of 0 must be written as.
  public var temperatureZeroBecomes: JSONNumber?
  /// The most choices (`n`) it gives.
  public var choicesMaximum: Int?
  /// The least temperature it takes when more than one choice is asked for.
  public var severalChoicesTemperatureMinimum: JSONNumber?
  /// The name of the seed.
  public var seedField = "seed"
  /// `store: false` must be said.
  public var needsStoreFalse = false
  /// Prompt-cache breakpoints (`cache_control`) may be sent in a dialect that has none.
  public var takesCacheControl = false
  /// Headers each call must carry; a value may hold `{version}`.
  public var requiredHeaders: [String: String] = [:]
  /// `anthropic_version` stands in the body, with this value.
  public var versionInBody: String?
  /// The dated version of the API that a call names, and the parameter of the address that names it.
  public var apiVersion: String?
  public var apiVersionParameter: String?

  // MARK: Tools and structured output

  /// Models for which a tool call cannot be made compulsory.
  public var noRequiredTool = Scope.none
  /// The word for a compulsory tool call.
  public var requiredToolWord = "required"
  /// The only words it takes for `tool_choice`; a named tool is then refused too.
  public var toolChoiceWords: Set<String>?
  /// `strict` may stand in a tool.
  public var takesStrictTools = true
  /// The ids of calls it takes back.
  public var callIDs = CallIDForm.any
  /// Only plain functions are tools.
  public var functionToolsOnly = false
  /// What is sent for an answer that must fit a schema.
  public var schemaForm = SchemaForm.jsonSchema
  /// `json_object` is refused; a schema of any object stands in for it.
  public var noJSONObject = false
  /// Models that take no `response_format`.
  public var noResponseFormat = Scope.none
  /// Models that take no `response_format` in a stream.
  public var noResponseFormatInStream = Scope.none

  // MARK: Messages

  /// `developer` is refused; `system` is sent.
  public var noDeveloperRole = false
  /// How reasoning models are told what others are told by `system`.
  public var systemRole: String?
  /// Models whose messages must be one string, not a list of parts.
  public var stringContentOnly = Scope.none
  /// No documents may be sent.
  public var noDocuments = false

  // MARK: Reasoning

  /// The field of an answer that holds the thinking; others are read when it is absent.
  public var reasoningField: String?
  /// The field that holds thinking block by block, with signatures; it is sent back too.
  public var reasoningDetailsField: String?
  /// How much thinking is asked for.
  public var reasoningControl = ReasoningControl.effort
  /// The effort words it takes, where the model's are not known.
  public var efforts: [String] = []
  /// There are no effort words, only on and off.
  public var noEffort = false
  /// The effort `none` is refused.
  public var noEffortNone = false
  /// The parameter that, set to true, keeps thinking out of the text.
  public var reasoningSplitField: String?
  /// How earlier thinking goes back.
  public var echoReasoning = ReasoningEcho.none
  /// Calls come with thought signatures in `extra_content` and are wanted back so.
  public var takesThoughtSignatures = false
  /// Thinking may stand in the text, between `<think>` and `</think>`.
  public var thinkTags = false

  // MARK: Embeddings and ranking

  /// How texts are embedded.
  public var embeddings = Embeddings()
  /// The path under which documents are ranked, or a whole address; `{model}` in it is the model.
  public var rerankPath: String?
  /// How many of the best documents are wanted.
  public var rerankTopField = "top_n"

  // MARK: Streams, usage and money

  /// Usage comes at a stream's end without being asked for.
  public var alwaysStreamsUsage = false
  /// Models that refuse `stream_options`.
  public var noStreamOptions = Scope.none
  /// A member of stream chunks in which `usage` may stand.
  public var usageEnvelope: String?
  /// The member of usage that counts cached tokens, where it is not the dialect's.
  public var cachedTokensField: String?
  /// Input tokens are counted without cached ones.
  public var inputExcludesCache = false
  /// Reasoning tokens are counted apart from output tokens.
  public var outputExcludesReasoning = false
  /// The member of usage that states the cost.
  public var costField: String?
  /// That cost is in units of 10^-this USD.
  public var costDecimals = 0

  public init() {}

  /// How a provider departs from OpenAI's embeddings format.
  public struct Embeddings: Sendable, Equatable {
    /// The path, where it is another one.
    public var path: String?
    public var inputField = "input"
    public var dimensionsField = "dimensions"
    public var encodingField = "encoding_format"
    /// The parameter that says what vectors are for, and its words by ours (`EmbeddingPurpose`).
    public var purposeField: String?
    public var purposes: [String: String] = [:]
    /// The parameter, true or false, by which the end of long texts is cut off.
    public var truncationField: String?
    public init() {}
  }

  /// Which of a provider's models a quirk concerns.
  public enum Scope: Sendable, Equatable {
    case none, all, reasoningModels, modelsWithoutVision, modelsWithoutSchema
    /// Models with this (lower-case) text in their name.
    case named(String)

    /// Whether the model called `name` is concerned.
    public func covers(_ name: String, _ traits: ModelTraits) -> Bool {
      switch self {
      case .none: false
      case .all: true
      case .reasoningModels: traits.capabilities.contains("reasoning")
      case .modelsWithoutVision: !traits.capabilities.contains("vision")
      case .modelsWithoutSchema: !traits.capabilities.contains("json_schema")
      case .named(let part): name.lowercased().contains(part)
      }
    }
  }

  /// What is sent for an answer that must fit a schema.
  public enum SchemaForm: Sendable, Equatable {
    case jsonSchema
    /// `json_object`; the schema stands in a system message.
    case jsonObject
    /// `json_object` with the schema beside it.
    case jsonObjectWithSchema
  }

  /// How much thinking is asked for.
  public enum ReasoningControl: Sendable, Equatable {
    /// `reasoning_effort`: a word.
    case effort
    /// `thinking.type`: on or off.
    case thinkingType
    /// `reasoning`: an object of `effort` or `max_tokens`.
    case reasoningObject
  }

  /// How earlier thinking goes back to the provider.
  public enum ReasoningEcho: Sendable, Equatable {
    case none
    /// As text in this field of the message.
    case field(String)
    /// As blocks with their signatures.
    case signedBlocks
    /// Each assistant message must go back as it came.
    case wholeMessage
  }
}
