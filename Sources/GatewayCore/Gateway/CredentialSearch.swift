// What authorizes the calls of a provider: a key, wherever it is, else what its cloud's own tools leave on the machine.

import Wire

/// Looks for credentials.
package struct CredentialSearch: Sendable {
  let environment: Environment
  let store: KeyStore?
  /// What runs a command that gives a key; listing what there is runs none.
  let commands: KeyCommands?

  package init(environment: Environment, store: KeyStore?, commands: KeyCommands? = nil) {
    self.environment = environment
    self.store = store
    self.commands = commands
  }

  /// What authorizes calls of `provider` at `now`; `nil` when it needs nothing.
  ///
  /// A key goes first, wherever it is; then what the cloud's own tools leave on the machine.
  package func find(for provider: Provider, now: Timestamp) throws(KeyFailure) -> Credential? {
    do {
      let key = try ProviderKey.find(for: provider, environment: environment, store: store) {
        (line) throws(KeyFailure) in try commands?.key(line) ?? ""
      }
      return key.map { .key($0) }
    } catch {
      guard case .missing = error else { throw error }
      if let found = try fromCloud(of: provider, now) { return found }
      throw provider.auth.accountAdvice.map { .noAccount(provider: provider.id, advice: $0) } ?? error
    }
  }

  private func fromCloud(of provider: Provider, _ now: Timestamp) throws(KeyFailure) -> Credential? {
    switch provider.auth {
    case .signatureV4(let service):
      let account = AWSAccount(environment: environment, profile: provider.cloud.profile)
      guard let (source, origin) = try account.source() else { return nil }
      guard let region = AddressBlanks(environment: environment).value(of: "region", for: provider) else {
        throw .unreadable(what: origin, why: "no region is set: set AWS_REGION")
      }
      let keys: AWSKeys =
        switch source {
        case .keys(let keys): keys
        case .process(let line):
          try commands?.awsKeys(line, now: now) ?? AWSKeys(accessKeyID: "", secretAccessKey: "")
        }
      return .signature(SignatureV4(keys: keys, region: region, service: service), origin: origin)
    case .google(let variables):
      return try GoogleAccount(environment: environment, variables: variables).grant().map { .token($0) }
    case .entra:
      let account = AzureAccount(environment: environment)
      return account.token.map { .bearer($0) } ?? account.grant.map { .token($0) }
    case .authorization, .header, .query, .none, .unsupported: return nil
    }
  }
}

extension Provider.Auth {
  /// What to do where a cloud's own credentials are missing.
  fileprivate var accountAdvice: String? {
    switch self {
    case .signatureV4: "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    case .google: "Run: gcloud auth application-default login. Or set GOOGLE_APPLICATION_CREDENTIALS."
    case .entra, .authorization, .header, .query, .none, .unsupported: nil
    }
  }
}
