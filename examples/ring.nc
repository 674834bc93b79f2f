// A chain of a million processes, each spawned by the one before it; then one message runs from end to end and home.
//   noodle run examples/ring.nc -- 1000000
actor Member(behind: int, home: ActorRef<any>) {
  next: ActorRef<Member>? = null;

  on build() {
    if (behind == 0) {
      send home <- "built";
      return;
    }
    let member = spawn Member(behind - 1, home);
    next = member;
    send member.build();
  }

  on token(hops: int) {
    let to = next;
    if (to == null) {
      send home <- hops + 1;
    } else {
      send to.token(hops + 1);
    }
  }
}

func main(args: List<String>): int {
  let size = args.length > 0 ? args[0].parseInt() ?? 1000000 : 1000000;

  let started = now();
  let first = spawn Member(size - 1, self);
  send first.build();
  receive {
    case "built" => print(`${size} processes are alive after ${now().since(started).millis()} ms`)
    after 60s => return 1
  }

  let sent = now();
  send first.token(0);
  receive {
    case hops: int => print(
      `the message came home after ${hops} hops and ${now().since(sent).millis()} ms`
    )
    after 60s => return 1
  }
  return 0;
}
