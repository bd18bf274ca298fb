// What is found on a machine: keys, regions, projects, and reasons why not.

import Testing
import Wire

@testable import GatewayCore

private let config = """
  # comment
  [default]
  region = eu-west-1
  output = json
  [profile dev]
  region=us-west-2
  s3 =
    max_concurrent_requests = 20
    aws_access_key_id = NOT_THIS
  credential_process = printf '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"Q","SessionToken":"R"}'
  [profile sso]
  sso_session = corp
  [profile admin]
  role_arn = arn:aws:iam::1:role/x
  source_profile = default
  [profile empty]
  region = x
  """

private let credentials = """
  [default]
  aws_access_key_id = A
  aws_secret_access_key = B/c=
  ; comment
  [temporary]
  aws_access_key_id = C
  aws_secret_access_key = D
  aws_session_token = E
  """

struct AWSAccounts {
  private let home: ScratchHome

  init() throws { home = try ScratchHome([".aws/config": config, ".aws/credentials": credentials]) }

  @Test(
    arguments: [
      // variables, the config's profile: key id, secret, token, origin, region
      ([:], nil, ["A", "B/c="], "AWS profile 'default'", "eu-west-1"),
      (["AWS_PROFILE": "temporary"], nil, ["C", "D", "E"], "AWS profile 'temporary'", nil),
      (
        ["AWS_ACCESS_KEY_ID": "X", "AWS_SECRET_ACCESS_KEY": "Y", "AWS_REGION": "r"], nil, ["X", "Y"],
        "AWS_ACCESS_KEY_ID",
        "r"
      ),
      (
        ["AWS_ACCESS_KEY_ID": "X", "AWS_SECRET_ACCESS_KEY": "Y", "AWS_SESSION_TOKEN": "Z", "AWS_DEFAULT_REGION": "d"],
        nil,
        ["X", "Y", "Z"], "AWS_ACCESS_KEY_ID", "d"
      ),
      // A profile of the config goes before variables.
      (
        ["AWS_ACCESS_KEY_ID": "X", "AWS_SECRET_ACCESS_KEY": "Y", "AWS_REGION": "r"], "default", ["A", "B/c="],
        "AWS profile 'default'", "eu-west-1"
      ),
      (["AWS_REGION": "r"], "temporary", ["C", "D", "E"], "AWS profile 'temporary'", "r"),
    ] as [([String: String], String?, [String], String, String?)])
  func `keys and region`(
    _ variables: [String: String], _ profile: String?, _ keys: [String], _ origin: String, _ region: String?
  ) throws {
    let account = AWSAccount(environment: home.environment(variables), profile: profile)
    let found = try #require(try account.source())
    let expected = AWSKeys(
      accessKeyID: keys[0], secretAccessKey: keys[1], sessionToken: keys.count > 2 ? keys[2] : nil)
    #expect(found.source == .keys(expected))
    #expect(found.origin == origin)
    #expect(account.region == region)
  }

  @Test func `a process prints keys, which are kept until they expire`() throws {
    let account = AWSAccount(environment: home.environment(), profile: "dev")
    guard case .process(let line)? = try account.source()?.source else {
      Issue.record("no process")
      return
    }
    #expect(account.region == "us-west-2")
    let commands = KeyCommands()
    #expect(
      try commands.awsKeys(line, now: mondayNoon) == AWSKeys(accessKeyID: "P", secretAccessKey: "Q", sessionToken: "R"))
    // Each run prints another key: what is kept is told from what is got anew.
    let counting = try ScratchHome()
    func process(_ expiration: String) -> String {
      "cd \(counting.path); echo >>n; "
        + "printf '{\"AccessKeyId\":\"%d\",\"SecretAccessKey\":\"s\",\"Expiration\":\"\(expiration)\"}' $(wc -l <n)"
    }
    let later = Timestamp(microseconds: mondayNoon.microseconds + 6_900_000_000)
    let twoHours = process(Timestamp(microseconds: mondayNoon.microseconds + 7_200_000_000).rfc3339)
    #expect(try commands.awsKeys(twoHours, now: mondayNoon).accessKeyID == "1")
    #expect(try commands.awsKeys(twoHours, now: mondayNoon).accessKeyID == "1")
    #expect(try commands.awsKeys(twoHours, now: later).accessKeyID == "2")
    let unreadable = process("soon")
    #expect(try commands.awsKeys(unreadable, now: mondayNoon).accessKeyID == "3")
    #expect(try commands.awsKeys(unreadable, now: mondayNoon).accessKeyID == "4")
    #expect(throws: KeyFailure.self) { try commands.awsKeys("echo {}", now: mondayNoon) }
    #expect(throws: KeyFailure.self) { try commands.awsKeys("exit 3", now: mondayNoon) }
  }

  @Test(arguments: [
    (["AWS_PROFILE": "sso"], "it signs in by SSO"), (["AWS_PROFILE": "admin"], "it signs in by a role"),
    (["AWS_PROFILE": "empty"], "it has no keys"), (["AWS_PROFILE": "nonesuch"], "it has no keys"),
    (["AWS_ACCESS_KEY_ID": "X"], "AWS_SECRET_ACCESS_KEY is not set"),
  ])
  func `what cannot be used is told`(_ variables: [String: String], _ why: String) {
    #expect {
      try AWSAccount(environment: home.environment(variables), profile: nil).source()
    } throws: { error in
      guard case .unreadable(_, let said)? = error as? KeyFailure else { return false }
      return said.hasPrefix(why)
    }
  }

  @Test func `a machine without anything has no keys`() throws {
    let bare = AWSAccount(environment: Environment(variables: [:]), profile: nil)
    #expect(try bare.source() == nil)
    #expect(bare.region == nil)
    let empty = try ScratchHome([".aws/credentials": "[other]\naws_access_key_id = A\n"])
    #expect(try AWSAccount(environment: empty.environment(), profile: nil).source() == nil)
  }

  @Test func `the files may lie elsewhere`() throws {
    let variables = ["AWS_SHARED_CREDENTIALS_FILE": "\(home.path)/.aws/credentials", "AWS_CONFIG_FILE": "/nonesuch"]
    let account = AWSAccount(environment: Environment(variables: variables), profile: nil)
    #expect(try account.source() != nil)
    #expect(account.region == nil)
  }
}

struct GoogleAccounts {
  private static let user =
    #"{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","quota_project_id":"q"}"#

  @Test func `a service account asserts who it is`() throws {
    let key = try TestKey.pem()
    let file: JSON = [
      "type": "service_account", "client_email": "a@p", "private_key": .string(key), "private_key_id": "k",
      "token_uri": "https://t/token", "project_id": "p",
    ]
    let home = try ScratchHome(["sa.json": file.text])
    let account = GoogleAccount(
      environment: home.environment(["G": "\(home.path)/sa.json"]), variables: ["G"])
    #expect(account.project == "p")
    let grant = try #require(try account.grant())
    #expect(grant.origin == "service account a@p")
    #expect(grant.headers.isEmpty)
    let body = String(decoding: try grant.body(at: mondayNoon), as: UTF8.self)
    let parts = body.split(separator: "&assertion=")
    #expect(parts.first == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer")
    let token = try #require(parts.last).split(separator: ".")
    #expect(token.count == 3)
    #expect(text(base64URL: token[0]) == #"{"alg":"RS256","typ":"JWT","kid":"k"}"#)
    #expect(
      text(base64URL: token[1])
        == #"{"iss":"a@p","scope":"https://www.googleapis.com/auth/cloud-platform","aud":"https://t/token","#
        + #""iat":\#(mondayNoon.seconds),"exp":\#(mondayNoon.seconds + 3600)}"#)
    #expect(bytes(base64URL: token[2])?.count == 256)
  }

  @Test func `a signature is the one that openssl makes`() throws {
    let assertion = SignedAssertion(
      issuer: "a", audience: "b", scope: "c", keyID: nil, privateKey: try TestKey.pem())
    #expect(base64URL(try assertion.signature(of: Array("hello".utf8))) == TestKey.signatureOfHello)
  }

  @Test(arguments: ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func `a key that is none is told, and not shown`(_ pem: String) {
    let assertion = SignedAssertion(issuer: "a@p", audience: "b", scope: "c", keyID: nil, privateKey: pem)
    #expect(
      throws: KeyFailure.unreadable(what: "service account a@p", why: "its private key cannot be read")
    ) { try assertion.text(at: mondayNoon) }
  }

  @Test func `what gcloud left is found, and its quota project goes along`() throws {
    let home = try ScratchHome([".config/gcloud/application_default_credentials.json": Self.user])
    let account = GoogleAccount(environment: home.environment(), variables: ["G"])
    let grant = try #require(try account.grant())
    #expect(grant.url == "https://oauth2.googleapis.com/token")
    #expect(
      String(decoding: try grant.body(at: mondayNoon), as: UTF8.self)
        == "grant_type=refresh_token&client_id=i&client_secret=s&refresh_token=r")
    #expect(grant.headers.map { "\($0.name): \($0.value)" } == ["x-goog-user-project: q"])
    #expect(grant.secrets == ["s", "r"])
    #expect(account.project == "q")
    let elsewhere = GoogleAccount(
      environment: Environment(variables: ["CLOUDSDK_CONFIG": "\(home.path)/.config/gcloud"]), variables: [])
    #expect(try elsewhere.grant()?.identity == grant.identity)
  }

  @Test func `a variable may hold the file's text`() throws {
    let account = GoogleAccount(environment: Environment(variables: ["G": Self.user]), variables: ["G"])
    #expect(try account.grant()?.origin == "G")
  }

  @Test(arguments: [
    "{}", "[]", "nonsense", #"{"type":"external_account"}"#, #"{"type":"service_account","client_email":"a"}"#,
    #"{"type":"authorized_user","client_id":"i"}"#,
  ])
  func `what cannot be used is an error that names the file`(_ text: String) throws {
    let home = try ScratchHome(["g.json": text])
    let path = "\(home.path)/g.json"
    let account = GoogleAccount(environment: home.environment(["G": path]), variables: ["G"])
    #expect {
      try account.grant()
    } throws: { error in
      guard case .unreadable(path, _)? = error as? KeyFailure else { return false }
      return true
    }
  }

  @Test func `a file that is named must be there, the usual one need not`() throws {
    let home = try ScratchHome()
    #expect(try GoogleAccount(environment: home.environment(), variables: ["G"]).grant() == nil)
    #expect(throws: KeyFailure.self) {
      try GoogleAccount(environment: home.environment(["G": "/nonesuch"]), variables: ["G"]).grant()
    }
  }

  private func text(base64URL text: Substring) -> String? {
    bytes(base64URL: text).map { String(decoding: $0, as: UTF8.self) }
  }
}

struct AzureAccounts {
  @Test func `an application asks in its tenant's name`() throws {
    let variables = ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "i", "AZURE_CLIENT_SECRET": "s&s"]
    let grant = try #require(AzureAccount(environment: Environment(variables: variables)).grant)
    #expect(grant.url == "https://login.microsoftonline.com/t/oauth2/v2.0/token")
    #expect(
      String(decoding: try grant.body(at: mondayNoon), as: UTF8.self)
        == "grant_type=client_credentials&client_id=i&client_secret=s%26s"
        + "&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default")
    for name in variables.keys {
      var some = variables
      some[name] = nil
      #expect(AzureAccount(environment: Environment(variables: some)).grant == nil)
    }
  }
}

struct Tokens {
  @Test(
    arguments: [
      (#"{"access_token":"t","expires_in":3600}"#, 3300), (#"{"access_token":"t","expires_in":400}"#, 300),
      (#"{"access_token":"t"}"#, 0), (#"{"access_token":"t","expires_in":-5}"#, 0),
      (#"{"access_token":"t","expires_in":99999999999}"#, 86_100), (#"{"access_token":""}"#, nil), ("{}", nil),
    ] as [(String, Int64?)])
  func `a token is renewed before it expires`(_ reply: String, _ seconds: Int64?) throws {
    let token = AccessToken(reply: try JSON.parse(reply), askedAt: mondayNoon)
    #expect(token.map { ($0.renewAt.microseconds - mondayNoon.microseconds) / 1_000_000 } == seconds)
  }

  @Test(
    arguments: [
      ("2026-11-23T12:00:00Z", 0), ("2026-11-23T13:30:00.123+01:30", 0), ("2026-11-23T11:59:59-00:00", -1),
      ("2026-11-23", nil), ("2026-02-30T12:00:00Z", nil), ("2026-11-23T25:00:00Z", nil), ("2026-11-23T12:00:00", nil),
      ("", nil),
    ] as [(String, Int64?)])
  func `a moment is read`(_ text: String, _ seconds: Int64?) {
    let noon = Timestamp(CivilDay(year: 2026, month: 11, day: 23), hour: 12)
    #expect(Timestamp(rfc3339: text).map { ($0.microseconds - noon.microseconds) / 1_000_000 } == seconds)
  }
}
