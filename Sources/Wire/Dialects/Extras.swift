// What the caller said in a format's own words stands beside what we say, never in its place.

extension JSONObject {
  /// Adds a field of the caller's, an object member by member.
  ///
  /// What is said already stays as it is; that is a change.
  mutating func add(_ extra: Member, changes: inout [Change]) {
    fill(from: JSONObject([(extra.name, extra.value)]), changes: &changes, levels: 1)
  }

  /// Adds what is not said already.
  mutating func fill(from others: JSONObject) {
    for member in others.members where self[member.name] == nil { members.append(member) }
  }

  /// Adds fields of the caller's; objects on both sides are filled member by member, `levels` deep.
  ///
  /// What is said already stays as it is; that is a change when the caller said otherwise.
  mutating func fill(from theirs: JSONObject, at place: String = "", changes: inout [Change], levels: Int = 4) {
    for member in theirs.members {
      let field = place.isEmpty ? member.name : "\(place).\(member.name)"
      guard let ours = self[member.name] else {
        self[member.name] = member.value
        continue
      }
      if var whole = ours.object, let inner = member.value.object, levels > 0 {
        whole.fill(from: inner, at: field, changes: &changes, levels: levels - 1)
        self[member.name] = .object(whole)
      } else if ours != member.value {
        changes.append(Change(field, .dropped, "it is said already"))
      }
    }
  }
}
