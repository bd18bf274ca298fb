// Taking a client's request apart without losing a field.

/// The members of an object, taken out one by one; what is left in the end has no place in the vocabulary.
///
/// A member that is `null` is as good as absent. One of another kind than asked for throws: a request is not guessed at.
struct Members {
  /// What was not taken.
  private(set) var rest: JSONObject
  /// Where the object stands, for errors: `messages[0].`, or nothing for the request itself.
  let place: String

  init(_ json: JSON?, at place: String = "") throws(WireError) {
    guard let object = json?.object else {
      throw WireError(offset: 0, place.isEmpty ? "a JSON object expected" : "`\(place)` must be an object")
    }
    rest = object
    rest.members.removeAll { $0.value.isNull }
    self.place = place.isEmpty ? "" : place + "."
  }

  mutating func take(_ name: String) -> JSON? {
    guard let value = rest[name] else { return nil }
    rest[name] = nil
    return value
  }

  mutating func string(_ name: String) throws(WireError) -> String? { try take(name, "a string") { $0.string } }
  mutating func bool(_ name: String) throws(WireError) -> Bool? { try take(name, "true or false") { $0.bool } }
  mutating func number(_ name: String) throws(WireError) -> JSONNumber? { try take(name, "a number") { $0.number } }
  mutating func int(_ name: String) throws(WireError) -> Int? { try take(name, "a whole number") { $0.int } }
  mutating func object(_ name: String) throws(WireError) -> JSONObject? { try take(name, "an object") { $0.object } }
  mutating func array(_ name: String) throws(WireError) -> [JSON]? { try take(name, "a list") { $0.array } }

  /// The model, which stands in the body or in the address.
  mutating func model(at address: RequestAddress) throws(WireError) -> String {
    guard let model = try string("model") ?? address.model else { throw WireError(offset: 0, "`model` is missing") }
    return model
  }

  /// A list of strings, or one string alone.
  mutating func strings(_ name: String) throws(WireError) -> [String]? {
    try take(name, "a string or a list of strings") { value in
      if let text = value.string { return [text] }
      guard let texts = value.array?.map(\.string), !texts.contains(nil) else { return nil }
      return texts.compactMap { $0 }
    }
  }

  /// The members of an object within.
  mutating func members(_ name: String) throws(WireError) -> Members? {
    guard let value = take(name) else { return nil }
    return try Members(value, at: place + name)
  }

  /// Puts back what is left of an object within, as a member of this one.
  mutating func keep(_ rest: JSONObject, as name: String) {
    if !rest.isEmpty { self.rest[name] = .object(rest) }
  }

  private mutating func take<Value>(
    _ name: String, _ expected: String, _ read: (JSON) -> Value?
  ) throws(WireError) -> Value? {
    guard let value = take(name) else { return nil }
    guard let read = read(value) else { throw WireError(offset: 0, "`\(place)\(name)` must be \(expected)") }
    return read
  }
}
