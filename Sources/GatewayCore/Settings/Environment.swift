/// The process's environment as it was handed in.
public struct Environment: Sendable {
  package var variables: [String: String]

  public init(variables: [String: String]) { self.variables = variables }

  /// The value of a variable; `nil` when it is unset or empty.
  package subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The first of `names` that is set, with its value.
  package func first(of names: [String]) -> (name: String, value: String)? {
    for name in names { if let value = self[name] { return (name, value) } }
    return nil
  }

  /// A path as the shell would take it: `~/` is the home directory.
  package func expandingHome(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = self["HOME"] else { return path }
    return home + path.dropFirst()
  }
}
