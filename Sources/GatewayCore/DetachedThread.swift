// Threads of our own, for what blocks.
import CSQLite
import Glibc

/// A thread that nobody waits for; what it uses lives as long as it does.
package enum DetachedThread {
  /// Starts it; the error's number when the system gives none, else 0.
  ///
  /// `name` is what tools such as `top -H` show: at most 15 bytes.
  package static func start(named name: String, _ run: @escaping @Sendable () -> Void) -> CInt {
    let body = Unmanaged.passRetained(ThreadBody(name: name, run: run))
    var thread = pthread_t()
    // All signals are blocked before the thread exists: they belong to the thread that waits for them.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let code = pthread_create(&thread, nil, threadMain, body.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      body.release()
      return code
    }
    pthread_detach(thread)
    return 0
  }
}

extension DetachedThread {
  /// Runs what blocks on a thread of its own and waits for its value; `nil` when the system gives no thread.
  ///
  /// When the task is cancelled `stop` is called, which has to bring `run` to its end.
  package static func value<Value: Sendable>(
    named name: String, _ run: @escaping @Sendable () -> Value, stoppedBy stop: @escaping @Sendable () -> Void = {}
  ) async -> Value? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let code = start(named: name) { continuation.resume(returning: run()) }
        if code != 0 { continuation.resume(returning: nil) }
      }
    } onCancel: {
      stop()
    }
  }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
  name_this_thread(body.name)
  body.run()
  return nil
}

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}
