// Changing a few members of an object and no other byte.

/// What `JSON.splicing` does to one object.
private struct JSONSplice {
  let body: [UInt8]
  let members: [(name: String, value: JSON?)]
  /// The result as far as it is made, and how much of `body` it stands for.
  private var spliced: [UInt8] = []
  private var copied = 0
  private var found: Set<String> = []
  /// A member stays before the one that is looked at.
  private var hasKept = false

  init(_ body: [UInt8], _ members: [(name: String, value: JSON?)]) {
    self.body = body
    self.members = members
    spliced.reserveCapacity(body.count + 64)
  }

  mutating func apply() throws(WireError) -> [UInt8] {
    var scanner = try JSONScanner(body[...])
    try scanner.enterObject()
    var end = (body.firstIndex(of: ASCII.openBrace) ?? 0) + 1
    while let name = try scanner.nextMember() {
      let text = name.text
      let value = try scanner.raw()
      pass(text, after: end, value.startIndex..<value.endIndex)
      end = value.endIndex
    }
    try scanner.finish()
    copy(to: end)
    appendMissing()
    copy(to: body.count)
    return spliced
  }

  /// Copies, changes or leaves out the member whose comma, name and value follow `end`.
  private mutating func pass(_ name: String, after end: Int, _ value: Range<Int>) {
    let member = members.first { $0.name == name }
    if let member, member.value == nil {
      copy(to: end)
      copied = value.upperBound
      return
    }
    if !hasKept, let comma = body[end..<value.lowerBound].firstIndex(of: ASCII.comma) {
      // Members before this one were left out: so is the comma that stood between.
      copy(to: end)
      copied = comma + 1
    }
    hasKept = true
    guard let replacement = member?.value else { return }
    found.insert(name)
    copy(to: value.lowerBound)
    spliced += replacement.bytes
    copied = value.upperBound
  }

  private mutating func copy(to index: Int) {
    guard index > copied else { return }
    spliced += body[copied..<index]
    copied = index
  }

  private mutating func appendMissing() {
    for member in members {
      guard let value = member.value, !found.contains(member.name) else { continue }
      if hasKept { spliced.append(ASCII.comma) }
      hasKept = true
      JSONWriter.append(quoted: member.name, to: &spliced)
      spliced.append(ASCII.colon)
      spliced += value.bytes
    }
  }
}

extension JSON {
  /// The bytes of a JSON object with some of its members set, or left out where the value is `nil`.
  ///
  /// All else stays byte for byte. Throws when `body` is no JSON object.
  public static func splicing(
    _ members: [(name: String, value: JSON?)], into body: [UInt8]
  ) throws(WireError) -> [UInt8] {
    var splice = JSONSplice(body, members)
    return try splice.apply()
  }
}
