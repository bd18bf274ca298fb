// Requests in the Responses format: read and written again, and refused.

import Wire

extension ClientRequestCase {
  static let openAIResponses: [ClientRequestCase] = [
    ClientRequestCase(
      dialect: .openAIResponses, name: "settings",
      body: """
        {"model":"m","instructions":"be brief","input":"hi","max_output_tokens":10,"temperature":0.50,"top_p":1e-1,
        "user":"u","metadata":{"k":"v"},"service_tier":"flex","store":true,"previous_response_id":"resp_0",
        "truncation":"auto","prompt_cache_key":"k","background":false,"parallel_tool_calls":null,
        "include":["message.output_text.logprobs","file_search_call.results"],"top_logprobs":3,"stream":true,
        "stream_options":{"include_obfuscation":false},"new_field":[1]}
        """,
      written: """
        {"model":"m","instructions":"be brief","input":[{"type":"message","role":"user","content":"hi"}],
        "max_output_tokens":10,"temperature":0.50,"top_p":1e-1,
        "user":"u","metadata":{"k":"v"},"service_tier":"flex","store":true,"previous_response_id":"resp_0",
        "truncation":"auto","prompt_cache_key":"k","background":false,
        "include":["file_search_call.results","message.output_text.logprobs"],"top_logprobs":3,"stream":true,
        "stream_options":{"include_obfuscation":false},"new_field":[1]}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "nothing but what is kept at the provider",
      body: #"{"model":"m","previous_response_id":"resp_0","top_logprobs":2,"reasoning":{"summary":"auto"}}"#,
      written: """
        {"model":"m","input":[],"previous_response_id":"resp_0","top_logprobs":2,"reasoning":{"summary":"auto"}}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "nothing kept at the provider",
      body: #"{"model":"m","input":[],"store":false,"include":["reasoning.encrypted_content"]}"#),
    ClientRequestCase(
      dialect: .openAIResponses, name: "encrypted thinking of a conversation that is kept",
      body: """
        {"model":"m","input":[],"store":false,"previous_response_id":"resp_0","include":["reasoning.encrypted_content"]}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "thinking and a schema",
      body: """
        {"model":"m","input":[],"store":true,"reasoning":{"effort":"low","summary":"detailed","x":1},"text":{
        "format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true,"description":"d"},
        "verbosity":"high"}}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "any JSON",
      body: """
        {"model":"m","input":[],"store":true,"text":{"format":{"type":"json_object"}}}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "tools",
      body: """
        {"model":"m","input":[],"store":true,"tools":[{"type":"function","name":"f","description":"d","parameters":
        {"type":"object"},"strict":false,"defer_loading":true},{"type":"custom","name":"c","format":{"type":"text"}},
        {"type":"web_search","search_context_size":"low"}],"tool_choice":{"type":"custom","name":"c"},
        "parallel_tool_calls":true}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "a choice of several tools",
      body: """
        {"model":"m","input":[],"store":true,"tools":[{"type":"function","name":"f","parameters":{},"strict":true}],
        "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "what users and developers say",
      body: """
        {"model":"m","store":true,"input":[{"type":"message","role":"developer","content":"now"},
        {"type":"message","role":"user","id":"msg_0","status":"completed","content":[{"type":"input_text","text":"see"},
        {"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"low"},
        {"type":"input_image","file_id":"f0"},{"type":"input_file","file_data":"data:application/pdf;base64,AA==",
        "filename":"a.pdf"},{"type":"input_file","filename":"b.pdf","file_data":"AA=="},
        {"type":"input_file","file_url":"https://d"},{"type":"input_file","file_id":"f1"},
        {"type":"input_new","x":1}]},{"type":"message","role":"system","content":"s"}]}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "without types",
      body: #"{"model":"m","store":true,"input":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#,
      written: """
        {"model":"m","store":true,"input":[{"type":"message","role":"user","content":"a"},
        {"type":"message","role":"assistant","content":"b"}]}
        """),
    ClientRequestCase(
      dialect: .openAIResponses, name: "a conversation",
      body: """
        {"model":"m","store":true,"input":[{"type":"message","role":"user","content":"hi"},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},
        {"type":"summary_text","text":"b"}],"content":[{"type":"reasoning_text","text":"c"}],"encrypted_content":"E"},
        {"type":"reasoning","id":"rs_2","summary":[]},{"type":"reasoning","summary":[],"encrypted_content":"F"},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}},
        {"type":"message","role":"assistant","id":"msg_1","status":"completed","phase":"commentary","content":[
        {"type":"output_text","text":"x","annotations":[{"type":"url_citation"}]},{"type":"refusal","refusal":"no"}]},
        {"type":"message","role":"assistant","id":"msg_2","status":"completed","content":[
        {"type":"output_text","text":"y","annotations":[]}]},
        {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\\"a\\": 1}","status":"completed"},
        {"type":"custom_tool_call","call_id":"c2","name":"c","input":"free"},
        {"type":"image_generation_call","id":"ig_1","status":"completed","result":"AAAA"},
        {"type":"function_call_output","call_id":"c1","output":"r","id":"fco_1"},
        {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"a"},
        {"type":"input_image","image_url":"https://i"}]},
        {"type":"custom_tool_call_output","call_id":"kept","output":""},
        {"type":"mcp_approval_response","approval_request_id":"m","approve":true},
        {"type":"item_reference","id":"rs_9"},
        {"type":"additional_tools","role":"developer","tools":[]}]}
        """),
  ]

  static let refusedInOpenAIResponses: [(DialectName, String, String)] = [
    (.openAIResponses, #"{"input":"x"}"#, "`model` is missing"),
    (.openAIResponses, #"{"model":"m"}"#, "`input` is missing"),
    (.openAIResponses, #"{"model":"m","input":3}"#, "`input` must be a string or a list"),
    (.openAIResponses, #"{"model":"m","input":[3]}"#, "`input[0]` must be an object"),
    (
      .openAIResponses, #"{"model":"m","input":[{"role":"tool","content":"x"}]}"#,
      "`input[0].role` must be system, developer, user or assistant"
    ),
    (
      .openAIResponses, #"{"model":"m","input":[{"role":"user","content":1}]}"#,
      "`input[0].content` must be a string or a list"
    ),
    (
      .openAIResponses, #"{"model":"m","input":[{"type":"function_call_output"}]}"#, "`input[0].call_id` is missing"
    ),
    (.openAIResponses, #"{"model":"m","input":[],"tools":[{}]}"#, "`tools[0].type` is missing"),
    (.openAIResponses, #"{"model":"m","input":[],"tools":[{"type":"function"}]}"#, "`tools[0].name` is missing"),
    (
      .openAIResponses, #"{"model":"m","input":[],"text":{"format":{"type":"x"}}}"#,
      "`text.format.type` must be text, json_object or json_schema"
    ),
    (
      .openAIResponses, #"{"model":"m","input":[],"text":{"format":{"type":"json_schema"}}}"#,
      "`text.format.schema` is missing"
    ),
    (.openAIResponses, #"{"model":"m","input":[],"reasoning":"high"}"#, "`reasoning` must be an object"),
  ]
}
