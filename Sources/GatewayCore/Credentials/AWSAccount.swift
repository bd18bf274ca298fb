// Amazon's keys and region as its own tools keep them: variables, then a profile in their files.
// docs.aws.amazon.com/sdkref/latest/guide/creds-config-files.html

import Wire

/// What a machine knows of an account.
struct AWSAccount: Sendable {
  let environment: Environment
  /// The profile that the config names, which goes before variables.
  let profile: String?

  /// Where keys come from.
  enum Source: Sendable, Equatable {
    case keys(AWSKeys)
    /// A command line that prints them.
    case process(String)
  }

  /// The keys' source and its name for showing; `nil` when the machine has none.
  func source() throws(KeyFailure) -> (source: Source, origin: String)? {
    if profile == nil, let id = environment["AWS_ACCESS_KEY_ID"] {
      guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
        throw .unreadable(what: "AWS_ACCESS_KEY_ID", why: "AWS_SECRET_ACCESS_KEY is not set")
      }
      let keys = AWSKeys(
        accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
      return (.keys(keys), "AWS_ACCESS_KEY_ID")
    }
    let origin = "AWS profile '\(profileName)'"
    if let source = try source(in: settings(), origin) { return (source, origin) }
    guard profile != nil || environment["AWS_PROFILE"] != nil else { return nil }
    throw .unreadable(what: origin, why: "it has no keys")
  }

  /// Of the environment, else of the profile.
  var region: String? {
    if profile == nil, let region = environment.first(of: ["AWS_REGION", "AWS_DEFAULT_REGION"]) { return region.value }
    return settings()["region"] ?? environment.first(of: ["AWS_REGION", "AWS_DEFAULT_REGION"])?.value
  }

  private func source(in settings: [String: String], _ origin: String) throws(KeyFailure) -> Source? {
    if let id = settings["aws_access_key_id"], let secret = settings["aws_secret_access_key"] {
      return .keys(
        AWSKeys(accessKeyID: id, secretAccessKey: secret, sessionToken: settings["aws_session_token"]))
    }
    if let line = settings["credential_process"] { return .process(line) }
    for (key, way) in [
      ("sso_session", "SSO"), ("sso_start_url", "SSO"), ("role_arn", "a role"), ("web_identity_token_file", "a role"),
    ] where settings[key] != nil {
      throw .unreadable(
        what: origin,
        why: "it signs in by \(way), which this version cannot. "
          + "Run: eval \"$(aws configure export-credentials --profile '\(profileName)' --format env)\"")
    }
    return nil
  }

  // MARK: Files

  private var profileName: String { profile ?? environment["AWS_PROFILE"] ?? "default" }

  /// What both files say of the profile; the file of credentials goes first.
  private func settings() -> [String: String] {
    let config = section(of: "AWS_CONFIG_FILE", "/.aws/config") { name in
      name.hasPrefix("profile ") ? name.dropFirst("profile ".count).drop { $0 == " " } : name
    }
    let credentials = section(of: "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials") { $0 }
    return config.merging(credentials) { $1 }
  }

  /// A file that cannot be read says nothing.
  private func section(
    of variable: String, _ place: String, named: (Substring) -> Substring
  ) -> [String: String] {
    guard let path = environment[variable] ?? environment["HOME"].map({ $0 + place }),
      let bytes = try? readFile(path, limit: 1 << 20)
    else { return [:] }
    var settings: [String: String] = [:]
    var isWanted = false
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      // A line that is set in belongs to the one before it, which is of no concern here.
      guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
      if first == "[" {
        isWanted = named(line.dropFirst().prefix { $0 != "]" }.trimmed) == profileName
      } else if isWanted, let equals = line.firstIndex(of: "=") {
        settings[line[..<equals].trimmed.lowercased()] = String(line[line.index(after: equals)...].trimmed)
      }
    }
    return settings.filter { !$0.value.isEmpty }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let rest = drop(while: \.isWhitespace)
    return rest[..<(rest.lastIndex { !$0.isWhitespace }.map { rest.index(after: $0) } ?? rest.startIndex)]
  }
}
