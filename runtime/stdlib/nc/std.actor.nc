// Processes: what the prelude has by other names, timers, request helpers, facts about a process.

/// The running process.
export func current(): ActorRef<any> { return self; }
/// True until the process has ended.
@native("actor.alive") export func alive(ref: ActorRef<any>): bool;

/// Facts about the running process: heap bytes in use, fuel spent so far, messages waiting, living children.
export record ProcessInfo(memory: int, fuel: int, messages: int, children: int)
export func info(): ProcessInfo {
  let values = processInfo();
  return ProcessInfo(values[0], values[1], values[2], values[3]);
}
@native("process.info") func processInfo(): List<int>;

/// Sends `value` to `ref` after `delay`. Stop the returned process to cancel it.
export func sendAfter(delay: Duration, ref: ActorRef<any>, value: any): ActorRef<any> {
  return spawn deliver(delay, ref, value);
}
func deliver(delay: Duration, ref: ActorRef<any>, value: any) {
  sleep(delay);
  send ref <- value;
}

/// Runs `action` up to `attempts` times, waiting `delay` and then twice as long each time; throws the last error.
export func retry<T>(attempts: int, delay: Duration, action: func(): T): T {
  let wait = delay;
  for (attempt in 1..<attempts) {
    try {
      return action();
    } catch (e) {
      sleep(wait);
      wait = wait * 2;
    }
  }
  return action();
}

/// Waits until the process has ended and gives the reason; null when `timeout` is over first.
export func join(ref: ActorRef<any>, timeout: Duration = 24h): Error? {
  monitor(ref);
  receive {
    case Down(ended, reason) if ended == ref => return reason
    after timeout => return null
  }
}
