// Keys of Amazon's cloud, and how a command prints them.

import Wire

/// Keys of Amazon's cloud.
package struct AWSKeys: Sendable, Equatable {
  var accessKeyID: String
  var secretAccessKey: String
  /// Comes with keys that expire.
  var sessionToken: String?
}

extension AWSKeys {
  /// What a `credential_process` prints, and when it expires.
  static func read(printed: [UInt8]) -> (keys: AWSKeys, expiresAt: Timestamp?)? {
    guard let json = try? JSON.parse(printed), let id = json["AccessKeyId"]?.string,
      let secret = json["SecretAccessKey"]?.string
    else { return nil }
    let keys = AWSKeys(accessKeyID: id, secretAccessKey: secret, sessionToken: json["SessionToken"]?.string)
    // A time that cannot be read may be near: such keys are not kept.
    let expiresAt = json["Expiration"]?.string.map { Timestamp(rfc3339: $0) ?? Timestamp(microseconds: 0) }
    return (keys, expiresAt)
  }
}
