// Who is trusted. Needs the openssl command; says so where it is missing.
import TestSupport
import Testing

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct TransportTLSTests {
  private func server() -> TLSServer? {
    let server = TLSServer()
    if server == nil { print("skipped: TLS tests need the openssl command") }
    return server
  }

  @Test func `a certificate that nobody vouches for is refused`() async throws {
    guard let server = server() else { return }
    let transport = Transport()
    let failed = await failure { () throws(TransportFailure) in
      try await transport.send(.get("https://localhost:\(server.port)/"))
    }
    #expect(failed?.kind == .tls)
    #expect(failed?.message.contains("certificate") == true)
    #expect(failed?.message.hasPrefix("localhost:\(server.port): ") == true)
  }

  @Test func `the same certificate is accepted when its file is named`() async throws {
    guard let server = server() else { return }
    var configuration = TransportConfiguration()
    configuration.caFile = server.certificateFile
    let transport = Transport(configuration: configuration)
    let response = try await transport.send(.get("https://localhost:\(server.port)/"))
    #expect(response.status == 200)
    #expect(response.connection.tlsMicroseconds > response.connection.connectMicroseconds)
    #expect(try await response.body.text().contains("TLS"))
  }

  @Test func `a trusted certificate of another name is refused`() async throws {
    guard let server = server() else { return }
    var configuration = TransportConfiguration()
    configuration.caFile = server.certificateFile
    let transport = Transport(configuration: configuration)
    let failed = await failure { () throws(TransportFailure) in
      try await transport.send(.get("https://127.0.0.1:\(server.port)/"))
    }
    #expect(failed?.kind == .tls)
  }

  @Test func `a file of authorities that is not there is said`() async throws {
    guard let server = server() else { return }
    var configuration = TransportConfiguration()
    configuration.caFile = "/nonexistent/authorities.pem"
    let transport = Transport(configuration: configuration)
    let failed = await failure { () throws(TransportFailure) in
      try await transport.send(.get("https://localhost:\(server.port)/"))
    }
    #expect(failed?.kind == .tls)
  }

  @Test func `a server that speaks no TLS is a TLS failure`() async throws {
    let server = try #require(ScriptedServer(.write("HTTP/1.1 400 Bad Request\r\n\r\n"), .awaitClientClose))
    let failed = await failure { () throws(TransportFailure) in
      try await Transport().send(.get("https://127.0.0.1:\(server.port)/"))
    }
    #expect(failed?.kind == .tls)
  }
}
