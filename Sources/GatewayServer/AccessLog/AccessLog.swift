// One line for each request. Written by a thread of its own: a disk that is slow or full stops no request.
package import GatewayCore
import Synchronization

/// The access log.
package final class AccessLog: Sendable {
  package enum Place: Sendable {
    case standardError
    /// Appended to, and made with mode 0600 when it is not there.
    case file(String)
  }

  package struct Configuration: Sendable {
    package var place: Place
    package var format = AccessLogFormat.json
    /// Requests that matter less are left out.
    package var level = AccessLogLevel.info
    /// Lines that wait; one more is dropped, counted, and told in the log.
    package var waitingLines = 8192
    package var now: @Sendable () -> Timestamp

    package init(_ place: Place, now: @escaping @Sendable () -> Timestamp) {
      self.place = place
      self.now = now
    }
  }

  /// Why there is no log; `description` says it in a few words.
  package struct Failure: Error, CustomStringConvertible { package let description: String }

  private enum Unit: Sendable {
    case request(FinishedRequest)
    case wake
  }

  /// Characters of a text that a client chooses.
  static let textLimit = 256
  /// Characters of a prompt or an answer.
  static let contentsLimit = 4096
  /// One write takes as many lines as there are, up to about this.
  private static let batchBytes = 64 << 10

  private let configuration: Configuration
  private let inbox: Inbox<Unit>
  private let dropped = Atomic(0)
  private let mustReopen = Atomic(false)
  private let file: Mutex<LogFile>
  private let isWritten = Latch()

  /// Opens the file and starts the thread, which keeps the log alive until it is closed.
  package init(_ configuration: Configuration) throws(Failure) {
    self.configuration = configuration
    inbox = Inbox(limit: configuration.waitingLines)
    switch configuration.place {
    case .standardError: file = Mutex(.standardError)
    case .file(let path): file = Mutex(try LogFile(appendingTo: path))
    }
    guard DetachedThread.start(named: "llmgw-log", { [self] in run() }) == 0 else {
      throw Failure(description: "the system has no thread for the access log")
    }
  }

  /// Lines that were not written since the start.
  package var droppedLines: Int { dropped.load(ordering: .relaxed) }

  package func record(_ finished: FinishedRequest) {
    guard AccessLogLevel(status: finished.status) <= configuration.level else { return }
    // Nobody waits for a line: some milliseconds of them are written together.
    if !inbox.put(.request(finished.cut(to: Self.textLimit)), isUrgent: false) { dropped.add(1, ordering: .relaxed) }
  }

  /// Goes on in a new file of the same name, as after `logrotate` has moved the old one away.
  package func reopen() {
    mustReopen.store(true, ordering: .releasing)
    // With a full inbox the thread is awake anyway.
    _ = inbox.put(.wake)
  }

  /// Takes nothing more, and waits until all is written.
  package func close() async {
    inbox.close()
    await isWritten.wait()
  }

  // On the thread.

  private func run() {
    var told = 0
    while let units = inbox.takeAll() {
      var batch: [UInt8] = []
      var lines = 0
      if let problem = reopenIfAsked() { batch += note(problem) }
      for case .request(let finished) in units {
        batch += AccessLogLine.bytes(of: finished, as: configuration.format)
        lines += 1
        if batch.count >= Self.batchBytes { write(&batch, &lines) }
      }
      tellOfDropped(&told, &batch)
      write(&batch, &lines)
    }
    var last: [UInt8] = []
    var none = 0
    tellOfDropped(&told, &last)
    write(&last, &none)
    isWritten.open()
  }

  private func write(_ batch: inout [UInt8], _ lines: inout Int) {
    guard !batch.isEmpty else { return }
    let isWritten = file.withLock { $0.write(batch) }
    if !isWritten { dropped.add(lines, ordering: .relaxed) }
    batch.removeAll(keepingCapacity: true)
    lines = 0
  }

  /// What went wrong, if anything.
  private func reopenIfAsked() -> String? {
    guard mustReopen.exchange(false, ordering: .acquiring) else { return nil }
    return file.withLock { file in
      do throws(Failure) {
        try file.reopen()
        return nil
      } catch {
        return "the log goes on in the old file: \(error)"
      }
    }
  }

  private func tellOfDropped(_ told: inout Int, _ batch: inout [UInt8]) {
    let count = droppedLines
    guard count > told else { return }
    batch += note("the log could not keep up: \(count - told) lines were dropped")
    told = count
  }

  private func note(_ message: String) -> [UInt8] {
    AccessLogLine.bytes(ofNote: message, at: configuration.now(), as: configuration.format)
  }
}

extension FinishedRequest {
  /// With what a client chooses cut to that many characters.
  fileprivate func cut(to limit: Int) -> FinishedRequest {
    var cut = self
    cut.method = method.cut(to: limit)
    cut.path = path.cut(to: limit)
    cut.model = model?.cut(to: limit)
    cut.provider = provider?.cut(to: limit)
    cut.key = key?.cut(to: limit)
    cut.failure = failure?.cut(to: limit)
    cut.prompt = prompt?.cut(to: AccessLog.contentsLimit)
    cut.reply = reply?.cut(to: AccessLog.contentsLimit)
    return cut
  }
}

extension String {
  fileprivate func cut(to limit: Int) -> String {
    utf8.count <= limit ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
  }
}
