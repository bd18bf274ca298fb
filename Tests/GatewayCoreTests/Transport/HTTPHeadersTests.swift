import Testing

@testable import GatewayCore

struct HTTPHeadersTests {
  private func headers(_ lines: String...) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines { Array(line.utf8).withUnsafeBufferPointer { headers.append(line: $0) } }
    return headers
  }

  @Test func `a name is found whatever its case`() {
    let headers = headers("Content-Type: text/html\r\n", "x-REQUEST-id:abc\r\n")
    #expect(headers["content-type"] == "text/html")
    #expect(headers["CONTENT-TYPE"] == "text/html")
    #expect(headers["X-Request-Id"] == "abc")
    #expect(headers["x-request"] == nil)
  }

  @Test func `a name that stands twice keeps both values in order`() {
    let headers = headers("Set-Cookie: a\r\n", "X: 1\r\n", "set-cookie: b\r\n")
    #expect(headers["set-cookie"] == "a")
    #expect(headers.values(of: "Set-Cookie") == ["a", "b"])
    #expect(headers.map(\.name) == ["Set-Cookie", "X", "set-cookie"])
  }

  @Test(arguments: [
    ("A:", ""), ("A: \t b c \t\r\n", "b c"), ("A: b:c\n", "b:c"), ("A: \u{E9}\r\n", "\u{E9}"), ("A:\r\n", ""),
  ])
  func `a value is without the blanks around it`(_ line: String, _ value: String) {
    #expect(headers(line)["a"] == value)
  }

  @Test func `a line that begins with a blank goes on with the one before`() {
    #expect(headers("A: b\r\n", "  c\r\n")["a"] == "b c")
    #expect(headers("  c\r\n").isEmpty)
  }

  @Test func `a line without a colon is no header`() {
    #expect(headers("nonsense\r\n", "").isEmpty)
  }

  @Test func `bytes that are not UTF-8 do no harm`() {
    var headers = HTTPHeaders()
    ([0x41, 0x3A, 0xFF, 0x62] as [UInt8]).withUnsafeBufferPointer { headers.append(line: $0) }
    #expect(headers["a"] == "\u{FFFD}b")
  }
}

struct OriginTests {
  @Test(arguments: [
    ("https://api.example.com/v1?x=1", "api.example.com:443"), ("http://h", "h:80"), ("HTTP://H:8080#f", "h:8080"),
    ("http://user:pw@h:1/", "h:1"), ("http://[::1]:4000/x", "[::1]:4000"), ("https://[fe80::1]", "[fe80::1]:443"),
    ("http://h?a@b", "h:80"),
  ])
  func `an address has a host and a port`(_ url: String, _ expected: String) {
    #expect(Origin(url: url)?.description == expected)
  }

  @Test(arguments: [
    "", "h", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:x", "http://h:65536", "http:/h",
  ])
  func `anything else is no address`(_ url: String) {
    #expect(Origin(url: url) == nil)
  }

  @Test(arguments: [
    ("http://localhost", true), ("http://a.localhost:1", true), ("http://127.0.0.1", true), ("http://127.9.8.7", true),
    ("http://[::1]", true), ("http://127.0.0.1.example.com", false), ("http://127.example", false),
    ("http://mylocalhost", false), ("http://10.0.0.1", false), ("http://128.0.0.1", false),
  ])
  func `this machine's own addresses are known`(_ url: String, _ isLoopback: Bool) {
    #expect(Origin(url: url)?.isLoopback == isLoopback)
  }
}
