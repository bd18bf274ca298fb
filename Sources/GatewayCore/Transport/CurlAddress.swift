// An address as libcurl has taken it apart: it would do so anew for every request, which is a tenth of what one costs.
import CCurl

/// Owns libcurl's parts of an http(s) address.
///
/// Used on the driver thread only; must outlive its use by a handle.
final class CurlAddress {
  let url: String
  let origin: Origin
  let raw: OpaquePointer

  /// `nil` when it is no absolute http(s) address.
  init?(url: String) {
    guard let origin = Origin(url: url), let raw = ccurl_url_parse(url) else { return nil }
    self.url = url
    self.origin = origin
    self.raw = raw
  }

  deinit { ccurl_url_cleanup(raw) }
}
