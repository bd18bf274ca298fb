// `llmgw models`: find a model by what it can and what it costs.

package import CommandLineKit
import GatewayCore
import Wire

extension AnyCommand<Invocation> {
  package static let models = AnyCommand(
    Command(
      CommandDescription(
        "models", "List models with their context, prices and abilities.", group: .setup,
        details: """
          Words must all be in the name. Prices are US dollars per million tokens; a + says that long prompts cost \
          more. The list is part of the program: nothing is asked over the network without --live.
          """,
        examples: [
          .init("llmgw models claude --can vision,tools", "Models with claude in their name that see and use tools."),
          .init("llmgw models --max-input-price 0.20 --context 100k --sort input", "Cheap ones with a large window."),
          .init("llmgw models show anthropic/claude-sonnet-5-5", "All that is known of one."),
        ]),
      options: { ModelsOptions() }, flags: ModelsOptions.flags,
      positionals: [Positional("TEXT", "A part of the name.", repeats: true) { $0.words.append($1) }],
      run: { options, invocation in try await ModelsRun(options, invocation).list() }),
    subcommands: [modelsShow])

  private static let modelsShow = AnyCommand(
    Command(
      CommandDescription("show", "Show all that is known of a model."), options: { ModelsOptions() },
      flags: [.toggle("json", "Print JSON.") { $0.json = true }],
      positionals: [
        Positional(
          "NAME", "provider/model, an alias, or a bare name.", isRequired: true, completes: .known(.model)
        ) { $0.words = [$1] }
      ],
      run: { options, invocation in try ModelsRun(options, invocation).show(options.words.first ?? "") }))
}

struct ModelsRun {
  let options: ModelsOptions
  let invocation: Invocation
  let catalog: Catalog
  private let settings: Settings
  var terminal: Terminal { invocation.terminal }

  init(_ options: ModelsOptions, _ invocation: Invocation) throws {
    self.options = options
    self.invocation = invocation
    settings = try invocation.loadSettings()
    catalog = invocation.catalog(settings)
  }

  func list() async throws -> Int32 {
    let providers = try options.providers.map { try provider($0) }
    var entries = providers.isEmpty ? catalog.modelEntries() : providers.flatMap { catalog.modelEntries(of: $0.id) }
    if options.asksProviders { entries += try await listedOnlyLive(providers, known: entries) }
    let chosen = options.select(entries)
    if options.json { return try printJSON(chosen) }
    guard !chosen.isEmpty else {
      terminal.stderr.note("llmgw: no model is like that. Leave a filter out, or see llmgw models.")
      return ExitCode.notFound.rawValue
    }
    let text = table(chosen).text(width: terminal.tableWidth)
    try invocation.showPaged(text)
    return ExitCode.ok.rawValue
  }

  private func provider(_ name: String) throws -> Provider {
    guard let provider = catalog.provider(named: name) else {
      throw CommandFailure(
        .notFound, "provider '\(safeLine(name))': there is none of that name",
        advice: didYouMean(name, among: catalog.allProviders().map(\.id)) ?? "See llmgw providers.")
    }
    return provider
  }

  private func table(_ entries: [ModelEntry]) -> Table {
    let columns: [Table.Column] = [
      .text("MODEL", least: 28), .number("CONTEXT"), .number("INPUT"), .number("OUTPUT"),
      .number("CACHED").whereThereIsRoom, .text("CAN", least: 16).whereThereIsRoom,
    ]
    let rows = entries.map { entry in
      [
        entry.name + (entry.isInCatalog ? "" : " (not in the catalogue)"),
        entry.context?.shortTokens ?? "", entry.shownPrice("input") + (entry.hasTiers ? "+" : ""),
        entry.shownPrice("output"), entry.shownPrice("cache_read"),
        (entry.mode == "chat" ? [] : [entry.mode]).joined() + (entry.mode == "chat" ? "" : " ")
          + entry.capabilities.joined(separator: " "),
      ]
    }
    return Table(columns, rows: rows)
  }

  private func printJSON(_ entries: [ModelEntry]) throws -> Int32 {
    var checked: [String: String?] = [:]
    let rows = entries.map { entry -> JSON in
      let provider = entry.provider
      if checked[provider] == nil { checked[provider] = catalog.provider(named: provider)?.checked }
      return entry.json(checked: checked[provider] ?? nil)
    }
    var writer = JSONWriter(style: .indented)
    writer.write(JSON.array(rows))
    try terminal.stdout.write(String(decoding: writer.bytes, as: UTF8.self) + "\n")
    return ExitCode.ok.rawValue
  }

  // MARK: Live

  /// What the providers list that is not in the catalogue.
  private func listedOnlyLive(_ chosen: [Provider], known: [ModelEntry]) async throws -> [ModelEntry] {
    let asked = chosen.isEmpty ? catalog.allProviders().filter { catalog.canBeCalled($0) } : chosen
    guard !asked.isEmpty else {
      throw CommandFailure(.key, "models --live: no provider has a key", advice: "Store one: llmgw keys set PROVIDER.")
    }
    let transport = invocation.transport()
    defer { transport.shutdown() }
    let gateway = invocation.gateway(
      catalog, transport, ledger: .failure(LedgerFailure(.notOpen, "open the ledger", "listing models books nothing")))
    let names = Set(known.map(\.name))
    var found: [ModelEntry] = []
    for provider in asked {
      do {
        let listing = try await gateway.listModels(of: provider)
        found += listing.models.map { "\(provider.id)/\($0)" }.filter { !names.contains($0) }
          .map { ModelEntry(unknown: $0) }
      } catch {
        terminal.stderr.note("llmgw: \(provider.id): \(safeLine(Self.problem(error)))")
      }
    }
    return found
  }

  private static func problem(_ error: any Error) -> String {
    switch error {
    case let failure as ProviderFailure: failure.summary
    case let rejection as Rejection: CommandFailure(rejection: rejection, about: "its list of models").problem
    case let error as WireError: error.problem
    default: "it cannot be asked"
    }
  }
}

extension ModelEntry {
  /// Dollars per million tokens as in a price list: at least two places, no more than are needed.
  func shownPrice(_ kind: String) -> String {
    guard let price = price(kind) else { return "" }
    let text = price.decimalText
    guard let point = text.firstIndex(of: ".") else { return text + ".00" }
    let places = text.distance(from: point, to: text.endIndex) - 1
    return text + String(repeating: "0", count: max(0, 2 - places))
  }
}

extension Int {
  /// `200k`, `1.05m`: tokens for a narrow column.
  var shortTokens: String {
    if self >= 1_000_000 {
      let hundredths = (self + 5_000) / 10_000
      let fraction =
        hundredths % 100 == 0
        ? "" : ".\(hundredths % 10 == 0 ? String(hundredths % 100 / 10) : (hundredths % 100).padded(2))"
      return "\(hundredths / 100)\(fraction)m"
    }
    return self >= 1000 ? "\((self + 500) / 1000)k" : String(self)
  }
}
