// Whatever a provider sends instead of an answer, its kind is found and one clean line is left of it.

import Testing

@testable import Wire

struct Failures {
  struct Case: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var kind: ProviderFailure.Kind
    var message: String
    var code: String?
    var retry: Int?
    var testDescription: String { "\(status) \(body.prefix(60))" }
    init(
      _ status: Int, _ body: String, _ kind: ProviderFailure.Kind, _ message: String, code: String? = nil,
      retry: Int? = nil
    ) {
      self.status = status
      self.body = body
      self.kind = kind
      self.message = message
      self.code = code
      self.retry = retry
    }
  }

  @Test(arguments: shapes + kinds)
  func `a failure is read`(_ row: Case) {
    let failure = OpenAIChat.decodeFailure(status: row.status, body: Array(row.body.utf8))
    #expect(
      failure
        == ProviderFailure(
          row.kind, status: row.status, message: row.message, code: row.code, retryAfterMilliseconds: row.retry))
  }

  @Test func `a message is one line of at most 300 characters`() {
    let wild =
      "\u{1B}[31mred\u{7}\r\n\ttab\u{85}next\u{2028}line \u{202E}desrever\u{200B} "
      + String(repeating: "é ", count: 400)
    let line = ProviderFailure.oneLine(wild)
    #expect(line.hasPrefix("[31mred tab next line desrever é é"))
    #expect(line.unicodeScalars.count <= 300)
    #expect(line.hasSuffix("…"))
    #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(ProviderFailure.oneLine("e" + String(repeating: "\u{301}", count: 5000)).unicodeScalars.count <= 300)
    #expect(ProviderFailure.oneLine(" a  b ") == "a b")
  }

  @Test(
    arguments: [
      ("try again in 6.5s.", 6500), ("Please try again in 1m2.5s. Visit", 62500), ("retry in 20 seconds", 20000),
      ("try again in 250ms", 250), ("try again in 2h3m", 7_380_000), ("Retry after 1 minute.", 60000),
      ("try again in 0.5ms", 1), ("try again in a while", nil), ("try again later", nil),
      ("try again in 99999999999999h", nil), ("try again in 5 apples", nil), ("", nil),
    ] as [(String, Int?)])
  func `the time to wait is found in a message`(_ message: String, _ milliseconds: Int?) {
    #expect(RetryHint.milliseconds(in: message) == milliseconds)
  }

  @Test func `a deep or wide body is not read to its end`() {
    let deep = String(repeating: #"{"error":"#, count: 100) + #""x""# + String(repeating: "}", count: 100)
    #expect(OpenAIChat.decodeFailure(status: 500, body: Array(deep.utf8)).kind == .server)
    let wide = "[" + String(repeating: #"{"error":{}},"#, count: 10_000) + "{}]"
    #expect(OpenAIChat.decodeFailure(status: 400, body: Array(wide.utf8)).kind == .invalidRequest)
  }
}

private typealias Case = Failures.Case

private let shapes: [Case] = [
  Case(
    400, #"{"error":{"message":"bad","type":"invalid_request_error","code":"x"}}"#, .invalidRequest, "bad", code: "x"),
  Case(400, #"{"error":{"message":"bad","type":"t","code":null,"param":"p"}}"#, .invalidRequest, "bad", code: "t"),
  Case(400, #"{"error":"bad"}"#, .invalidRequest, "bad"),
  Case(403, #"{"Message":"bad"}"#, .permission, "bad"),
  Case(
    400, #"{"__type":"com.amazon.coral.service#ValidationException","message":"bad"}"#, .invalidRequest, "bad",
    code: "ValidationException"),
  Case(
    429, #"{"message":"Too many tokens, please wait before trying again."}"#, .rateLimited,
    "Too many tokens, please wait before trying again."),
  Case(
    400, #"{"__type":"ThrottlingException","message":"Rate exceeded"}"#, .rateLimited, "Rate exceeded",
    code: "ThrottlingException"),
  Case(
    400, #"{"__type":"ServiceQuotaExceededException","message":"no more"}"#, .quota, "no more",
    code: "ServiceQuotaExceededException"),
  Case(
    403, #"{"message":"The security token included in the request is expired"}"#, .authentication,
    "The security token included in the request is expired"),
  Case(
    200, #"{"error":{"code":"AccessDeniedException","message":"no"}}"#, .permission, "no", code: "AccessDeniedException"
  ),
  Case(
    200, #"{"error":{"code":"ResourceNotFoundException","message":"no"}}"#, .notFound, "no",
    code: "ResourceNotFoundException"),
  Case(
    200, #"{"error":{"code":"serviceUnavailableException","message":"no"}}"#, .overloaded, "no",
    code: "serviceUnavailableException"),
  Case(400, #"{"message":"bad","code":"x"}"#, .invalidRequest, "bad", code: "x"),
  Case(
    422, #"{"detail":[{"loc":["body"],"msg":"extra field","type":"extra"}]}"#, .invalidRequest, "extra field",
    code: "extra"),
  Case(400, #"{"detail":"bad"}"#, .invalidRequest, "bad"),
  Case(400, #"[{"error":{"code":400,"message":"bad","status":"INVALID"}}]"#, .invalidRequest, "bad", code: "400"),
  Case(400, #"{"errors":[{"message":"bad"},{"message":"worse"}]}"#, .invalidRequest, "bad"),
  Case(
    429,
    #"{"error":{"code":429,"message":"Provider error","metadata":{"raw":"{\"error\":{\"message\":\"slow down\"}}"}}}"#,
    .rateLimited, "Provider error: slow down", code: "429"),
  Case(502, "<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>", .server, "502 Bad Gateway"),
  Case(502, "<!DOCTYPE html><h1>Down</h1>", .server, "Down"),
  Case(502, "<!DOCTYPE html><p>", .server, "a web page instead of an answer"),
  Case(500, "", .server, "status 500 without a message"), Case(500, "{}", .server, "status 500 without a message"),
  Case(500, "null", .server, "status 500 without a message"),
  Case(500, "Internal error\r\n", .server, "Internal error"),
  Case(500, #"{"error":{"message":"cut in the mid"#, .server, #"{"error":{"message":"cut in the mid"#),
  Case(
    429,
    #"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","#
      + #""status":"RESOURCE_EXHAUSTED","details":[{"@type":"Help"},{"retryDelay":"34.5s"}]}}"#,
    .rateLimited, "You exceeded your current quota, please check your plan and billing details.", code: "429",
    retry: 34_500),
  Case(200, #"{"error":{"message":"bad","code":402}}"#, .quota, "bad", code: "402"),
  Case(200, "", .malformed, "status 200 without a message"),
  Case(200, "{\"id\":1}", .malformed, "status 200 without a message"),
]

private let kinds: [Case] = [
  Case(401, "", .authentication, "status 401 without a message"),
  Case(402, "", .quota, "status 402 without a message"), Case(403, "", .permission, "status 403 without a message"),
  Case(404, "", .notFound, "status 404 without a message"), Case(408, "", .timeout, "status 408 without a message"),
  Case(413, "too big", .invalidRequest, "too big"), Case(429, "", .rateLimited, "status 429 without a message"),
  Case(503, "", .overloaded, "status 503 without a message"), Case(504, "", .timeout, "status 504 without a message"),
  Case(529, "", .overloaded, "status 529 without a message"), Case(599, "", .server, "status 599 without a message"),
  Case(
    400,
    #"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
    .contextLength, "This model's maximum context length is 8192 tokens.", code: "context_length_exceeded"),
  Case(400, #"{"error":{"message":"Prompt is too long: 9 > 8"}}"#, .contextLength, "Prompt is too long: 9 > 8"),
  Case(
    400, #"{"error":{"message":"m","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
    .contentFilter, "m", code: "content_filter"),
  Case(
    429, #"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#, .quota,
    "You exceeded your current quota", code: "insufficient_quota"),
  Case(403, #"{"error":{"message":"Insufficient balance"}}"#, .quota, "Insufficient balance"),
  Case(400, #"{"error":{"message":"API key not valid."}}"#, .authentication, "API key not valid."),
  Case(
    429, #"{"error":{"message":"Rate limit reached. Please try again in 1.2s.","code":"rate_limit_exceeded"}}"#,
    .rateLimited, "Rate limit reached. Please try again in 1.2s.", code: "rate_limit_exceeded", retry: 1200),
  Case(400, #"{"error":{"message":"m","code":"model_not_found"}}"#, .notFound, "m", code: "model_not_found"),
  // A server's own failure stays one, whatever it says about billing.
  Case(500, #"{"error":{"message":"billing service down"}}"#, .server, "billing service down"),
]
