// What an answer says that only the format it came in has words for.

/// Sees to the extras of an answer on its way to a client: of the same format it gets them back, of any other each
/// field is reported once.
struct ReplyExtras: Sendable {
  /// The answer came in the client's own format.
  let isOwn: Bool
  private(set) var changes: [Change] = []
  private var reported: Set<String> = []

  /// An answer that says more than this in its own words is reported as far as here.
  private static let mostReports = 64

  init(_ heading: ReplyHeading, in format: DialectName) { isOwn = heading.source?.vocabulary == format }

  /// What of `extras` is written: all or, after a report, nothing.
  mutating func keep(_ extras: JSONObject, of place: StaticString) -> JSONObject {
    if !isOwn { drop(extras, of: place) }
    return isOwn ? extras : JSONObject()
  }

  /// Reports what has no place, not even for a client of the same format.
  mutating func drop(_ extras: JSONObject, of place: StaticString) {
    for member in extras.members where !Self.toldOtherwise.contains(member.name) {
      let field = "\(place).\(member.name)"
      if let inner = member.value.object {
        for innerMember in inner.members { report("\(field).\(innerMember.name)") }
      } else {
        report(field)
      }
    }
  }

  /// These say what a block of thinking is, whose and which; it says so itself.
  private static let toldOtherwise: Set<String> = ["type", "format", "index"]

  private mutating func report(_ field: String) {
    guard reported.count < Self.mostReports, reported.insert(field).inserted else { return }
    changes.append(Change(field, .dropped, "only the provider's own format has such a field"))
  }
}

extension ReplyExtras {
  static let reply: StaticString = "reply"
  static let part: StaticString = "reply.content[]"
}

/// What is told of a part right behind it.
struct PartAttributes {
  var seal: Seal?
  var extras: JSONObject

  init(_ seal: Seal? = nil, _ extras: JSONObject = JSONObject()) {
    self.seal = seal
    self.extras = extras
  }

  /// As far as it comes along with the part, a text or any other, whose telling began just before `rest`.
  init(in rest: ArraySlice<ChatEvent>, ofText isText: Bool = false) {
    self.init()
    for event in rest {
      switch event {
      case .partSignature(let seal): self.seal = seal
      case .partExtras(let extras): self.extras.overlay(extras)
      case .text where isText && isEmpty: continue
      case .toolArguments where !isText: continue
      default: return
      }
    }
  }

  var isEmpty: Bool { seal == nil && extras.isEmpty }
}

/// Members of a stream's events that have no word of their own, as each was told last.
///
/// Most are told again and again: what is the same as before costs a comparison and no more.
struct NotedMembers: Sendable {
  private var members: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []

  private static let mostMembers = 64
  private static let mostBytes = 1 << 20

  /// Notes a member whose value comes next.
  mutating func note(_ name: ArraySlice<UInt8>, _ scanner: inout JSONScanner) throws(WireError) {
    note(name, try scanner.raw())
  }

  mutating func note(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    if let index = members.firstIndex(where: { $0.name == name }) {
      if members[index].value != value { members[index].value = value }
    } else if members.count < Self.mostMembers {
      members.append((name, value))
    }
  }

  /// What was noted, without what says nothing; forgets it.
  mutating func take() -> JSONObject {
    defer { members = [] }
    var object = JSONObject()
    for member in members where member.value.count <= Self.mostBytes {
      object[member.name.text] = try? JSON.parse(member.value)  // it was read once: cannot throw
    }
    return object.rest(besides: [])
  }
}
