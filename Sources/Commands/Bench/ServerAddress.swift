// `--url`: a server that stands in no config.

import CommandLineKit
import GatewayCore
import Wire

/// The address of a server, as a provider for one run.
struct ServerAddress: Equatable {
  /// `host:port`, which is the provider's name in the books.
  let authority: String
  /// Without a slash at its end.
  let base: String

  /// A bare address gets the path that nearly all of these servers have.
  init(typed text: String) throws(UsageError) {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
    let rest = text.dropFirst(scheme?.count ?? 0)
    let authority = rest.prefix { $0 != "/" }
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains { "?#@".contains($0) }
    guard scheme != nil, !authority.isEmpty, isPlain else {
      throw UsageError(
        "'--url \(safeLine(text))' is not an address of a server", advice: "Write it as http://127.0.0.1:8000/v1.")
    }
    self.authority = String(authority)
    base = rest.contains("/") ? text : text + "/v1"
  }
}

extension BenchOptions {
  /// The providers of the addresses, in order; two with one name are told apart by a number.
  func servers() throws(UsageError) -> [ProviderSettings] {
    var names: [String: Int] = [:]
    var servers: [ProviderSettings] = []
    for url in urls {
      let address = try ServerAddress(typed: url)
      let number = names[address.authority, default: 0] + 1
      names[address.authority] = number
      servers.append(
        ProviderSettings(
          name: number == 1 ? address.authority : "\(address.authority)-\(number)", dialect: api,
          baseURL: address.base, key: keyVariable.map { .variable($0) }))
    }
    return servers
  }
}
