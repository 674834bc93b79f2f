actor Counter { on add(n: int) { } }
func use(counter: Counter) { send counter.add(1); }
use(spawn Counter());
// ---- instead
actor Counter { on add(n: int) { } }
func use(counter: ActorRef<Counter>) { send counter.add(1); }
use(spawn Counter());
