// What has no place in `ChatRequest`, read into extras and written back. A member of a member is named by its path,
// `text.verbosity`, so that a format that lacks it can say exactly what it leaves out.

/// Where an extra with a path for a name stands.
enum OpenAIResponsesPath {
  static let reasoning = "reasoning."
  static let format = "text.format."
  static let text = "text."
}

extension OpenAIResponsesRequestEncoder {
  /// What the caller said in this format's own words stands beside what we say, never in its place.
  mutating func addExtras() {
    for extra in request.extras.members {
      if extra.name == "stream_options", extra.value["include_usage"] != nil {
        changes.append(Change(extra.name, .dropped, "a stream always tells its usage here"))
      } else if addMember(extra) {
        continue
      } else if let ours = body[extra.name]?.object, let theirs = extra.value.object {
        body[extra.name] = .object(merged(theirs, into: ours, as: extra.name))
      } else if body[extra.name] == nil {
        body[extra.name] = extra.value
      } else {
        changes.append(Change(extra.name, .dropped, "it is said already"))
      }
    }
  }

  /// Writes an extra that is named by its path; false when it is not.
  private mutating func addMember(_ extra: JSONObject.Member) -> Bool {
    if extra.name.hasPrefix(OpenAIResponsesPath.format) {
      guard var text = body["text"]?.object, var format = text["format"]?.object else { return true }
      format[String(extra.name.dropFirst(OpenAIResponsesPath.format.count))] = extra.value
      text["format"] = .object(format)
      body["text"] = .object(text)
    } else if extra.name.hasPrefix(OpenAIResponsesPath.text) {
      add(extra, to: "text", OpenAIResponsesPath.text)
    } else if extra.name.hasPrefix(OpenAIResponsesPath.reasoning) {
      add(extra, to: "reasoning", OpenAIResponsesPath.reasoning)
    } else {
      return false
    }
    return true
  }

  private mutating func add(_ extra: JSONObject.Member, to object: String, _ prefix: String) {
    var members = body[object]?.object ?? JSONObject()
    members[String(extra.name.dropFirst(prefix.count))] = extra.value
    body[object] = .object(members)
  }

  private mutating func merged(_ theirs: JSONObject, into ours: JSONObject, as field: String) -> JSONObject {
    var whole = ours
    for member in theirs.members {
      if whole[member.name] == nil {
        whole[member.name] = member.value
      } else {
        changes.append(Change("\(field).\(member.name)", .dropped, "it is said already"))
      }
    }
    return whole
  }

  static let knownParameters: Set<String> = [
    "background", "context_management", "conversation", "include", "max_tool_calls", "moderation",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "reasoning", "safety_identifier", "store", "stream_options", "text", "tool_choice", "top_logprobs", "truncation",
  ]
}
