// Processes in the prelude: their addresses, options and natives. Attributes as in prelude.nc.

/// Address of a process that runs an A. Use it with send, ask, stop, monitor and link.
@builtin("actor_ref")
class ActorRef<A> {
}

/// What `on down` and `receive` get when a monitored process ends.
record Down(ref: ActorRef<any>, reason: Error)

/// `spawn A() with { ... }`. Sizes in bytes; null means the default.
record SpawnOptions(
  name: String? = null,
  memory: int? = null,
  stack: int? = null,
  fuel: int? = null,
  fuelPerSecond: int? = null,
  mailbox: int? = null,
  mailboxBytes: int? = null,
  policy: String? = null,
  children: int? = null,
  caps: List<String>? = null,
  priority: String? = null,
  restart: String? = null,
  version: String? = null
)

/// Tells this process (`on down`, or `case down(ref, reason)`) when the other one ends.
@native("actor.monitor") func monitor(ref: ActorRef<any>);
/// Ends both processes when one of them ends with an error.
@native("actor.link") func link(ref: ActorRef<any>);
@native("actor.unlink") func unlink(ref: ActorRef<any>);
/// Ends a process at once: nothing more of it runs, not even `on stopping`. Reason 1802.
@native("actor.kill") func kill(ref: ActorRef<any>);
/// The process registered under a name; throws 1810 if there is none, 1814 if it is of another type.
@native("actor.whereis") func whereis<A>(name: String): ActorRef<A>;
/// Waits; the process handles no messages meanwhile.
@native("process.sleep") func sleep(duration: Duration);

// ---------------------------------------------------------------- used by the compiler

/// Starts a receive: position before the oldest message; `timeout` null waits for ever.
@native("process.receiveBegin") func $receive_begin(timeout: Duration?);
/// Waits for and gives the next message not yet looked at; null when the time is over.
@native("process.receiveNext") func $receive_next(): any;
/// Takes the message given last out of the mailbox.
@native("process.receiveTake") func $receive_take();
/// Values that a session keeps between its inputs, and the text of the value of an input.
@native("process.sessionGet") func $session_get(index: int): any;
@native("process.sessionSet") func $session_set(index: int, value: any);
@native("process.sessionShow") func $session_show(value: any);
