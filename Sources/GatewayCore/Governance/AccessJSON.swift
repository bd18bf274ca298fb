// Keys and teams as JSON, as the command line prints them and the admin API gives them.
public import Wire

extension AccessKey {
  /// Everything but the secret; all members are always there, what is not set is null or empty.
  public func json(at now: Timestamp) -> JSONObject {
    let status = status(at: now)
    return [
      "id": .string(id), "name": .string(name), "hint": .string(hint), "status": .string(status.rawValue),
      "team": team.map { .string($0.name) } ?? .null, "owner": owner.map { .string($0) } ?? .null,
      "project": project.map { .string($0) } ?? .null, "tags": .object(JSONObject(tags)),
      "models": JSON(texts: models.map(\.text)), "surfaces": JSON(texts: surfaces.map(\.text)),
      "addresses": JSON(texts: addresses.map(\.text)), "rpm": JSON(limit: limits.requestsPerMinute),
      "tpm": JSON(limit: limits.tokensPerMinute), "parallel": JSON(limit: limits.parallel),
      "admin": .bool(isAdmin), "contents": .bool(allowsContents),
      "log_contents": .bool(logsContents), "metadata": .object(metadata),
      "created_at": .string(createdAt.rfc3339), "expires_at": expiresAt.map { .string($0.rfc3339) } ?? .null,
      "revoked_at": revokedAt.map { .string($0.rfc3339) } ?? .null,
    ]
  }
}

extension AccessKey {
  /// The same with the secret, right behind the id: for the one time when it is shown.
  package func json(with secret: AccessSecret, at now: Timestamp) -> JSONObject {
    var object: JSONObject = ["id": .string(id), "key": .string(secret.text)]
    for member in json(at: now).members { object[member.name] = member.value }
    return object
  }
}

extension Team {
  public var json: JSONObject {
    [
      "id": .string(id), "name": .string(name), "models": JSON(texts: models.map(\.text)),
      "rpm": JSON(limit: limits.requestsPerMinute), "tpm": JSON(limit: limits.tokensPerMinute),
      "parallel": JSON(limit: limits.parallel), "created_at": .string(createdAt.rfc3339),
    ]
  }
}

extension JSON {
  fileprivate init(texts: [String]) { self = .array(texts.map { .string($0) }) }
  fileprivate init(limit: Int?) { self = limit.map { .number(JSONNumber($0)) } ?? .null }
}
