// `llmgw models show`: one model in full.

import CommandLineKit
import GatewayCore
import Wire

extension ModelsRun {
  func show(_ name: String) throws -> Int32 {
    let target = try invocation.resolve(name, in: catalog)
    guard let entry = catalog.modelEntries(of: target.provider.id).first(where: { $0.name == target.name }) else {
      let advice = CommandFailure.modelMeant(by: target.name, catalog)
      throw CommandFailure(
        .notFound, "model '\(safeLine(target.name))': the catalogue does not know it", advice: advice)
    }
    let row = row(of: target)
    if options.json {
      var object = entry.json(checked: target.provider.checked).object ?? JSONObject()
      object["facts"] = .object(row)
      object["aliases"] = .array(otherNames(of: target).map { .string($0) })
      try terminal.stdout.write(JSON.object(object).indentedText + "\n")
      return ExitCode.ok.rawValue
    }
    try terminal.stdout.write(twoColumns(lines(target, entry, row), width: terminal.tableWidth))
    return ExitCode.ok.rawValue
  }

  /// The facts of the table, with the prices of the config where it gives others.
  private func row(of target: Target) -> JSONObject {
    var row = catalog.row(of: target.model, at: target.provider.id) ?? JSONObject()
    guard catalog.correctedNames.contains(target.name), let card = target.facts?.prices,
      let own = (try? JSON.parse(card.text))?.object
    else { return row }
    for member in own.members { row[member.name] = member.value }
    return row
  }

  private func otherNames(of target: Target) -> [String] {
    catalog.aliases(of: target.name)
      + catalog.otherSpellings(of: target.model, at: target.provider.id).map { "\(target.provider.id)/\($0)" }
  }

  private func lines(_ target: Target, _ entry: ModelEntry, _ row: JSONObject) -> [(String, String)] {
    var lines = [("name", target.name), ("provider", target.provider.name), ("mode", entry.mode)]
    if let context = entry.context { lines.append(("context", "\(context.grouped) tokens")) }
    if let most = entry.maxOutput { lines.append(("longest answer", "\(most.grouped) tokens")) }
    lines += prices(row["price"], prefix: "price")
    for tier in row["tiers"]?.array ?? [] {
      lines += prices(tier["price"], prefix: "above \(tier["above"]?.int?.grouped ?? "?") tokens")
    }
    for service in row["service"]?.object?.members ?? [] {
      lines += prices(service.value["price"], prefix: service.name)
    }
    if let windows = row["off_peak"]?["price"] { lines += prices(windows, prefix: "off peak") }
    if let card = target.facts?.prices { lines.append(("price card", card.id)) }
    lines.append(("can", entry.capabilities.isEmpty ? "not known" : entry.capabilities.joined(separator: ", ")))
    for (label, field) in [("refuses", "no"), ("efforts", "efforts")] {
      if let words = row[field]?.texts, !words.isEmpty { lines.append((label, words.joined(separator: ", "))) }
    }
    if let date = entry.deprecated { lines.append(("shut down", date)) }
    if let source = row["ref"]?.string { lines.append(("source", source)) }
    if let checked = target.provider.checked { lines.append(("checked", "\(checked)\(age(of: checked))")) }
    let names = otherNames(of: target)
    if !names.isEmpty { lines.append(("also", names.joined(separator: ", "))) }
    return lines
  }

  private func prices(_ json: JSON?, prefix: String) -> [(String, String)] {
    let members = json?.object?.members ?? []
    guard !members.isEmpty else { return [] }
    let shown = members.compactMap { member -> String? in
      guard let count = member.value.int else { return nil }
      let isPerToken = !ModelsRun.unitWords.contains { member.name.contains($0) }
      let amount = Picodollars(Int64(count) * (isPerToken ? 1_000_000 : 1))
      return "\(member.name) $\(amount.decimalText)" + (isPerToken ? "" : " each")
    }
    return [(prefix, shown.joined(separator: ", ") + (prefix == "price" ? " (per million tokens)" : ""))]
  }

  /// A price whose name says a unit is per that unit.
  static let unitWords = ["per_", "search", "maps", "code_session"]

  private func age(of day: String) -> String {
    let parts = day.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return "" }
    let then = CivilDay(year: parts[0], month: parts[1], day: parts[2]).daysSinceEpoch
    let days = invocation.runtime.now().utcDay.daysSinceEpoch - then
    return days <= 0 ? " (today)" : " (\(days) \(days == 1 ? "day" : "days") ago)"
  }
}
