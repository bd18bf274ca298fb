// `llmgw providers`: who can be called, at which address, with which key.

package import CommandLineKit
import GatewayCore
import Wire

/// What was typed for `llmgw providers`.
package struct ProvidersOptions: Sendable, Equatable {
  package var words: [String] = []
  package var onlyCallable = false
  package var json = false
  package init() {}
}

extension AnyCommand<Invocation> {
  package static let providers = AnyCommand(
    Command(
      CommandDescription(
        "providers", "List providers with address, dialect and key.", group: .setup,
        details: """
          KEY says where the key of a provider is found, never the key. Local servers are looked for on their usual \
          ports for a twentieth of a second.
          """,
        examples: [
          .init("llmgw providers --ready", "Those that can be called now."),
          .init("llmgw providers mistral", "Those with mistral in their name."),
        ]),
      options: { ProvidersOptions() },
      flags: [
        .toggle("ready", "Only those whose key is there, and local servers that answer.") { $0.onlyCallable = true },
        .toggle("json", "Print a JSON array.") { $0.json = true },
      ],
      positionals: [Positional("TEXT", "A part of the name.", repeats: true) { $0.words.append($1) }],
      run: { options, invocation in try await ProvidersRun(options: options, invocation: invocation).run() }))
}

private struct ProvidersRun {
  let options: ProvidersOptions
  let invocation: Invocation

  /// A provider as it is shown.
  private struct Row {
    var provider: Provider
    var dialect: String
    var address: String
    /// Where the key is found, or why none is needed; empty when it is missing.
    var key: String
    var answers: Bool
    var isReady: Bool { answers || !key.isEmpty && !provider.isLocal }
  }

  func run() async throws -> Int32 {
    let catalog = invocation.catalog(try invocation.loadSettings())
    let words = options.words.map { $0.lowercased() }
    let named = catalog.allProviders().filter { provider in
      words.allSatisfy { provider.id.contains($0) || provider.name.lowercased().contains($0) }
    }
    let answering = await localServers(named.filter(\.isLocal), catalog)
    let rows = named.map { row($0, catalog, answers: answering.contains($0.id)) }
      .filter { !options.onlyCallable || $0.isReady }
    if options.json {
      try invocation.terminal.stdout.write(JSON.array(rows.map(json)).indentedText + "\n")
      return ExitCode.ok.rawValue
    }
    guard !rows.isEmpty else {
      let advice = options.onlyCallable ? "Store a key: llmgw keys set PROVIDER." : "See llmgw providers."
      throw CommandFailure(.notFound, "providers: none is like that", advice: advice)
    }
    let table = Table(
      [.text("PROVIDER"), .text("DIALECT"), .text("KEY"), .text("ADDRESS")],
      rows: rows.map { [$0.provider.id, $0.dialect, $0.answers ? "answers" : $0.key, $0.address] })
    try invocation.showPaged(
      table.text(width: invocation.terminal.tableWidth))
    return ExitCode.ok.rawValue
  }

  private func row(_ provider: Provider, _ catalog: Catalog, answers: Bool) -> Row {
    let (dialect, address): (String, String)
    do throws(ResolutionFailure) {
      switch try catalog.target(provider, model: "").route {
      case .http(let name, let base): (dialect, address) = (name.rawValue, base)
      case .side(let name, let base): (dialect, address) = (name, base)
      case .inProcess: (dialect, address) = ("in this program", "")
      }
    } catch {
      let endpoint = provider.endpoints.first
      let isBuiltIn = endpoint.flatMap { DialectName(rawValue: $0.dialect) } != nil
      dialect = endpoint.map { isBuiltIn ? $0.dialect : "\($0.dialect) (not yet)" } ?? "unknown"
      address = endpoint?.baseURL ?? ""
    }
    return Row(
      provider: provider, dialect: dialect, address: address, key: keyOrigin(of: provider), answers: answers)
  }

  private func keyOrigin(of provider: Provider) -> String {
    do throws(KeyFailure) {
      return try invocation.credential(of: provider)?.origin ?? (provider.isLocal ? "" : "none needed")
    } catch {
      return ""
    }
  }

  private func localServers(_ providers: [Provider], _ catalog: Catalog) async -> Set<String> {
    // Nobody waits for servers that are not there when the list is for a program.
    guard invocation.terminal.stderr.isTerminal else { return [] }
    let transport = invocation.transport()
    defer { transport.shutdown() }
    return Set(await LocalServers(providers: providers, catalog: catalog, transport: transport).answering().keys)
  }

  private func json(_ row: Row) -> JSON {
    [
      "id": .string(row.provider.id), "name": .string(row.provider.name), "dialect": .string(row.dialect),
      "address": .string(row.address), "key": row.key.isEmpty ? .null : .string(row.key),
      "key_variables": .array(row.provider.keyVariables.map { .string($0) }),
      "local": .bool(row.provider.isLocal), "configured": .bool(row.provider.isConfigured),
      "docs": JSON(text: row.provider.docsURL),
    ]
  }
}
