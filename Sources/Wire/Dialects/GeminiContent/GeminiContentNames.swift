// Google's APIs take member names in either spelling: `inlineData` and `inline_data`. Here they are read in the first.

extension JSON {
  /// This object with its own members' names in camel case; what lies deeper stays as it is.
  var camelCasedObject: JSONObject? {
    guard var object else { return nil }
    for index in object.members.indices {
      let name = object.members[index].name
      if name.utf8.contains(UInt8(ascii: "_")) { object.members[index].name = name.camelCased }
    }
    return object
  }
}

extension String {
  private static let underscore = UInt8(ascii: "_")

  var camelCased: String {
    var bytes: [UInt8] = []
    var isRaised = false
    for byte in utf8 {
      if byte == Self.underscore {
        isRaised = true
      } else {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        bytes.append(isRaised && isLetter ? byte & ~0x20 : byte)
        isRaised = false
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONObject {
  /// Takes a member out; one that is `null` is as good as absent.
  mutating func take(_ name: String) -> JSON? {
    guard let value = self[name] else { return nil }
    self[name] = nil
    return value.isNull ? nil : value
  }
}
