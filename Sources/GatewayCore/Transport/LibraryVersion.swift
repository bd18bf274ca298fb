// Which libcurl this is, for those who look after the program.
import CCurl

extension Transport {
  /// The version of libcurl, which is loaded for that; throws `.unavailable` when it cannot be used.
  package static func libraryVersion() throws(TransportFailure) -> String {
    if let problem = ccurl_load() { throw TransportFailure(.unavailable, String(cString: problem)) }
    return String(cString: ccurl_version())
  }
}
