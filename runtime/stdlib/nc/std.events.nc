// Named events between the processes of a node. Needs the capability `events`.

/// Delivers an event to every process that subscribed to its name.
@cap("events") export func emit(name: String, payload: any = null) { events.emit(name, payload); }
/// From now on this process receives matching events as `Event` messages; a pattern is a name or a prefix followed by `*`.
@cap("events") export func subscribe(pattern: String) { events.subscribe(pattern); }
@cap("events") export func unsubscribe(pattern: String) { events.unsubscribe(pattern); }
/// The next event that this process receives and that has this name, or null when the time is over.
export func next(name: String, timeout: Duration): Event? {
  receive {
    case event: Event if event.name == name => return event
    after timeout => return null
  }
}
