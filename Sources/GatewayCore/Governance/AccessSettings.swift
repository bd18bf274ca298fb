// What may be set of keys and teams, by the names that the command line and the admin API share.
package import Wire

/// A setting of a key or a team that cannot be what was asked for.
package struct AccessSettingProblem: Error, Sendable, Equatable {
  /// The member, such as `rpm`.
  package var name: String
  /// What is wrong with it, as one clause.
  package var why: String

  package init(name: String, why: String) {
    self.name = name
    self.why = why
  }

  static let nameMissing = AccessSettingProblem(name: "name", why: "it is missing")
}

/// Reads settings one by one, each within its bounds; null takes a setting away.
private struct SettingReader {
  let name: String
  let value: JSON

  func problem(_ why: String) -> AccessSettingProblem { AccessSettingProblem(name: name, why: why) }

  func text() throws(AccessSettingProblem) -> String? {
    if value.isNull { return nil }
    guard let text = value.string, AccessKey.isName(text) else {
      throw problem("it must be a text of 1 to \(AccessKey.Bounds.textBytes) bytes")
    }
    return text
  }

  func requiredText() throws(AccessSettingProblem) -> String {
    guard let name = try text() else { throw problem("it must not be null") }
    return name
  }

  func limit() throws(AccessSettingProblem) -> Int? {
    if value.isNull { return nil }
    guard let limit = value.int, RateLimits.range.contains(limit) else {
      throw problem("it must be a whole number from 1 to \(RateLimits.range.upperBound)")
    }
    return limit
  }

  func flag() throws(AccessSettingProblem) -> Bool {
    guard let flag = value.bool else { throw problem("it must be true or false") }
    return flag
  }

  func moment() throws(AccessSettingProblem) -> Timestamp? {
    if value.isNull { return nil }
    guard let moment = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
      throw problem("it must be a time such as 2026-12-31T00:00:00Z")
    }
    return moment
  }

  func list<Element>(of what: String, _ read: (String) -> Element?) throws(AccessSettingProblem) -> [Element] {
    if value.isNull { return [] }
    guard let values = value.array, values.count <= AccessKey.Bounds.listCount else {
      throw problem("it must be a list of at most \(AccessKey.Bounds.listCount) \(what)")
    }
    var elements: [Element] = []
    for value in values {
      guard let element = value.string.flatMap(read) else { throw problem("it must be a list of \(what)") }
      elements.append(element)
    }
    return elements
  }

  func object() throws(AccessSettingProblem) -> JSONObject {
    if value.isNull { return JSONObject() }
    guard let object = value.object else { throw problem("it must be an object") }
    guard value.bytes.count <= AccessKey.Bounds.metadataBytes else {
      throw problem("it must not be larger than \(AccessKey.Bounds.metadataBytes >> 10) KiB")
    }
    return object
  }

  func tags() throws(AccessSettingProblem) -> [Tag] {
    let members = try object().members
    guard members.count <= AccessKey.Bounds.listCount else { throw problem("there are too many") }
    var tags: [Tag] = []
    for member in members {
      guard let text = member.value.string, AccessKey.isName(member.name), AccessKey.isName(text) else {
        throw problem("each must be a text of 1 to \(AccessKey.Bounds.textBytes) bytes")
      }
      tags.append(Tag(member.name, text))
    }
    return tags
  }
}

extension AccessKey {
  /// Whether a text may be a name, an owner, a project or a part of a tag.
  package static func isName(_ text: String) -> Bool {
    1...Bounds.textBytes ~= text.utf8.count && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
  }

  /// A surface by its name, or several by a pattern; a slip would lock the key out of everything.
  private static func surface(_ text: String) -> NamePattern? {
    let isKnown = knownSurfaces.contains(text) || text.hasPrefix(passthroughPrefix) || text.contains("*")
    return isKnown ? NamePattern(text) : nil
  }

  private static let surfaceWords = (knownSurfaces + [passthroughPrefix + "NAME", "patterns with *"])
    .joined(separator: ", ")

  /// The members that `apply` takes.
  package static let settingNames = [
    "name", "team", "owner", "project", "tags", "models", "surfaces", "addresses", "rpm", "tpm", "parallel", "admin",
    "contents", "log_contents", "metadata", "expires_at",
  ]

  /// Changes what `settings` names and nothing else.
  ///
  /// `teamNamed` finds the team; a member that is not known is refused.
  package mutating func apply(
    _ settings: JSONObject, teamNamed: (String) -> Team?
  ) throws(AccessSettingProblem) {
    for member in settings.members {
      let reader = SettingReader(name: member.name, value: member.value)
      switch member.name {
      case "name": name = try reader.requiredText()
      case "team":
        guard let wanted = try reader.text() else {
          team = nil
          continue
        }
        guard let found = teamNamed(wanted) else { throw reader.problem("there is no such team") }
        team = found
      case "owner": owner = try reader.text()
      case "project": project = try reader.text()
      case "tags": tags = try reader.tags()
      case "models": models = try reader.list(of: "patterns", NamePattern.init)
      case "surfaces": surfaces = try reader.list(of: Self.surfaceWords, Self.surface)
      case "addresses": addresses = try reader.list(of: "addresses or CIDR blocks", AddressRange.init)
      case "admin": isAdmin = try reader.flag()
      case "contents": allowsContents = try reader.flag()
      case "log_contents": logsContents = try reader.flag()
      case "metadata": metadata = try reader.object()
      case "expires_at": expiresAt = try reader.moment()
      default: try limits.apply(reader)
      }
    }
  }
}

extension Team {
  /// Changes what `settings` names and nothing else; a member that is not known is refused.
  package mutating func apply(_ settings: JSONObject) throws(AccessSettingProblem) {
    for member in settings.members {
      let reader = SettingReader(name: member.name, value: member.value)
      switch member.name {
      case "name": name = try reader.requiredText()
      case "models": models = try reader.list(of: "patterns", NamePattern.init)
      default: try limits.apply(reader)
      }
    }
  }
}

extension RateLimits {
  fileprivate mutating func apply(_ reader: SettingReader) throws(AccessSettingProblem) {
    switch reader.name {
    case "rpm": requestsPerMinute = try reader.limit()
    case "tpm": tokensPerMinute = try reader.limit()
    case "parallel": parallel = try reader.limit()
    default: throw reader.problem("it is not a setting")
    }
  }
}
