// A price card from a row of the catalog, or from what a user wrote in the config.
public import Wire

/// Why a price could not be read: the field, and what is wrong with it as one clause.
public struct PriceCardError: Error, Sendable, Equatable {
  public var field: String
  public var problem: String
}

extension PriceCard {
  /// Reads `price`, `tiers`, `service`, `off_peak` and `uplift_bp` of a catalog row (whole picodollars a unit).
  ///
  /// Prices in units that no usage counts (seconds, pixels, ...) are left out. `defaults` is the catalog's entry for
  /// the provider: what an absent price is a share of, such as `{"cache_read": {"of": "input", "bp": 5000}}`.
  public convenience init(row: JSONObject, defaults: JSONObject? = nil) throws(PriceCardError) {
    let base = try PriceList(row["price"], field: "price")
    var shares = try Self.shares(row["shares"])
    shares.merge(try Self.shares(defaults.map(JSON.object))) { fromRow, _ in fromRow }
    self.init(
      base: base, tiers: try Self.tiers(row["tiers"], field: "tiers"),
      services: try Self.services(row["service"]), offPeak: try OffPeakPrices(row["off_peak"]),
      uplifts: try Self.uplifts(row["uplift_bp"]), shares: shares)
  }

  /// Reads a user's prices in US dollars per million tokens: `{input: "0.20", output: "0.60"}`.
  ///
  /// `search`, `per_request` and `per_query` are US dollars each. Numbers are read by their text; an unknown kind is an error.
  public convenience init(dollarsPerMillion prices: JSONObject) throws(PriceCardError) {
    var list: [PriceKind: Int64] = [:]
    for member in prices.members {
      let field = "price.\(member.name)"
      guard let kind = PriceKind(rawValue: member.name) else {
        let known = PriceKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw PriceCardError(field: field, problem: "no such price; there are \(known)")
      }
      guard let text = member.value.decimalText else {
        throw PriceCardError(field: field, problem: "not an amount of US dollars")
      }
      let amount = kind.isPerToken ? Picodollars(dollarsPerMillion: text) : Picodollars(dollars: text)
      guard let amount, amount >= .zero else {
        let finest = kind.isPerToken ? 6 : 12
        throw PriceCardError(field: field, problem: "not an amount of US dollars with at most \(finest) decimals")
      }
      list[kind] = amount.count
    }
    self.init(base: PriceList(list))
  }

  private static func tiers(_ json: JSON?, field: String) throws(PriceCardError) -> [PriceTier] {
    guard let json else { return [] }
    var tiers: [PriceTier] = []
    for (index, element) in try json.elements(field).enumerated() {
      let place = "\(field)[\(index)]"
      let tier = try element.members(place)
      let above = try wholeNumber(tier["above"], field: "\(place).above")
      tiers.append(PriceTier(above: Int(above), prices: try PriceList(tier["price"], field: "\(place).price")))
    }
    return tiers
  }

  private static func services(_ json: JSON?) throws(PriceCardError) -> [String: ServicePrices] {
    guard let json else { return [:] }
    var services: [String: ServicePrices] = [:]
    for member in try json.members("service").members {
      let field = "service.\(try plainName(member.name, field: "service"))"
      let entry = try member.value.members(field)
      services[member.name] = ServicePrices(
        prices: try PriceList(entry["price"], field: "\(field).price"),
        tiers: try tiers(entry["tiers"], field: "\(field).tiers"))
    }
    return services
  }

  private static func uplifts(_ json: JSON?) throws(PriceCardError) -> [String: Int64] {
    guard let json else { return [:] }
    var uplifts: [String: Int64] = [:]
    for member in try json.members("uplift_bp").members {
      let name = try plainName(member.name, field: "uplift_bp")
      uplifts[name] = try wholeNumber(member.value, field: "uplift_bp.\(name)")
    }
    return uplifts
  }

  private static func shares(_ json: JSON?) throws(PriceCardError) -> [PriceKind: PriceShare] {
    guard let json else { return [:] }
    var shares: [PriceKind: PriceShare] = [:]
    for member in try json.members("defaults").members {
      let field = "defaults.\(member.name)"
      let share = try member.value.members(field)
      guard let kind = PriceKind(rawValue: member.name), let of = share["of"]?.priceKind, of != kind else {
        throw PriceCardError(field: field, problem: "not a share of another price")
      }
      shares[kind] = PriceShare(of: of, basisPoints: try wholeNumber(share["bp"], field: "\(field).bp"))
    }
    return shares
  }
}

extension PriceList {
  fileprivate init(_ json: JSON?, field: String) throws(PriceCardError) {
    var prices: [PriceKind: Int64] = [:]
    if let json {
      for member in try json.members(field).members {
        guard let kind = PriceKind(rawValue: member.name) else { continue }
        prices[kind] = try wholeNumber(member.value, field: "\(field).\(member.name)")
      }
    }
    self.init(prices)
  }
}

extension OffPeakPrices {
  fileprivate init?(_ json: JSON?) throws(PriceCardError) {
    guard let entry = try json?.members("off_peak") else { return nil }
    prices = try PriceList(entry["price"], field: "off_peak.price")
    windows = []
    for element in try (entry["windows"] ?? .null).elements("off_peak.windows") {
      windows.append(try Window(element))
    }
  }
}

extension OffPeakPrices.Window {
  /// `{"utc": ["10:00-00:00"], "days": [1, 2]}`; no `days` is every day.
  fileprivate init(_ json: JSON) throws(PriceCardError) {
    let entry = try json.members("off_peak.windows")
    hours = []
    for range in try (entry["utc"] ?? .null).elements("off_peak.windows.utc") {
      hours.append(try OffPeakPrices.HourRange(range))
    }
    days = []
    for day in try (entry["days"] ?? .everyDay).elements("off_peak.windows.days") {
      let number = try wholeNumber(day, field: "off_peak.windows.days")
      guard 1...7 ~= number else {
        throw PriceCardError(field: "off_peak.windows.days", problem: "not 1 (Monday) to 7 (Sunday)")
      }
      days.append(Int(number))
    }
  }
}

extension OffPeakPrices.HourRange {
  fileprivate init(_ json: JSON) throws(PriceCardError) {
    let parts = json.plainText?.split(separator: "-", omittingEmptySubsequences: false).map(Self.minute) ?? []
    guard parts.count == 2, let start = parts[0], let end = parts[1] else {
      throw PriceCardError(field: "off_peak.windows.utc", problem: "not a range like 10:00-16:30")
    }
    self.init(start: start, end: end)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1] else { return nil }
    guard 0..<24 ~= hour, 0..<60 ~= minute else { return nil }
    return hour * 60 + minute
  }
}

private func wholeNumber(_ json: JSON?, field: String) throws(PriceCardError) -> Int64 {
  if case .number(let number)? = json, let value = number.int, value >= 0 { return Int64(value) }
  throw PriceCardError(field: field, problem: "not a whole number of 0 or more")
}

/// Admits what the canonical text can hold without escaping.
private func plainName(_ name: String, field: String) throws(PriceCardError) -> String {
  let isPlain = name.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
  guard isPlain, !name.isEmpty else {
    throw PriceCardError(field: field, problem: "a name of other than a-z 0-9 _ - .")
  }
  return name
}

extension JSON {
  fileprivate static let everyDay = JSON.array((1...7).map { .number(JSONNumber($0)) })

  fileprivate func members(_ field: String) throws(PriceCardError) -> JSONObject {
    guard case .object(let object) = self else { throw PriceCardError(field: field, problem: "not an object") }
    return object
  }

  fileprivate func elements(_ field: String) throws(PriceCardError) -> [JSON] {
    guard case .array(let elements) = self else { throw PriceCardError(field: field, problem: "not a list") }
    return elements
  }

  fileprivate var plainText: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var priceKind: PriceKind? { plainText.flatMap(PriceKind.init) }
  /// A number's own text, or a string.
  fileprivate var decimalText: String? { if case .number(let number) = self { number.text } else { plainText } }
}
