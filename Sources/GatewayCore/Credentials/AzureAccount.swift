// Microsoft Entra credentials as Azure's own libraries read them from the environment
// (learn.microsoft.com/azure/developer/python/sdk/authentication/service-principal).

import Wire

/// What the environment knows of an account.
struct AzureAccount: Sendable {
  let environment: Environment

  /// A token that somebody else got.
  var token: ProviderKey? {
    environment["AZURE_AD_TOKEN"].map { ProviderKey(value: $0, origin: "AZURE_AD_TOKEN") }
  }

  /// How tokens are got; `nil` when the environment names no application.
  var grant: TokenGrant? {
    guard let tenant = environment["AZURE_TENANT_ID"], let id = environment["AZURE_CLIENT_ID"],
      let secret = environment["AZURE_CLIENT_SECRET"]
    else { return nil }
    var authority = environment["AZURE_AUTHORITY_HOST"] ?? "https://login.microsoftonline.com"
    while authority.hasSuffix("/") { authority.removeLast() }
    return TokenGrant(
      origin: "AZURE_CLIENT_ID", url: "\(authority)/\(tenant.percentEncoded())/oauth2/v2.0/token",
      form: [
        ("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret),
        ("scope", "https://cognitiveservices.azure.com/.default"),
      ], secrets: [secret])
  }
}
