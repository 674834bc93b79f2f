// A handler's message taken by receive keeps its values, however often the heap is collected.
record Part(name: String, sizes: List<int>)
actor Collecting(boss: ActorRef<any>) {
  on part(number: int, part: Part, note: String?) { }
  on collect() {
    let all: List<String> = [];
    while (all.length < 3) {
      receive {
        case part(number, p, note) => all.push(number + " " + p.name + " " + p.sizes + " " + (note ?? "-"))
        after 5s => all.push("nothing came")
      }
    }
    send boss <- all.join(", ");
  }
}
func main() {
  let c = spawn Collecting(self);
  send c.collect();
  for (i in 1..3) { send c.part(i, Part("p" + i, [i, i * 2]), i == 2 ? "two" : null); }
  receive { case all: String => print(all) }
  // expect: 1 p1 [1, 2] -, 2 p2 [2, 4] two, 3 p3 [3, 6] -
}
