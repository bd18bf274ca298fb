// The `{...}` of an address, which only the user knows: filled from the config, from the variables that the provider's
// data names, and from what the clouds' own tools leave on a machine.

import Wire

/// Fills blanks.
package struct AddressBlanks: Sendable {
  let environment: Environment

  /// The address with every blank filled that something is known for.
  func filled(_ address: String, for provider: Provider) -> String {
    var result = ""
    var rest = Substring(host(in: address, for: provider))
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      let end = rest.index(after: close)
      result += rest[..<open] + (value(of: name, for: provider) ?? String(rest[open..<end]))
      rest = rest[end...]
    }
    return result + rest
  }

  func value(of blank: String, for provider: Provider) -> String? {
    let configured: String? =
      switch blank {
      case "region": provider.cloud.region
      case "project": provider.cloud.project
      case "resource": provider.cloud.resource
      default: nil
      }
    return configured ?? environment.first(of: variables(for: blank, of: provider))?.value
      ?? ofCloud(blank, provider)
  }

  /// The variables that may fill it: those of the provider whose names end in it.
  package func variables(for blank: String, of provider: Provider) -> [String] {
    let name = blank.uppercased()
    var endings = [name, name + "_ID", name + "_NAME"]
    if blank == "region" { endings.append("LOCATION") }
    return provider.addressVariables.filter { variable in
      endings.contains { variable == $0 || variable.hasSuffix("_" + $0) }
    }
  }

  private func ofCloud(_ blank: String, _ provider: Provider) -> String? {
    switch (provider.auth, blank) {
    case (.signatureV4, "region"): AWSAccount(environment: environment, profile: provider.cloud.profile).region
    case (.google(let variables), "project"): GoogleAccount(environment: environment, variables: variables).project
    case (.google(let variables), "region"): GoogleAccount(environment: environment, variables: variables).location
    default: nil
    }
  }

  /// The region called `global` may have a host of its own.
  private func host(in address: String, for provider: Provider) -> String {
    guard let host = provider.quirks["global_host"]?.string, address.contains("{region}"),
      value(of: "region", for: provider) == "global", let scheme = address.firstRange(of: "://")
    else { return address }
    let path = address[scheme.upperBound...].drop { $0 != "/" }
    return address[..<scheme.upperBound] + host + path
  }
}
