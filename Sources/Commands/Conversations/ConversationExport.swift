// A conversation as a file: to read, or for another program.

import GatewayCore
import Wire

extension Conversation {
  /// Headings and texts.
  var markdown: String {
    var text = "# \(safeLine(session?.handle ?? "Conversation"))\n"
    if let system = settings.system { text += "\n## System\n\n\(system)\n" }
    for entry in entries where !entry.text.isEmpty {
      text += "\n## \(Self.heading(entry))\n\n\(entry.text)\n"
    }
    return text
  }

  private static func heading(_ entry: ConversationEntry) -> String {
    switch entry.message?.role {
    case .assistant: safeLine(entry.model ?? "Assistant")
    case .tool: "Tool"
    case .system, .developer: "System"
    case .user: "User"
    case nil: "Summary"
    }
  }

  /// All that is kept of it.
  var json: JSON {
    [
      "id": JSON(text: session?.id), "name": JSON(text: session?.name), "settings": settings.json,
      "messages": .array(
        entries.map { entry in
          [
            "role": JSON(text: entry.message?.role.rawValue), "text": .string(entry.text),
            "model": JSON(text: entry.model), "operation": JSON(text: entry.operation),
            "message": entry.message?.stored ?? .null,
          ]
        }),
    ]
  }
}
