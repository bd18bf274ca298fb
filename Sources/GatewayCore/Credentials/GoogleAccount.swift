// Google's credentials as its own tools keep them: a file that a variable names, else what `gcloud auth
// application-default login` left (cloud.google.com/docs/authentication/application-default-credentials).

import Wire

/// What a machine knows of an account.
struct GoogleAccount: Sendable {
  let environment: Environment
  /// Variables that may name the file, or hold what stands in it.
  let variables: [String]

  /// The project of the environment, else that of the file.
  var project: String? {
    if let named = environment.first(of: ["GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"]) { return named.value }
    guard let file = try? file() else { return nil }
    return file.json["project_id"]?.string ?? file.json["quota_project_id"]?.string
  }

  var location: String? { environment["GOOGLE_CLOUD_LOCATION"] }

  /// How tokens are got; `nil` when the machine has no credentials.
  func grant() throws(KeyFailure) -> TokenGrant? {
    guard let (json, path) = try file() else { return nil }
    var grant: TokenGrant
    switch json["type"]?.string {
    case "service_account": grant = try serviceAccount(json, path)
    case "authorized_user": grant = try user(json, path)
    case let type:
      throw .unreadable(
        what: path, why: "credentials of type '\(type ?? "none")' are none that this version can use")
    }
    grant.headers = json["quota_project_id"]?.string.map { [("x-goog-user-project", $0)] } ?? []
    return grant
  }

  private static let tokenURL = "https://oauth2.googleapis.com/token"
  private static let scope = "https://www.googleapis.com/auth/cloud-platform"

  private func serviceAccount(_ json: JSON, _ path: String) throws(KeyFailure) -> TokenGrant {
    guard let email = json["client_email"]?.string, let key = json["private_key"]?.string else {
      throw .unreadable(what: path, why: "it holds no client_email and private_key")
    }
    let url = json["token_uri"]?.string ?? Self.tokenURL
    let assertion = SignedAssertion(
      issuer: email, audience: url, scope: Self.scope, keyID: json["private_key_id"]?.string, privateKey: key)
    return TokenGrant(
      origin: "service account \(email)", url: url,
      form: [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")], assertion: assertion, secrets: [key])
  }

  private func user(_ json: JSON, _ path: String) throws(KeyFailure) -> TokenGrant {
    guard let id = json["client_id"]?.string, let secret = json["client_secret"]?.string,
      let refresh = json["refresh_token"]?.string
    else { throw .unreadable(what: path, why: "it holds no client_id, client_secret and refresh_token") }
    return TokenGrant(
      origin: path, url: json["token_uri"]?.string ?? Self.tokenURL,
      form: [
        ("grant_type", "refresh_token"), ("client_id", id), ("client_secret", secret), ("refresh_token", refresh),
      ], secrets: [secret, refresh])
  }

  /// The file and its name for showing.
  private func file() throws(KeyFailure) -> (json: JSON, path: String)? {
    if let (name, value) = environment.first(of: variables) {
      return value.hasPrefix("{") ? (try parse(Array(value.utf8), name), name) : (try read(value), value)
    }
    let folder = environment["CLOUDSDK_CONFIG"] ?? environment["HOME"].map { $0 + "/.config/gcloud" }
    guard let path = folder.map({ $0 + "/application_default_credentials.json" }) else { return nil }
    do {
      return (try parse(try readFile(path, limit: 1 << 20), path), path)
    } catch let failure as FileFailure {
      if failure.isMissing { return nil }
      throw .unreadable(what: path, why: failure.why)
    } catch let failure as KeyFailure {
      throw failure
    } catch {
      return nil
    }
  }

  private func read(_ path: String) throws(KeyFailure) -> JSON {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: 1 << 20) } catch { throw .unreadable(what: path, why: error.why) }
    return try parse(bytes, path)
  }

  private func parse(_ bytes: [UInt8], _ what: String) throws(KeyFailure) -> JSON {
    guard let json = try? JSON.parse(bytes), json.object != nil else {
      throw .unreadable(what: what, why: "it is not a JSON object")
    }
    return json
  }
}
