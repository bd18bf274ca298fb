// The turns of a conversation and the parts they are made of.

/// One turn of a conversation.
public struct Message: Sendable, Equatable {
  public enum Role: String, Sendable {
    case system, developer, user, assistant, tool
  }

  public var role: Role
  public var content: [ContentPart]
  /// The speaker's name, where the dialect has one.
  public var name: String?
  /// Fields no other member holds; written back as they are.
  public var extras = JSONObject()

  public init(_ role: Role, _ content: [ContentPart], name: String? = nil) {
    self.role = role
    self.content = content
    self.name = name
  }

  /// A turn of one text.
  public init(_ role: Role, _ text: String) {
    self.init(role, [ContentPart(.text(text))])
  }
}

/// One part of a turn, with the prompt-cache breakpoint that may follow it.
public struct ContentPart: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case text(String)
    case image(Media)
    /// A PDF or another file.
    case document(Media)
    case audio(Media)
    case reasoning(ReasoningBlock)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    case refusal(String)
    /// A part this vocabulary has no word for: its type and the whole part as it came.
    case other(type: String, JSON)
  }

  public var kind: Kind
  /// `cache_control` as given.
  public var cacheControl: JSON?
  /// The provider's proof for this part, where it is no thinking: Gemini's thought signature.
  public var signature: Seal?
  /// Fields no other member holds (citations, a signature on text, ...); written back as they are.
  public var extras = JSONObject()

  public init(_ kind: Kind, cacheControl: JSON? = nil) {
    self.kind = kind
    self.cacheControl = cacheControl
  }
}

/// An image, a document or a sound: where its bytes are and what they are.
public struct Media: Sendable, Equatable {
  public enum Source: Sendable, Equatable {
    /// Base64 text of the bytes.
    case base64(String)
    case url(String)
    /// A file the provider already holds.
    case fileID(String)
    /// Plain text of a document.
    case text(String)
  }
  public var source: Source
  /// `image/png`, `application/pdf`, `audio/wav`, ...
  public var mediaType: String?
  public var name: String?
  /// `low`, `high` or `auto`, for images.
  public var detail: String?

  public init(_ source: Source, mediaType: String?, name: String? = nil, detail: String? = nil) {
    self.source = source
    self.mediaType = mediaType
    self.name = name
    self.detail = detail
  }
}

/// A stretch of the model's thinking, with what the provider needs to recognise it when it comes back.
public struct ReasoningBlock: Sendable, Equatable {
  public var text: String
  /// The provider's proof that the text is its own.
  public var signature: Seal?
  /// Thinking that the provider only shows encrypted.
  public var encrypted: Seal?
  public init(text: String, signature: Seal? = nil, encrypted: Seal? = nil) {
    self.text = text
    self.signature = signature
    self.encrypted = encrypted
  }

  /// Only its place, or its id, is known.
  public var saysNothing: Bool { text.isEmpty && signature == nil && encrypted == nil }
}

/// The model asks for a tool to be run.
public struct ToolCall: Sendable, Equatable {
  public var id: String
  public var name: String
  /// The arguments as JSON text, exactly as the model wrote them; it may not be valid JSON.
  ///
  /// Never empty, unless the tool is a custom one: no arguments are `{}`.
  public var arguments: String
  public var kind: Kind

  public enum Kind: Sendable, Equatable {
    /// A tool of the caller's, called with a JSON object.
    case function
    /// A tool of the caller's, called with any text.
    case custom
    /// A tool the provider runs itself.
    case atProvider
  }

  public init(id: String, name: String, arguments: String, kind: Kind = .function) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.kind = kind
  }
}

/// What running a tool gave.
public struct ToolResult: Sendable, Equatable {
  public var callID: String
  public var content: [ContentPart]
  public var isError: Bool
  public init(callID: String, content: [ContentPart], isError: Bool = false) {
    self.callID = callID
    self.content = content
    self.isError = isError
  }
}
