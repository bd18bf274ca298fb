// Quirks as provider data spells them. A name nobody knows is an error, so that a typing mistake is not a quirk lost.

extension Quirks {
  /// Reads quirks from their data form.
  ///
  /// Throws on an unknown name or a value of the wrong kind, naming it.
  public init(json: JSONObject) throws(WireError) {
    for member in json.members {
      let value = QuirkValue(name: member.name, json: member.value)
      if try readParameter(value) { continue }
      if try readTool(value) { continue }
      if try readMessage(value) { continue }
      if try readReasoning(value) { continue }
      if try readUsage(value) { continue }
      if try readEmbeddings(value) { continue }
      guard Self.ofNoConcern.contains(member.name) else { throw value.error("is not known") }
    }
  }

  private mutating func readParameter(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "max_tokens_param": maxTokensField = try value.word(of: ["max_tokens", "max_completion_tokens"])
    case "required_params": requiresMaxTokens = try value.words(of: ["max_tokens"]).contains("max_tokens")
    case "unsupported_params": unsupported.formUnion(try value.words())
    case "no_store": if try value.flag() { unsupported.insert("store") }
    case "no_parallel_tool_calls_param": if try value.flag() { unsupported.insert("parallel_tool_calls") }
    case "legacy_functions_missing": if try value.flag() { unsupported.formUnion(["functions", "function_call"]) }
    case "reasoning_models_reject": reasoningModelsReject.formUnion(try value.words())
    case "temperature_rejected_on":
      _ = try value.word(of: ["reasoning-models"])
      reasoningModelsReject.insert("temperature")
    case "stop_missing_on": unsupportedByModel["stop"] = try value.word()
    case "frequency_penalty_missing_on": unsupportedByModel["frequency_penalty"] = try value.word()
    case "extra_params_top_level": extraParameters.formUnion(try value.words())
    case "rejects_unknown_params": rejectsUnknownParameters = try value.wholeNumber() > 0
    case "exclusive_params": exclusiveParameters = try value.groups()
    case "needs_store_false": needsStoreFalse = try value.flag()
    case "takes_cache_control": takesCacheControl = try value.flag()
    case "required_headers": requiredHeaders = try value.texts()
    case "anthropic_version_in_body": versionInBody = try value.word()
    case "api_version": apiVersion = try value.word()
    case "api_version_query": apiVersionParameter = try value.word()
    default: return try readNumber(value)
    }
    return true
  }

  private mutating func readNumber(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "temperature_max": temperatureMaximum = try value.number()
    case "temperature_zero_becomes": temperatureZeroBecomes = try value.number()
    case "temperature_range":  // above zero, at most one
      _ = try value.word(of: ["(0,1]"])
      temperatureMaximum = JSONNumber(1)
      temperatureZeroBecomes = JSONNumber(text: "0.01")
    case "n_max": choicesMaximum = try value.wholeNumber()
    case "n_above_1_needs_temperature_min": severalChoicesTemperatureMinimum = try value.number()
    case "seed_param": seedField = try value.word()
    default: return false
    }
    return true
  }

  private mutating func readTool(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "no_tool_choice_required": noRequiredTool = try value.scope()
    case "tool_choice_required_as": requiredToolWord = try value.word()
    case "tool_choice_values": toolChoiceWords = Set(try value.words())
    case "tool_strict": takesStrictTools = try value.flag()
    case "function_tools_only": functionToolsOnly = try value.flag()
    case "json_schema_as":
      let form = try value.word(of: ["json_object", "json_object+schema"])
      schemaForm = form == "json_object" ? .jsonObject : .jsonObjectWithSchema
    case "json_object_missing": noJSONObject = try value.flag()
    case "no_response_format": noResponseFormat = try value.scope()
    case "no_response_format_with_stream": noResponseFormatInStream = try value.scope()
    default: return false
    }
    return true
  }

  private mutating func readMessage(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "no_developer_role": noDeveloperRole = try value.flag()
    case "system_role": systemRole = try value.word(of: ["developer"])
    case "content_string_only": stringContentOnly = try value.scope()
    case "no_document_input": noDocuments = try value.flag()
    default: return false
    }
    return true
  }

  private mutating func readReasoning(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "reasoning_field": reasoningField = try value.word()
    case "reasoning_details_field": reasoningDetailsField = try value.word()
    case "reasoning_control": reasoningControl = try value.reasoningControl()
    case "reasoning_effort_values": efforts = try value.words()
    case "no_reasoning_effort": noEffort = try value.flag()
    case "no_reasoning_effort_none": noEffortNone = try value.flag()
    case "reasoning_split_param": reasoningSplitField = try value.word()
    case "echo_reasoning": echoReasoning = try value.reasoningEcho()
    case "thought_signatures": takesThoughtSignatures = try value.flag()
    case "tool_call_ids":
      switch try value.word(of: ["alphanumeric-9", "at-most-40"]) {
      case "alphanumeric-9": callIDs = .alphanumeric(exactly: 9)
      default: callIDs = .upTo(40)
      }
    case "think_tags_in_content", "think_tags_possible": thinkTags = try value.flag()
    default: return false
    }
    return true
  }

  private mutating func readUsage(_ value: QuirkValue) throws(WireError) -> Bool {
    let envelopePrefix = "usage_in_"
    switch value.name {
    case "stream_usage": alwaysStreamsUsage = try value.word() == "always"
    case "no_stream_options": noStreamOptions = try value.scope()
    case "cached_tokens_field": cachedTokensField = try value.word()
    case "input_tokens_exclude_cache": inputExcludesCache = try value.flag()
    case "reasoning_tokens_outside_completion": outputExcludesReasoning = try value.flag()
    case "cost_in_usage": costField = try value.pathInUsage()
    case "cost_ticks_per_usd": costDecimals = try value.powerOfTen()
    case let name where name.hasPrefix(envelopePrefix):
      if try value.flag() { usageEnvelope = String(name.dropFirst(envelopePrefix.count)) }
    default: return false
    }
    return true
  }

  private mutating func readEmbeddings(_ value: QuirkValue) throws(WireError) -> Bool {
    switch value.name {
    case "embeddings_path": embeddings.path = try value.word()
    case "embedding_input_param": embeddings.inputField = try value.word()
    case "embedding_dimensions_param": embeddings.dimensionsField = try value.word()
    case "embedding_encoding_param": embeddings.encodingField = try value.word()
    case "embedding_purpose_param": embeddings.purposeField = try value.word()
    case "embedding_purposes": embeddings.purposes = try value.texts()
    case "embedding_truncate_param": embeddings.truncationField = try value.word()
    case "rerank_path": rerankPath = try value.word()
    case "rerank_top_param": rerankTopField = try value.word()
    default: return false
    }
    return true
  }

  /// Names that say nothing about the bodies of chat calls in these dialects: other endpoints, addresses and keys
  /// (read elsewhere), other dialects, prices, and facts that need no flag because every answer is read that way.
  private static let ofNoConcern: Set<String> = [
    // other endpoints
    "embedding_extra_params", "rerank_host", "completions_path", "transcription_path", "transcription_formats_missing",
    "native_embedding_host", "poll_for_result", "queue_host",
    "responses_needs", "responses_not_stored", "no_models_endpoint",
    // addresses, keys and headers
    "auth_header", "auth_alternative", "auth_scheme", "anthropic_auth_header", "token_exchange", "token_scope",
    "token_type_header", "token_types", "v1_path_without_version", "deployment_in_url",
    "model_in_url", "account_in_url", "tenant_in_url", "voice_in_url", "engine_in_path", "model_prefix",
    "provider_suffix_in_model", "region_prefixed_ids", "namespaced_model_ids", "global_host", "old_host", "old_path",
    "signed_requests", "private_ca", "optional_api_key", "oauth_m2m_alternative", "optional_headers",
    "litellm_default_is_cn_host", "litellm_default_port",
    // other dialects
    "compartment_in_body", "project_or_space_in_body", "stream_framing", "stream_query", "stream_path",
    "cached_in_prompt_count", "thinking_tokens_outside_candidates", "cache_usage_fields", "billed_usage_path",
    "openai_layer_missing", "openai_layer_reasoning_field", "anthropic_layer_deprecated",
    // prices and dates
    "billed_in_dbu", "tiered_by_total_input", "off_peak_prices", "plan_billing", "sonar_chat_end_reported",
    // always so
    "system_top_level", "sse_comments", "error_mid_stream", "overloaded_status", "json_schema_wrapper_required",
    "usage_without_details", "usage_fields", "extra_usage_fields", "extra_response_fields",
    "reasoning_field_before_0_8",
  ]
}
