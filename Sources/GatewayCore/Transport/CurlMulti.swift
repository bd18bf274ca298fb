// libcurl's multi handle: the connections, and the transfers that run over them.
import CCurl

/// Owns a multi handle.
///
/// Used on the driver thread only; all easy handles must be removed before it is freed.
struct CurlMulti: ~Copyable {
  let raw: UnsafeMutableRawPointer

  /// Fails when there is no memory for a handle.
  init?(_ configuration: TransportConfiguration) {
    guard let raw = ccurl_multi_init() else { return nil }
    self.raw = raw
    // One transfer at a time on a connection: beside a running one, a paused HTTP/2 stream went on filling libcurl's
    // memory (33 MB measured, for one stream); alone on its connection it stops the reading of the socket.
    ccurl_multi_set_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, configuration.idleConnections)
    ccurl_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
  }

  deinit { ccurl_multi_cleanup(raw) }

  /// False when libcurl will not take the handle.
  borrowing func add(_ easy: CurlEasy) -> Bool { ccurl_multi_add_handle(raw, easy.raw) == CURLM_OK }

  borrowing func remove(_ easy: CurlEasy) { ccurl_multi_remove_handle(raw, easy.raw) }

  /// Has libcurl say, through `context`, which sockets to watch and when to be called.
  borrowing func setCallbacks(
    context: UnsafeMutableRawPointer, _ socketChanged: curl_socket_callback, _ timerChanged: curl_multi_timer_callback
  ) {
    ccurl_multi_set_socket_callback(raw, socketChanged, context)
    ccurl_multi_set_timer_callback(raw, timerChanged, context)
  }

  borrowing func clearCallbacks() {
    ccurl_multi_set_socket_callback(raw, nil, nil)
    ccurl_multi_set_timer_callback(raw, nil, nil)
  }

  /// Attaches to a socket what the socket callback will be given with it.
  borrowing func mark(_ socket: Int32, _ mark: UnsafeMutableRawPointer?) {
    ccurl_multi_assign(raw, socket, mark)
  }

  /// Tells libcurl what epoll saw on one of its sockets.
  ///
  /// May run any callback of any transfer.
  borrowing func act(on socket: Int32, events: Int32) {
    var running: Int32 = 0
    ccurl_multi_socket_action(raw, socket, events, &running)
  }

  /// Tells libcurl that its deadline has passed.
  borrowing func actOnTimeout() { act(on: CURL_SOCKET_BAD, events: 0) }

  /// The next transfer that is over: its easy handle and libcurl's verdict.
  borrowing func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
    var code = CURLE_OK
    return ccurl_multi_next_done(raw, &code).map { ($0, code) }
  }
}
