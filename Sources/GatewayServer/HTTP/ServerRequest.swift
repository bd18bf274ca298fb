// A request as the rest of the server sees it: whole, its bounds kept.
import NIOHTTP1

/// One request, its body included.
package struct ServerRequest: Sendable {
  package let method: String
  /// As it was sent, with its percent-escapes.
  package let path: String
  /// What follows the `?`, as it was sent.
  package let query: String?
  package let headers: RequestHeaders
  /// The client's address without its port.
  package let remoteAddress: String
  /// Inflated when it came compressed; `headers` tell what was sent.
  package let body: [UInt8]
}

/// Header fields in the order in which they came; names are compared without regard to ASCII case.
package struct RequestHeaders: Sendable {
  private let fields: HTTPHeaders

  init(_ fields: HTTPHeaders) { self.fields = fields }

  package init(_ fields: [(name: String, value: String)]) {
    self.fields = HTTPHeaders(fields.map { ($0.name, $0.value) })
  }

  /// The value of the first field of that name.
  package subscript(name: String) -> String? { fields.first(name: name)?.withoutBlanksBehind }

  /// The values of all fields of that name, in order.
  package func values(of name: String) -> [String] { fields[name].map(\.withoutBlanksBehind) }

  /// Every field, in order.
  package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value.withoutBlanksBehind) } }
}

extension String {
  /// The decoder takes the blanks before a value off, but not those behind it.
  var withoutBlanksBehind: String {
    let blanks = utf8.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
    return blanks == 0 ? self : String(dropLast(blanks))
  }
}
