import GatewayCore
import Testing
import Wire

private func catalog(_ settings: Settings = Settings(), _ variables: [String: String] = [:]) -> Catalog {
  Catalog(settings: settings, environment: Environment(variables: variables))
}

private func settings(_ yaml: String) throws -> Settings {
  try Settings.parse(Array(yaml.utf8), file: "config.yaml", variables: { _ in nil }, nearest: { _, _ in nil })
}

struct CatalogTables {
  @Test(arguments: [CatalogTable.providers, CatalogTable.models])
  func `every key is found again and the keys are sorted`(_ table: CatalogTable) {
    var keys: [String] = []
    table.forEach { key, _ in
      keys.append(String(decoding: key, as: UTF8.self))
      return true
    }
    #expect(keys.count > 240)
    // A prime stride reaches all parts of the table.
    let sample = stride(from: 0, to: keys.count, by: 37).map { keys[$0] } + [keys.first, keys.last].compactMap(\.self)
    #expect(sample.allSatisfy { table.value(of: $0) != nil })
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test(arguments: ["", " ", "zzzz", "opena", "openai/", "\u{10FFFF}"])
  func `what is not there is not found`(_ key: String) {
    #expect(CatalogTable.providers.value(of: key) == nil)
  }

  @Test func `a prefix gives its rows and no others`() {
    var count = 0
    CatalogTable.models.forEach(prefix: "groq/") { key, _ in
      #expect(key.starts(with: "groq/".utf8))
      count += 1
      return true
    }
    #expect(count >= 15)
    #expect(catalog().allModelNames(of: "groq").count == count)
  }
}

struct CatalogData {
  @Test func `every model row is JSON with a known mode, and what has a price per token has a price card`() throws {
    var rows = 0
    var withoutCard: [String] = []
    CatalogTable.models.forEach { key, value in
      guard value.first != UInt8(ascii: "=") else { return true }
      rows += 1
      let row = (try? JSON.parse(Array(value)))?.object
      #expect(row?["mode"]?.string != nil, "\(String(decoding: key, as: UTF8.self))")
      let hasTokenPrice = row?["price"]?["input"] != nil || row?["price"]?["output"] != nil
      if let row, hasTokenPrice, ModelFacts(row: row, defaults: JSONObject()).prices == nil {
        withoutCard.append(String(decoding: key, as: UTF8.self))
      }
      return true
    }
    #expect(rows >= 8178)
    #expect(withoutCard == [])
  }

  /// How the address of a streamed call of a model `m` ends, by dialect.
  private static let paths = [
    "/chat/completions", "/messages", "/model/m/converse-stream", "/models/m:streamGenerateContent?alt=sse",
    "/m:streamRawPredict", "/responses", "/chat",
  ]

  @Test func `every provider whose dialect is built in has a whole address, or says what is missing`() throws {
    var callable = 0
    for provider in catalog().allProviders() {
      switch Result(catching: { () throws(ResolutionFailure) in try catalog().target(provider, model: "m") }) {
      case .success(let target):
        guard case .http(let dialect, let base) = target.route else { continue }
        let url = dialect.dialect.chatURL(base: base, model: "m", streams: true, quirks: Quirks())
        print("\(provider.id) \(url)")
        callable += 1
        #expect(url.hasPrefix("http://") || url.hasPrefix("https://"), "\(provider.id): \(url)")
        #expect(!url.dropFirst(8).contains("//"), "\(provider.id): \(url)")
        #expect(Self.paths.contains { url.hasSuffix($0) }, "\(provider.id): \(url)")
        #expect(throws: Never.self) { try Quirks(json: provider.quirks) }
      case .failure(.addressIncomplete(_, let address)):
        #expect(address.isEmpty || address.contains("{"), "\(provider.id): \(address)")
      case .failure(.dialectMissing(_, let dialect)):
        #expect(DialectName(rawValue: dialect) == nil)
      case .failure(let failure):
        Issue.record("\(provider.id): \(failure)")
      }
    }
    #expect(callable > 190)
  }

  @Test func `a default model is one that the catalogue prices`() throws {
    let ranked = catalog().allProviders().filter { $0.defaultModel != nil }
    #expect(ranked.count >= 8)
    for provider in ranked {
      let model = try #require(provider.defaultModel)
      #expect(catalog().facts(of: model, at: provider)?.prices != nil, "\(provider.id)/\(model)")
    }
  }
}

struct NameResolution {
  @Test(arguments: [
    ("anthropic/claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
    ("openrouter/openai/gpt-5.4", "openrouter", "openai/gpt-5.4"),
    ("ollama_chat/llama3", "ollama", "llama3"),
    ("offline/echo", "offline", "echo"),
    ("openai/a-model-of-tomorrow", "openai", "a-model-of-tomorrow"),
  ])
  func `provider and model are parted at the first slash`(_ name: String, _ provider: String, _ model: String) throws {
    let target = try catalog().resolve(name)
    #expect(target.provider.id == provider)
    #expect(target.model == model)
  }

  @Test func `a model the catalogue lacks can be called and has no price`() throws {
    #expect(try catalog().resolve("openai/a-model-of-tomorrow").facts == nil)
  }

  @Test func `a bare name goes to the one provider that can be called`() throws {
    let one = try catalog(Settings(), ["OPENAI_API_KEY": "k"]).resolve("gpt-5.4")
    #expect(one.name == "openai/gpt-5.4")
    #expect(throws: ResolutionFailure.unknown(name: "gpt-nonesuch")) { try catalog().resolve("gpt-nonesuch") }
    #expect {
      try catalog().resolve("gpt-5.4")
    } throws: { error in
      guard case .notConfigured(_, let candidates)? = error as? ResolutionFailure else { return false }
      return candidates.contains("openai/gpt-5.4") && candidates.count > 1
    }
  }

  @Test func `several that could be called are named`() {
    let both = catalog(Settings(), ["AZURE_API_KEY": "k", "OPENAI_API_KEY": "k"])
    #expect(
      throws: ResolutionFailure.ambiguous(
        name: "gpt-4o", candidates: ["openai/gpt-4o", "azure/gpt-4o", "azure-ai/gpt-4o"])
    ) {
      try both.resolve("gpt-4o")
    }
  }

  @Test func `an alias of the config stands for its target`() throws {
    let known = catalog(try settings("aliases: {sonnet: anthropic/claude-sonnet-4-5}"))
    #expect(try known.resolve("sonnet").name == "anthropic/claude-sonnet-4-5")
  }

  @Test func `a dialect that is not built in is named`() {
    #expect(throws: ResolutionFailure.dialectMissing(provider: "replicate", dialect: "replicate")) {
      try catalog().resolve("replicate/m")
    }
  }

  @Test func `an address with a gap asks to be filled in`() {
    #expect {
      try catalog().resolve("databricks/some-model")
    } throws: { error in
      guard case .addressIncomplete(let provider, _)? = error as? ResolutionFailure else { return false }
      return provider == "databricks"
    }
  }
}

struct ConfiguredProviders {
  @Test(arguments: [
    ("providers: {groq: {base_url: 'http://127.0.0.1:9/v1/'}}", "groq/m", "http://127.0.0.1:9/v1/chat/completions"),
    ("providers: {mine: {dialect: openai-chat, base_url: 'http://h/v1'}}", "mine/m", "http://h/v1/chat/completions"),
    ("providers: {mine: {base_url: 'http://h/v1'}}", "mine/m", "http://h/v1/chat/completions"),
    ("providers: {a: {like: anthropic, base_url: 'http://h/v1'}}", "a/m", "http://h/v1/messages"),
    ("providers: {eu: {like: groq}}", "eu/m", "https://api.groq.com/openai/v1/chat/completions"),
  ])
  func `the config goes over the registry`(_ yaml: String, _ name: String, _ url: String) throws {
    let target = try catalog(try settings(yaml)).resolve(name)
    guard case .http(let dialect, let base) = target.route else {
      Issue.record("not over HTTP")
      return
    }
    #expect(dialect.dialect.chatURL(base: base, model: "m", streams: true, quirks: Quirks()) == url)
  }

  @Test(arguments: [
    ("OLLAMA_HOST", "127.0.0.1:9999", "ollama/m", "http://127.0.0.1:9999/v1"),
    ("ANTHROPIC_BASE_URL", "https://proxy.example", "anthropic/m", "https://proxy.example/v1"),
    ("ANTHROPIC_BASE_URL", "https://proxy.example/x/v1/", "anthropic/m", "https://proxy.example/x/v1"),
    ("GROQ_BASE_URL", "", "groq/m", "https://api.groq.com/openai/v1"),
  ])
  func `a variable moves an address`(_ variable: String, _ value: String, _ name: String, _ base: String) throws {
    let target = try catalog(Settings(), [variable: value]).resolve(name)
    guard case .http(_, let found) = target.route else {
      Issue.record("not over HTTP")
      return
    }
    #expect(found == base)
  }

  @Test func `a provider like another keeps its quirks and auth but not its keys`() throws {
    let provider = try #require(catalog(try settings("providers: {eu: {like: groq}}")).provider(named: "eu"))
    let original = try #require(catalog().provider(named: "groq"))
    #expect(provider.quirks == original.quirks)
    #expect(provider.keyVariables.isEmpty)
    #expect(provider.isConfigured)
  }

  @Test func `a price of the config becomes the model's card`() throws {
    let yaml = """
      providers: {mine: {base_url: 'http://h/v1'}}
      models: {mine/llama: {context: 8192, max_output: 100, price: {input: "0.20", output: "0.60"}}}
      """
    let facts = try #require(try catalog(try settings(yaml)).resolve("mine/llama").facts)
    #expect(facts.context == 8192)
    #expect(facts.traits.maxOutputTokens == 100)
    let terms = PricingTerms(at: Timestamp(microseconds: 0))
    let total = facts.prices?.bill(for: Usage(input: 1_000_000, output: 1_000_000), terms: terms).total
    #expect(total == Picodollars(dollars: "0.80"))
  }
}

struct ProviderKeys {
  private let provider = catalog().provider(named: "openai")

  @Test func `the variable of the registry is read`() throws {
    let key = try ProviderKey.find(
      for: #require(provider), environment: Environment(variables: ["OPENAI_API_KEY": "secret"]), store: nil,
      runCommand: { (_) throws(KeyFailure) in "" })
    #expect(key?.value == "secret")
    #expect(key?.origin == "OPENAI_API_KEY")
  }

  @Test func `a missing key names the variable that would hold it`() throws {
    let provider = try #require(provider)
    #expect(throws: KeyFailure.missing(provider: "openai", variables: ["OPENAI_API_KEY"])) {
      try ProviderKey.find(
        for: provider, environment: Environment(variables: [:]), store: nil,
        runCommand: { (_) throws(KeyFailure) in "" })
    }
  }

  @Test func `a local server needs none`() throws {
    let local = try #require(catalog().provider(named: "ollama"))
    let key = try ProviderKey.find(
      for: local, environment: Environment(variables: [:]), store: nil, runCommand: { (_) throws(KeyFailure) in "" })
    #expect(key == nil)
  }

  @Test(arguments: [("printf 'abc\\ndef'", "abc"), ("echo '  k  '", "k")])
  func `a command's first line is the key`(_ line: String, _ key: String) throws {
    #expect(try keyFromCommand(line) == key)
  }

  @Test(arguments: ["exit 3", "true", "kill -9 $$"])
  func `a command that fails says how`(_ line: String) {
    #expect {
      try keyFromCommand(line)
    } throws: { error in
      guard case .unreadable(let what, let why)? = error as? KeyFailure else { return false }
      return what == "api_key_command" && !why.isEmpty
    }
  }
}

struct AddressesWithBlanks {
  @Test(
    arguments: [
      ("", ["AWS_REGION": "eu-west-1"], "bedrock/m", "https://bedrock-runtime.eu-west-1.amazonaws.com"),
      (
        "providers: {bedrock: {region: us-west-2}}", ["AWS_REGION": "eu-west-1"], "bedrock/m",
        "https://bedrock-runtime.us-west-2.amazonaws.com"
      ),
      (
        "providers: {mine: {like: bedrock, region: us-west-2}}", [:], "mine/m",
        "https://bedrock-runtime.us-west-2.amazonaws.com"
      ),
      (
        "", ["GOOGLE_VERTEX_PROJECT": "p", "GOOGLE_VERTEX_LOCATION": "us-east5"], "vertex-ai/claude-m",
        "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models"
      ),
      (
        "", ["GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "global"], "vertex-ai/claude-m",
        "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/anthropic/models"
      ),
      (
        "providers: {vertex-ai: {project: q, region: eu}}",
        ["GOOGLE_APPLICATION_CREDENTIALS": #"{"project_id":"p"}"#], "vertex-ai/claude-m",
        "https://eu-aiplatform.googleapis.com/v1/projects/q/locations/eu/publishers/anthropic/models"
      ),
      (
        "", ["GOOGLE_APPLICATION_CREDENTIALS": #"{"project_id":"p"}"#, "VERTEXAI_LOCATION": "eu"], "vertex-ai/claude-m",
        "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/publishers/anthropic/models"
      ),
      ("", ["AZURE_RESOURCE_NAME": "res"], "azure/m", "https://res.openai.azure.com"),
      ("", ["AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com/"], "azure/m", "https://res.openai.azure.com"),
      ("providers: {azure: {resource: res}}", [:], "azure/m", "https://res.openai.azure.com"),
      (
        "", ["CLOUDFLARE_ACCOUNT_ID": "a"], "cloudflare/m",
        "https://api.cloudflare.com/client/v4/accounts/a/ai/v1"
      ),
    ] as [(String, [String: String], String, String)])
  func `a blank is filled from the config, then from variables`(
    _ yaml: String, _ variables: [String: String], _ name: String, _ base: String
  ) throws {
    let known = catalog(try settings(yaml), variables)
    let provider = try #require(known.provider(named: String(name.prefix { $0 != "/" })))
    let model = String(name.drop { $0 != "/" }.dropFirst())
    guard case .http(_, let found) = try known.target(provider, model: model).route else {
      Issue.record("not over HTTP")
      return
    }
    #expect(found == base)
  }

  @Test(arguments: [
    ("vertex-ai", "Claude-x", "vertex-anthropic"), ("azure-ai", "claude-x", "anthropic-messages"),
    ("azure-ai", "gpt-x", "openai-chat"), ("bedrock", "anthropic.claude-x", "bedrock-converse"),
  ])
  func `a model is called in the format that its kind has there`(
    _ name: String, _ model: String, _ dialect: String
  ) throws {
    let provider = try #require(catalog().provider(named: name))
    #expect(provider.endpoints(for: model).first?.dialect == dialect)
  }

  @Test(arguments: [
    ("bedrock", ["region"], ["AWS_REGION"]), ("azure", ["resource"], ["AZURE_RESOURCE_NAME"]),
    ("vertex-ai", ["project"], ["GOOGLE_VERTEX_PROJECT", "VERTEXAI_PROJECT"]),
    ("vertex-ai", ["region"], ["GOOGLE_VERTEX_LOCATION", "VERTEXAI_LOCATION"]), ("openai", ["region"], []),
  ])
  func `what may fill a blank is known`(_ provider: String, _ blank: [String], _ variables: [String]) throws {
    let provider = try #require(catalog().provider(named: provider))
    #expect(catalog().blanks.variables(for: blank[0], of: provider) == variables)
  }

  @Test func `the version of an API comes from the config`() throws {
    let known = catalog(try settings("providers: {azure: {resource: r, api_version: 2024-10-21}}"))
    let target = try known.resolve("azure/gpt-4o")
    guard case .http(let dialect, let base) = target.route else {
      Issue.record("not over HTTP")
      return
    }
    #expect(
      dialect.dialect.chatURL(
        base: base, model: "gpt-4o", streams: true, quirks: try Quirks(json: target.provider.quirks))
        == "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")
  }

  @Test(
    arguments: [
      ("bedrock", ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "r"], true),
      ("bedrock", ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], false),
      ("bedrock", ["AWS_ACCESS_KEY_ID": "a", "AWS_REGION": "r"], false),
      ("bedrock", ["AWS_BEARER_TOKEN_BEDROCK": "k"], true), ("bedrock", ["AWS_REGION": "r"], false),
      (
        "vertex-ai",
        [
          "GOOGLE_APPLICATION_CREDENTIALS":
            #"{"type":"service_account","client_email":"a","private_key":"k","project_id":"p"}"#,
          "GOOGLE_CLOUD_LOCATION": "eu",
        ], true
      ),
      ("vertex-ai", ["GOOGLE_APPLICATION_CREDENTIALS": "/nonesuch", "GOOGLE_CLOUD_LOCATION": "eu"], false),
      ("azure", ["AZURE_AD_TOKEN": "t", "AZURE_RESOURCE_NAME": "r"], true), ("azure", ["AZURE_AD_TOKEN": "t"], false),
    ] as [(String, [String: String], Bool)])
  func `a cloud can be called when credentials and the address are there`(
    _ name: String, _ variables: [String: String], _ isReady: Bool
  ) throws {
    let known = catalog(Settings(), variables)
    #expect(known.canBeCalled(try #require(known.provider(named: name))) == isReady)
  }

  @Test func `a model behind a region's prefix has the facts of its own`() throws {
    let bedrock = try #require(catalog().provider(named: "bedrock"))
    let bare = "anthropic.claude-3-opus-20240229-v1:0"
    let own = try #require(catalog().facts(of: bare, at: bedrock))
    #expect(catalog().row(of: "jp.\(bare)", at: "bedrock") == nil)
    #expect(catalog().facts(of: "jp.\(bare)", at: bedrock) == own)
    #expect(catalog().facts(of: "xx.\(bare)", at: bedrock) == nil)
    // A price of the region's own goes before it.
    let dearer = "anthropic.claude-haiku-4-5-20251001-v1:0"
    #expect(
      catalog().facts(of: "au.\(dearer)", at: bedrock)?.prices != catalog().facts(of: dearer, at: bedrock)?.prices)
  }
}
