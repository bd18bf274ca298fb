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

  /// Puts what the caller said in this format's own words beside what is said already, never in its place.
  ///
  /// Objects are filled member by member, as deep as the format's own objects lie within one another.
  mutating func fill(from theirs: JSONObject, at place: String, changes: inout [Change], depth: Int = 0) {
    for member in theirs.members {
      let field = place.isEmpty ? member.name : "\(place).\(member.name)"
      if var ours = self[member.name]?.object, let inner = member.value.object, depth < 4 {
        ours.fill(from: inner, at: field, changes: &changes, depth: depth + 1)
        self[member.name] = .object(ours)
      } else if self[member.name] == nil {
        self[member.name] = member.value
      } else if self[member.name] != member.value {
        changes.append(Change(field, .dropped, "it is said already"))
      }
    }
  }
}
