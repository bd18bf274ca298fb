// One libcurl easy handle and the memory it needs: set up once for requests of one shape, and given what differs.
import CCurl

/// Owns an easy handle.
///
/// Used on the driver thread only; must be out of every multi handle before it is freed.
final class CurlEasy {
  let raw: UnsafeMutableRawPointer
  /// Where libcurl writes what went wrong.
  let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  /// What `headerList` was made of: requests to one provider often have the same.
  private var listedHeaders: [HTTPRequest.Header]?
  private var shape: Shape?
  /// Where the handle is directed.
  private var address: CurlAddress?

  static let errorTextCapacity = Int(CURL_ERROR_SIZE)

  /// What requests must have in common to go out by one handle without setting it up anew.
  private struct Shape: Equatable {
    let method: String
    let hasBody: Bool
    let isLoopback: Bool
    let pieces: HTTPRequest.Pieces

    var sendsBody: Bool { hasBody || method == "POST" }
  }

  /// Fails when there is no memory for a handle.
  init?() {
    guard let raw = ccurl_easy_init() else { return nil }
    self.raw = raw
    errorText = .allocate(capacity: Self.errorTextCapacity)
    errorText.initialize(repeating: 0, count: Self.errorTextCapacity)
  }

  deinit {
    ccurl_easy_cleanup(raw)
    ccurl_slist_free_all(headerList)
    errorText.deallocate()
  }

  /// Lets go of what the last transfer sent.
  ///
  /// Open connections are the multi handle's and stay.
  func rest() {
    // Not for others: setting a body, none too, makes a POST of any request.
    if shape?.sendsBody == true { ccurl_easy_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, nil) }
  }

  func unpause() { ccurl_easy_pause(raw, CURLPAUSE_CONT) }

  /// The number behind `info`, or 0.
  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_easy_get_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  /// The time in microseconds behind `info`, or 0.
  func microseconds(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return ccurl_easy_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
  }

  /// The pointer that was set as `CURLOPT_PRIVATE`.
  static func privatePointer(of raw: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    var pointer: UnsafeMutableRawPointer?
    return ccurl_easy_get_pointer(raw, CURLINFO_PRIVATE, &pointer) == CURLE_OK ? pointer : nil
  }
}

/// Setting up a transfer.
extension CurlEasy {
  /// Gives where the request goes; throws when that is no address, when libcurl refuses an option, or when the request
  /// holds what must not go on a header line.
  func prepare(_ request: HTTPRequest, _ configuration: TransportConfiguration) throws(TransportFailure) -> Origin {
    let known = address?.url == request.url ? address : nil
    guard let address = known ?? CurlAddress(url: request.url) else {
      throw TransportFailure(.other, "the address is not an absolute http or https URL")
    }
    let shape = Shape(
      method: request.method, hasBody: !request.body.isEmpty, isLoopback: address.origin.isLoopback,
      pieces: request.pieces)
    if shape != self.shape {
      self.shape = nil  // in case this throws
      try setUp(for: shape, configuration)
      self.shape = shape
    }
    errorText.pointee = 0
    if address !== self.address { try direct(to: address) }
    try setHeaders(request)
    if shape.sendsBody { try setPostFields(request.body) }
    // libcurl divides this among the addresses of a host; the phase as a whole is watched by the driver.
    let connect = request.timeouts.connect.map { Int(clamping: max(1, $0.wholeMilliseconds)) }
    try set(CURLOPT_CONNECTTIMEOUT_MS, connect ?? Int(Int32.max))
    return address.origin
  }

  private func direct(to address: CurlAddress) throws(TransportFailure) {
    // As a text too: libcurl before 8 keeps the one that it was told last.
    try set(CURLOPT_URL, address.url)
    try check(ccurl_easy_set_pointer(raw, CURLOPT_CURLU, UnsafeMutableRawPointer(address.raw)), "address")
    self.address = address
  }

  /// Everything that is the same for all requests of a shape: two dozen options, a good part of what a request costs.
  private func setUp(for shape: Shape, _ configuration: TransportConfiguration) throws(TransportFailure) {
    ccurl_easy_reset(raw)
    listedHeaders = nil
    address = nil
    Transfer.installCallbacks(on: self)
    try check(ccurl_easy_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText), "error text")
    try check(ccurl_easy_allow_only_http(raw), "protocols")
    if shape.isLoopback {
      try set(CURLOPT_NOPROXY, "*")
    } else if let proxy = configuration.proxy {
      try set(CURLOPT_PROXY, proxy)
    }
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)  // a proxy's reply to CONNECT is not the provider's
    if let size = shape.pieces.bufferBytes { try set(CURLOPT_BUFFERSIZE, size) }
    try setMethod(shape)
    try setConnection(configuration)
  }

  private func setHeaders(_ request: HTTPRequest) throws(TransportFailure) {
    if let listedHeaders, listedHeaders.elementsEqual(request.headers, by: ==) { return }
    listedHeaders = nil
    ccurl_easy_set_pointer(raw, CURLOPT_HTTPHEADER, nil)
    ccurl_slist_free_all(headerList)
    headerList = nil
    try list("Expect:")  // no `100-continue` round trip before a body
    if !request.headers.contains(where: { HTTPSyntax.areSame($0.name, "content-type") }) { try list("Content-Type:") }
    for (name, value) in request.headers {
      guard HTTPSyntax.isToken(name), HTTPSyntax.isFieldValue(value) else {
        throw TransportFailure(.other, "a request header has a name or value that cannot be sent")
      }
      try list(value.isEmpty ? name + ";" : name + ": " + value)
    }
    try check(ccurl_easy_set_pointer(raw, CURLOPT_HTTPHEADER, headerList), "headers")
    listedHeaders = request.headers
  }

  private func list(_ line: String) throws(TransportFailure) {
    guard let longer = ccurl_slist_append(headerList, line) else { throw TransportFailure(.other, "out of memory") }
    headerList = longer
  }

  private func setMethod(_ shape: Shape) throws(TransportFailure) {
    guard HTTPSyntax.isToken(shape.method) else {
      throw TransportFailure(.other, "the request method cannot be sent")
    }
    switch shape.method {
    case "GET" where !shape.hasBody: try set(CURLOPT_HTTPGET, 1)
    case "HEAD" where !shape.hasBody: try set(CURLOPT_NOBODY, 1)
    case "POST": try set(CURLOPT_POST, 1)
    default:
      if shape.hasBody { try set(CURLOPT_POST, 1) }
      try set(CURLOPT_CUSTOMREQUEST, shape.method)
    }
  }

  private func setPostFields(_ body: [UInt8]) throws(TransportFailure) {
    try check(ccurl_easy_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)), "body size")
    let code = body.withUnsafeBytes { bytes in
      // The pointer must not be NULL, also for no bytes; libcurl copies and does not write.
      bytes.baseAddress.map {
        ccurl_easy_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0))
      }
    }
    try check(code ?? ccurl_easy_set_string(raw, CURLOPT_COPYPOSTFIELDS, ""), "body")
  }

  private func setConnection(_ configuration: TransportConfiguration) throws(TransportFailure) {
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_TCP_NODELAY, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    try set(CURLOPT_MAXAGE_CONN, Int(clamping: configuration.connectionMaxIdle.wholeMilliseconds / 1000))
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    if let file = configuration.caFile {
      try set(CURLOPT_CAINFO, file)  // takes the place of the system's bundle; the system's directory stays
      if ccurl_default_ca_path() == nil { try set(CURLOPT_CAPATH, "/etc/ssl/certs") }
    }
    // Without it, letting go of a transfer whose name is being resolved blocks the thread: 10 s measured.
    _ = ccurl_easy_set_long(raw, CURLoption(UInt32(CCURL_OPTION_QUICK_EXIT)), 1)
  }

  func set(_ option: CURLoption, _ value: Int) throws(TransportFailure) {
    try check(ccurl_easy_set_long(raw, option, value), "option \(option.rawValue)")
  }

  private func set(_ option: CURLoption, _ value: String) throws(TransportFailure) {
    try check(ccurl_easy_set_string(raw, option, value), "option \(option.rawValue)")
  }

  private func check(_ code: CURLcode, _ what: String) throws(TransportFailure) {
    guard code == CURLE_OK else {
      throw TransportFailure(.other, "libcurl refused \(what): \(String(cString: ccurl_easy_strerror(code)))")
    }
  }
}

extension Duration {
  /// Rounded down; at most the largest `Int64`.
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? .max : milliseconds + attoseconds / 1_000_000_000_000_000
  }
}

extension HTTPRequest.Pieces {
  /// What is read at once; `nil` for libcurl's own 16 KB.
  ///
  /// libcurl has a buffer of that size for each transfer: a sixth of the memory of many streams, and events are small.
  fileprivate var bufferBytes: Int? {
    switch self {
    case .large: nil
    case .small: 4 << 10
    case .onDemand: 256 << 10
    }
  }
}
