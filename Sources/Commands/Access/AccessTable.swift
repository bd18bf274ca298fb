// Keys and teams for a person.

import GatewayCore
import Wire

enum AccessTable {
  static func of(_ keys: [AccessKey], at now: Timestamp) -> Table {
    Table(
      [
        .word("ID"), .text("NAME"), .word("KEY").whereThereIsRoom, .word("STATUS"), .text("TEAM"), .number("RPM"),
        .number("TPM"), .number("PARALLEL"), .text("MODELS", least: 12).whereThereIsRoom,
        .word("EXPIRES").whereThereIsRoom,
      ],
      rows: keys.map { key in
        [
          key.id, key.name, key.hint, key.status(at: now).rawValue, key.team?.name ?? "",
          count(key.limits.requestsPerMinute), count(key.limits.tokensPerMinute), count(key.limits.parallel),
          list(key.models.map(\.text)) ?? "", time(key.expiresAt) ?? "",
        ]
      })
  }

  static func of(_ teams: [Team]) -> Table {
    Table(
      [
        .text("NAME"), .word("ID").whereThereIsRoom, .number("RPM"), .number("TPM"), .number("PARALLEL"),
        .text("MODELS", least: 12),
      ],
      rows: teams.map { team in
        [
          team.name, team.id, count(team.limits.requestsPerMinute), count(team.limits.tokensPerMinute),
          count(team.limits.parallel), list(team.models.map(\.text)) ?? "",
        ]
      })
  }

  static func details(of key: AccessKey, at now: Timestamp) -> String {
    let names: [(String, String?)] = [
      ("id", key.id), ("name", key.name), ("key", key.hint), ("status", key.status(at: now).rawValue),
      ("made", time(key.createdAt)), ("expires", time(key.expiresAt)), ("revoked", time(key.revokedAt)),
      ("team", key.team?.name), ("owner", key.owner), ("project", key.project),
      ("tags", list(key.tags.map { "\($0.key)=\($0.value)" })),
    ]
    let rules: [(String, String?)] = [
      ("models", list(key.models.map(\.text)) ?? "any"), ("surfaces", list(key.surfaces.map(\.text)) ?? "any"),
      ("addresses", list(key.addresses.map(\.text)) ?? "any"), ("admin", key.isAdmin ? "yes" : nil),
      ("contents", key.allowsContents ? nil : "never stored"), ("log", key.logsContents ? "with contents" : nil),
      ("metadata", key.metadata.isEmpty ? nil : JSON.object(key.metadata).text),
    ]
    return namedLines(names + limits(key.limits) + rules)
  }

  static func details(of team: Team) -> String {
    namedLines(
      [("id", team.id), ("name", team.name), ("made", time(team.createdAt))] + limits(team.limits)
        + [("models", list(team.models.map(\.text)) ?? "any")])
  }

  private static func limits(_ limits: RateLimits) -> [(String, String?)] {
    [
      ("rpm", limits.requestsPerMinute?.grouped), ("tpm", limits.tokensPerMinute?.grouped),
      ("parallel", limits.parallel?.grouped),
    ]
  }

  private static func count(_ limit: Int?) -> String { limit?.grouped ?? "" }

  private static func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: ", ") }

  private static func time(_ moment: Timestamp?) -> String? { moment.map(ReportCalendar.local.text) }
}
