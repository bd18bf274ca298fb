// What depends on the time a request leaves: signatures and tokens.

import Wire

extension Gateway {
  /// Gives an attempt that is about to leave its request, authorized, or the reason why it cannot leave.
  ///
  /// A key was put in its place when the call was prepared.
  @inline(never)  // what it works with would stand in the frame of its caller, for as long as a stream runs
  func authorize(_ run: AttemptRun, _ prepared: PreparedCall) async {
    guard var http = prepared.http else { return }
    do {
      let secrets = try await authorize(&http, with: prepared.credential)
      prepared.secrets = secrets + prepared.target.provider.headerSecrets
      run.request = http
    } catch {
      run.failure = error
    }
  }

  /// Signs a request, or gives it a token; returns what must not be shown.
  func authorize(_ http: inout HTTPRequest, with credential: Credential?) async throws(ProviderFailure) -> [String] {
    switch credential {
    case .key, nil: break
    case .bearer(let key): http.headers.append(("authorization", "Bearer \(key.value)"))
    case .signature(let signature, _):
      do {
        try signature.sign(&http, at: runtime.now())
      } catch {
        throw ProviderFailure(.authentication, message: "the request cannot be signed: \(error.problem)")
      }
    case .token(let grant):
      let token = try await token(of: grant)
      http.headers += grant.headers + [("authorization", "Bearer \(token)")]
      return grant.secrets + [token]
    }
    return credential?.secrets ?? []
  }

  private func token(of grant: TokenGrant) async throws(ProviderFailure) -> String {
    do {
      return try await tokens.token(of: grant, now: runtime.now()) { [self] in try await fetchToken(of: grant) }
    } catch {
      var failure = (error as? ProviderFailure) ?? ProviderFailure(.network, message: "no answer")
      failure.message = ProviderFailure.oneLine("no token of \(grant.origin): \(failure.message)")
      failure.scrub(grant.secrets)
      throw failure
    }
  }

  private func fetchToken(of grant: TokenGrant) async throws -> AccessToken {
    let now = runtime.now()
    var http = HTTPRequest(method: "POST", url: grant.url)
    do {
      http.body = try grant.body(at: now)
    } catch {
      throw ProviderFailure(.authentication, message: Rejection.KeyProblem(error).problem)
    }
    http.headers = [
      ("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"),
      ("user-agent", "llmgw/\(version)"),
    ]
    http.timeouts = Timeouts(firstByte: .seconds(30), idle: .seconds(30), total: .seconds(60))
    http.replyLimit = 1 << 20
    do {
      let response = try await transport.send(http)
      let body = try await response.body.collect()
      if (200..<300).contains(response.status), let json = try? JSON.parse(body),
        let token = AccessToken(reply: json, askedAt: now)
      {
        return token
      }
      throw Self.refusal(status: response.status, body)
    } catch let failure as TransportFailure {
      throw ProviderFailure(failure, answerHadBegun: false)
    }
  }

  /// `400` is what token endpoints say to credentials they do not take (RFC 6749, section 5.2).
  private static func refusal(status: Int, _ body: [UInt8]) -> ProviderFailure {
    var failure = OpenAIChat.decodeFailure(status: status, body: body)
    if (400..<404).contains(status) { failure.kind = .authentication }
    return failure
  }
}

extension PreparedCall {
  /// The grant whose token the provider did not take.
  @inline(never)  // as above
  func grant(refusedIn run: AttemptRun) -> TokenGrant? {
    guard case .token(let grant) = credential, run.failure?.kind == .authentication else { return nil }
    return grant
  }
}
