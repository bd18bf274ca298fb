// What the caller said in a format's own words stands beside what we say, never in its place.

extension JSONObject {
  /// Adds a field of the caller's, an object member by member.
  ///
  /// What is said already stays as it is; that is a change.
  mutating func add(_ extra: Member, changes: inout [Change]) {
    guard let ours = self[extra.name] else { return self[extra.name] = extra.value }
    guard var whole = ours.object, let theirs = extra.value.object else {
      return changes.append(Change(extra.name, .dropped, "it is said already"))
    }
    for member in theirs.members {
      if whole[member.name] == nil {
        whole[member.name] = member.value
      } else {
        changes.append(Change("\(extra.name).\(member.name)", .dropped, "it is said already"))
      }
    }
    self[extra.name] = .object(whole)
  }
}
