// The one place that knows which version this is; the manual, the packages and `llmgw --version` read it.

/// The version of the program.
package let programVersion = "0.1.0"

/// The day of that version, for the manual.
package let programDate = "2026-11-22"
