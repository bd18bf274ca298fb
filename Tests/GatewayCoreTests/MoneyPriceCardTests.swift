// What a call costs, with the figures that other tools got wrong (the threads are named).
import Testing
import Wire

@testable import GatewayCore

struct MoneyPriceCardTests {
  /// $1 in and $6 out per million; above 272,000 tokens $2 and $9.
  static let tiered: JSONObject = [
    "price": ["input": 1_000_000, "output": 6_000_000, "cache_read": 100_000],
    "tiers": [
      [
        "above": 272_000, "price": ["input": 2_000_000, "output": 9_000_000, "cache_read": 200_000],
      ]
    ],
  ]

  static let longContext: JSONObject = [
    "price": [
      "input": 3_000_000, "output": 15_000_000, "cache_read": 300_000, "cache_write": 3_750_000,
      "cache_write_1h": 6_000_000,
    ],
    "tiers": [
      [
        "above": 200_000,
        "price": [
          "input": 6_000_000, "output": 22_500_000, "cache_read": 600_000, "cache_write": 7_500_000,
          "cache_write_1h": 12_000_000,
        ],
      ]
    ],
  ]

  @Test func `tiers are chosen for each request, then summed`() throws {
    // VRSEN/agency-swarm#742: two requests of 150K in and 1K out are $0.312, not the $0.618 of one of 300K.
    let card = try card(Self.tiered)
    #expect(dollars(card, usage(150_000, 1_000)) == "0.156")
    #expect(dollars(card, usage(300_000, 2_000)) == "0.618")
  }

  @Test func `the tier follows the whole prompt, cached tokens included, and prices the whole request`() throws {
    // junhoyeo/tokscale#862: 270,000 fresh + 5,000 read + 3,000 written are 278,000 tokens of prompt.
    let card = try card(Self.tiered)
    let long = usage(278_000, 0) { ($0.cacheRead, $0.cacheWrite) = (5_000, 3_000) }
    #expect(dollars(card, long) == "0.547")  // 273,000 at $2 + 5,000 at $0.20
    #expect(dollars(card, usage(272_000, 0)) == "0.272")
    #expect(dollars(card, usage(272_001, 0)) == "0.544002")
  }

  @Test func `cache writes follow the tier`() throws {
    // Helicone/helicone#5766: past 200K a five-minute write is 1.25 x $6 and an hour's 2 x $6.
    let card = try card(Self.longContext)
    #expect(dollars(card, usage(205_000, 0) { $0.cacheWrite = 5_000 }) == "1.2375")
    let anHour = usage(205_000, 0) { ($0.cacheWrite, $0.cacheWriteOneHour) = (5_000, 4_000) }
    #expect(dollars(card, anHour) == "1.2555")
  }

  @Test func `cached tokens are part of the input and billed once`() throws {
    // 2,600 tokens of prompt of which 2,000 were read and 400 written: 200 are fresh.
    let card = try card(Self.longContext)
    let usage = usage(2_600, 0) { ($0.cacheRead, $0.cacheWrite) = (2_000, 400) }
    #expect(dollars(card, usage) == "0.0027")
    let bill = card.bill(for: usage, terms: PricingTerms(at: mondayNoon))
    #expect(bill.lines.map(\.kind) == [.input, .cacheRead, .cacheWrite])
    #expect(bill.lines.map(\.count).reduce(0, +) == 2_600)
  }

  @Test func `the smallest price stays exact`() throws {
    let card = try PriceCard(dollarsPerMillion: ["input": "0.0375", "output": "0.15"])
    #expect(dollars(card, usage(1, 0)) == "0.0000000375")
    #expect(dollars(card, usage(1_000_000, 1_000_000)) == "0.1875")
  }

  @Test(arguments: [
    // kind priced apart, usage, with the price, without it
    ("reasoning", usage(0, 100) { $0.reasoning = 60 }, "0.00064", "0.0004"),
    ("audio_output", usage(0, 100) { $0.audioOutput = 60 }, "0.00064", "0.0004"),
    ("image_output", usage(0, 100) { $0.imageOutput = 60 }, "0.00064", "0.0004"),
    ("cache_read", usage(100, 0) { $0.cacheRead = 60 }, "0.00052", "0.0001"),
    ("cache_write", usage(100, 0) { $0.cacheWrite = 60 }, "0.00052", "0.0001"),
    ("cache_write_1h", usage(100, 0) { ($0.cacheWrite, $0.cacheWriteOneHour) = (60, 60) }, "0.00052", "0.0001"),
    ("audio_input", usage(100, 0) { $0.audioInput = 60 }, "0.00052", "0.0001"),
    ("image_input", usage(100, 0) { $0.imageInput = 60 }, "0.00052", "0.0001"),
  ])
  func `a kind without a price costs what it is a part of`(
    _ kind: String, _ usage: Usage, _ with: String, _ without: String
  ) throws {
    var prices: JSONObject = ["input": 1_000_000, "output": 4_000_000]
    #expect(dollars(try PriceCard(row: ["price": .object(prices)]), usage) == without)
    prices[kind] = 8_000_000
    #expect(dollars(try PriceCard(row: ["price": .object(prices)]), usage) == with)
  }

  @Test func `a write for an hour without a price of its own costs a write`() throws {
    let card = try card(["price": ["input": 1_000_000, "output": 0, "cache_write": 2_000_000]])
    #expect(dollars(card, usage(10, 0) { ($0.cacheWrite, $0.cacheWriteOneHour) = (10, 10) }) == "0.00002")
  }

  @Test func `an absent cache price is a share of input where the provider's defaults say so`() throws {
    let half: JSONObject = ["cache_read": ["of": "input", "bp": 5_000]]
    let prices: JSON = ["input": 900_001, "output": 900_000]
    let cached = usage(3, 0) { $0.cacheRead = 3 }
    #expect(dollars(try card(["price": prices]), cached) == "0.000002700003")
    // 3 x 900,001 / 2 = 1,350,001.5: divided last and rounded once, half up.
    #expect(dollars(try card(["price": prices], defaults: half), cached) == "0.000001350002")
    let stated: JSON = ["input": 900_001, "output": 900_000, "cache_read": 7]
    #expect(dollars(try card(["price": stated], defaults: half), cached) == "0.000000000021")
  }

  static let services: JSONObject = [
    "price": ["input": 2_500_000, "output": 15_000_000, "cache_read": 250_000, "cache_write_1h": 6_000_000],
    "tiers": [["above": 272_000, "price": ["input": 5_000_000]]],
    "service": [
      "priority": ["price": ["input": 5_000_000, "output": 30_000_000, "cache_read": 500_000]],
      "flex": [
        "price": ["input": 1_250_000, "output": 7_500_000, "cache_read": 130_000],
        "tiers": [["above": 272_000, "price": ["input": 2_500_000]]],
      ],
    ],
    "uplift_bp": ["us": 11_000, "eu": 11_000, "fast": 20_000],
  ]

  @Test(
    arguments: [
      // tier, input, output, cost
      (nil, 1_000, 100, "0.004"), ("default", 1_000, 100, "0.004"), ("priority", 1_000, 100, "0.008"),
      ("flex", 1_000, 100, "0.002"), ("flex", 300_000, 0, "0.75"), ("priority", 300_000, 0, "1.5"),
      (nil, 300_000, 0, "1.5"), ("fast", 1_000, 100, "0.008"),
    ] as [(String?, Int, Int, String)])
  func `a service tier replaces the base price with its own tiers`(
    _ tier: String?, _ input: Int, _ output: Int, _ expected: String
  ) throws {
    #expect(dollars(try card(Self.services), usage(input, output), tier: tier) == expected)
  }

  @Test func `what a service tier or a long-context tier does not price costs the base price`() throws {
    let card = try card(Self.services)
    let anHour = usage(10, 0) { ($0.cacheWrite, $0.cacheWriteOneHour) = (10, 10) }
    #expect(dollars(card, anHour, tier: "flex") == "0.00006")
    #expect(dollars(card, usage(300_000, 100), tier: "flex") == "0.75075")
  }

  @Test(arguments: [
    ([], "0.0275"), (["us"], "0.02975"), (["us", "us"], "0.02975"), (["mars"], "0.0275"), (["us", "fast"], "0.0545"),
  ])
  func `surcharges multiply all token prices, once each, and no fee per search`(
    _ uplifts: [String], _ expected: String
  ) throws {
    let card = try card([
      "price": ["input": 2_500_000, "output": 15_000_000, "search": 2_500_000_000],
      "uplift_bp": ["us": 11_000, "fast": 20_000],
    ])
    // $0.0225 of tokens and two searches at $0.0025.
    #expect(dollars(card, usage(3_000, 1_000) { $0.searches = 2 }, uplifts: uplifts) == expected)
  }

  @Test func `a surcharge is multiplied first, divided last and rounded once`() throws {
    let card = try card([
      "price": ["input": 1, "output": 1], "uplift_bp": ["us": 11_000],
    ])
    // Rounded line by line this were 3 x round(1.1) + 2 x round(1.1) = 5; the true amount is 5.5.
    #expect(dollars(card, usage(3, 2), uplifts: ["us"]) == "0.000000000006")
  }

  @Test(arguments: [
    (16, 0, 59, true), (16, 1, 0, false), (16, 3, 59, false), (16, 4, 0, true), (16, 6, 0, false), (16, 9, 59, false),
    (16, 10, 0, true), (16, 23, 59, true), (21, 5, 0, true), (21, 12, 0, true), (22, 23, 59, true), (20, 3, 0, false),
  ])
  func `off-peak hours are UTC and depend on the weekday`(_ day: Int, _ hour: Int, _ minute: Int, _ isCheap: Bool)
    throws
  {
    let card = try card([
      "price": ["input": 1_320_000, "output": 3_960_000, "cache_read": 44_000],
      "off_peak": [
        "price": ["input": 660_000, "output": 1_980_000],
        "windows": [
          [
            "utc": ["00:00-01:00", "04:00-06:00", "10:00-00:00"],
            "days": [1, 2, 3, 4, 5],
          ],
          ["utc": ["00:00-00:00"], "days": [6, 7]],
        ],
      ],
    ])
    // 2026-11-16 is a Monday.
    let moment = Timestamp(CivilDay(year: 2026, month: 11, day: day), hour: hour, minute: minute)
    #expect(dollars(card, usage(1_000, 0), at: moment) == (isCheap ? "0.00066" : "0.00132"))
    #expect(dollars(card, usage(1_000, 0) { $0.cacheRead = 1_000 }, at: moment) == "0.000044")
  }

  @Test(arguments: [(20, 16, 29, false), (20, 16, 30, true), (21, 0, 29, true), (21, 0, 30, false), (20, 0, 10, false)])
  func `a window past midnight belongs to the day on which it begins`(
    _ day: Int, _ hour: Int, _ minute: Int, _ isCheap: Bool
  ) throws {
    let fridays: JSON = ["utc": ["16:30-00:30"], "days": [5]]
    let card = try card([
      "price": ["input": 2, "output": 2],
      "off_peak": ["price": ["input": 1], "windows": [fridays]],
    ])
    let moment = Timestamp(CivilDay(year: 2026, month: 11, day: day), hour: hour, minute: minute)
    #expect(dollars(card, usage(1, 0), at: moment) == (isCheap ? "0.000000000001" : "0.000000000002"))
  }

  @Test(arguments: [
    usage(nil, 5), usage(5, nil), usage(-1, 5), usage(5, -1), usage(5, 5) { $0.cacheRead = -3 },
    usage(Int.max, Int.max), usage(5, 5) { $0.searches = 1 },
  ])
  func `an unknown, negative or unpriced count, or an amount that does not fit, has no total`(_ usage: Usage) throws {
    let card = try card(["price": ["input": 3_000_000, "output": 15_000_000]])
    #expect(dollars(card, usage) == nil)
  }

  @Test(arguments: [
    usage(0, 0) { ($0.cacheRead, $0.cacheWrite) = (.max, .max) }, usage(.max, .max) { $0.reasoning = .max },
    usage(1, 1) { ($0.audioInput, $0.imageInput, $0.audioOutput) = (.max, .max, .max) },
  ])
  func `counts that contradict each other crash nothing`(_ usage: Usage) throws {
    _ = dollars(try card(Self.services), usage, tier: "flex", uplifts: ["us", "fast"])
  }

  @Test func `a model without a token price is unknown, one at zero is free`() throws {
    #expect(dollars(try card(["price": ["output_per_second": 5]]), usage(10, 10)) == nil)
    #expect(dollars(try card(["price": ["input": 0, "output": 0]]), usage(10, 10)) == "0")
  }

  @Test func `a fee per request is charged once`() throws {
    let card = try card(["price": ["input": 0, "output": 2_800_000, "per_request": 5_000_000_000]])
    #expect(dollars(card, usage(1_000, 1_000)) == "0.0078")
  }

  @Test func `queries are paid for each, and a card without a price for them has none`() throws {
    let priced = try card(["price": ["input": 2, "output": 0, "per_query": 2_000_000_000]])
    var usage = Usage(input: 10, output: 0)
    usage.queries = 3
    #expect(dollars(priced, usage) == "0.00600000002")
    let bare = try card(["price": ["input": 2, "output": 0]])
    #expect(dollars(bare, usage) == "0.00000000002")
  }

  @Test func `what the provider bills goes before what it counts`() throws {
    let card = try card(["price": ["input": 2, "output": 3, "cache_read": 1]])
    var usage = Usage(input: 100, output: 50)
    usage.cacheRead = 90
    usage.billed = Usage.Billed(input: 10, output: 5)
    #expect(dollars(card, usage) == "0.000000000035")
  }

  @Test func `a bill names each price and where on the card it stands`() throws {
    let card = try card(Self.services)
    let usage = usage(300_000, 10) { $0.cacheRead = 100_000 }
    let bill = card.bill(for: usage, terms: PricingTerms(at: mondayNoon, serviceTier: "flex", uplifts: ["eu"]))
    #expect(
      bill.lines == [
        Bill.Line(
          kind: .input, count: 200_000,
          rate: Bill.Rate(picodollars: 2_500_000, origin: .serviceTier("flex", above: 272_000))),
        Bill.Line(kind: .cacheRead, count: 100_000, rate: Bill.Rate(picodollars: 130_000, origin: .service("flex"))),
        Bill.Line(kind: .output, count: 10, rate: Bill.Rate(picodollars: 7_500_000, origin: .service("flex"))),
      ])
    #expect(bill.uplifts == [Bill.Uplift(name: "eu", basisPoints: 11_000)])
    #expect(bill.total?.decimalText == "0.5643825")
  }
}

struct MoneyCostTests {
  let terms = PricingTerms(at: mondayNoon)

  @Test func `a cost says where it comes from`() throws {
    let card = try card(["price": ["input": 1_000_000, "output": 1_000_000]])
    let counted = usage(1_000, 0)
    let amount = Picodollars(dollars: "0.001")
    #expect(
      Cost(of: counted, isEstimate: false, card: card, terms: terms)
        == Cost(amount: amount, source: .computed, priceID: card.id))
    #expect(
      Cost(of: counted, isEstimate: true, card: card, terms: terms)
        == Cost(amount: amount, source: .estimated, priceID: card.id))
    #expect(Cost(of: counted, isEstimate: false, card: nil, terms: terms) == .unpriced)
    #expect(Cost(of: usage(nil, nil), isEstimate: false, card: card, terms: terms).source == .unpriced)
  }

  @Test func `what the provider reports wins, and our own figure stands beside it`() throws {
    let card = try card(["price": ["input": 1_000_000, "output": 1_000_000]])
    let reported = usage(1_000, 0) { $0.reportedCost = 1_100_000_000 }
    let cost = Cost(of: reported, isEstimate: false, card: card, terms: terms)
    #expect(cost.source == .reported)
    #expect(cost.amount?.decimalText == "0.0011")
    #expect(cost.computed?.decimalText == "0.001")
    #expect(Cost(of: usage(1, 1) { $0.reportedCost = -5 }, isEstimate: false, card: nil, terms: terms) == .unpriced)
  }
}

struct MoneyPriceCardReadingTests {
  @Test func `equal prices have one id, whatever the order in which they were written`() throws {
    let one = try card(["mode": "chat", "price": ["output": 2, "input": 1], "context": 5])
    let other = try card(["price": ["input": 1, "output": 2]])
    let user = try PriceCard(dollarsPerMillion: ["input": "0.000001", "output": "0.000002"])
    #expect(one.id == other.id)
    #expect(user.id == one.id)
    #expect(one.text == #"{"price":{"input":1,"output":2}}"#)
    #expect(try card(["price": ["input": 1, "output": 3]]).id != one.id)
  }

  @Test func `the id is the 128-bit FNV-1a hash of the text`() {
    #expect(ContentHash.fnv1a128("") == "6c62272e07bb014262b821756295c58d")
    #expect(ContentHash.fnv1a128("a") == "d228cb696f1a8caf78912b704e4a8964")
    #expect(ContentHash.fnv1a128("foobar") == "343e1662793c64bf6f0d3597ba446f18")
  }

  @Test func `the text holds all of the card in a fixed order`() throws {
    let card = try card(
      [
        "uplift_bp": ["us": 11_000, "eu": 11_000],
        "service": [
          "flex": ["price": ["input": 1]],
          "batch": [
            "price": ["input": 2],
            "tiers": [["above": 9, "price": ["input": 3]]],
          ],
        ],
        "off_peak": [
          "price": ["input": 1], "windows": [["utc": ["10:00-00:00"]]],
        ],
        "price": ["input": 4],
      ], defaults: ["cache_read": ["of": "input", "bp": 5_000]])
    let expected = [
      #"{"price":{"input":4},"service":{"batch":{"price":{"input":2},"tiers":[{"above":9,"price":{"input":3}}]},"#,
      #""flex":{"price":{"input":1}}},"off_peak":{"price":{"input":1},"windows":[{"utc":["10:00-00:00"],"#,
      #""days":[1,2,3,4,5,6,7]}]},"uplift_bp":{"eu":11000,"us":11000},"shares":{"cache_read":{"of":"input","bp":5000}}}"#,
    ]
    #expect(card.text == expected.joined())
  }

  @Test(
    arguments: [
      (["price": "2"], "price"),
      (["price": ["input": "2"]], "price.input"),
      (["price": ["input": .number(JSONNumber(text: "1.5"))]], "price.input"),
      (["price": ["input": -1]], "price.input"),
      (["tiers": [:]], "tiers"),
      (["tiers": [["price": [:]]]], "tiers[0].above"),
      (["service": ["a\"b": [:]]], "service"),
      (["uplift_bp": ["us": .null]], "uplift_bp.us"),
      (["off_peak": ["windows": [["utc": ["9:00"]]]]], "off_peak.windows.utc"),
      (
        ["off_peak": ["windows": [["utc": ["24:00-25:00"]]]]],
        "off_peak.windows.utc"
      ),
      (
        ["off_peak": ["windows": [["utc": [], "days": [8]]]]],
        "off_peak.windows.days"
      ),
      (
        ["shares": ["cache_read": ["of": "cache_read", "bp": 1]]],
        "defaults.cache_read"
      ),
    ] as [(JSONObject, String)])
  func `a row that is wrong is refused with the field`(_ row: JSONObject, _ field: String) {
    #expect { try PriceCard(row: row) } throws: { ($0 as? PriceCardError)?.field == field }
  }

  @Test(
    arguments: [
      (["inptu": "1"], "price.inptu"), (["input": "free"], "price.input"),
      (["input": "-1"], "price.input"), (["input": .bool(true)], "price.input"),
      (["input": "0.0000001"], "price.input"),
    ] as [(JSONObject, String)])
  func `a user's price that is wrong is refused with the field`(_ prices: JSONObject, _ field: String) {
    #expect { try PriceCard(dollarsPerMillion: prices) } throws: { ($0 as? PriceCardError)?.field == field }
  }

  @Test func `a user's prices may be numbers, read by their text, and fees are dollars each`() throws {
    let card = try PriceCard(
      dollarsPerMillion: ["input": .number(JSONNumber(text: "0.1")), "search": "0.01"])
    #expect(card.text == #"{"price":{"input":100000,"search":10000000000}}"#)
  }
}

struct MoneyTokenEstimateTests {
  @Test(arguments: [
    ("", 0), ("a", 1), ("four", 1), ("The quick brown fox jumps over the lazy dog.", 11), ("привет", 3), ("你好世界", 4),
    ("👍", 2),
  ])
  func `a text counts by its characters`(_ text: String, _ tokens: Int) {
    #expect(TokenEstimate.of(text) == tokens)
  }

  @Test func `a request counts messages, tools, media and results`() {
    var request = ChatRequest(model: "m", messages: [Message(.user, "four")])
    #expect(TokenEstimate.input(of: request) == 5)
    request.messages = [Message(.user, [ContentPart(.image(Media(.url("u"), mediaType: nil)))])]
    #expect(TokenEstimate.input(of: request) == 1_004)
    request.messages = [
      Message(.tool, [ContentPart(.toolResult(ToolResult(callID: "c", content: [ContentPart(.text("four"))])))])
    ]
    request.tools = [Tool(name: "look", parameters: ["type": "object"])]
    #expect(TokenEstimate.input(of: request) == 5 + 4 + 1 + 3)
  }

  @Test func `a value of any depth is counted without recursion`() {
    let deep = (0..<2_000).reduce(JSON.string("four")) { value, _ in [value] }
    var request = ChatRequest(model: "m", messages: [])
    request.tools = [Tool(name: "look", parameters: deep)]
    #expect(TokenEstimate.input(of: request) == 6)
  }
}
