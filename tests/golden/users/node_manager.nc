// The node manager of the reference, complete: actors, supervisor, agent, strategies, errors.
import std.math;
record NodeInfo(id: String, cores: int = 1, load: float = 0.0, agent: ActorRef<any>? = null)
record ResourceRequirements(cpu: int)
record Allocation(id: String, node: String, cpu: int);
enum Reply { ok(allocation: Allocation), full(retryAfter: Duration), rejected(code: int) }
interface Strategy { func score(node: NodeInfo, want: ResourceRequirements): float }
class BestFit implements Strategy {
  func score(node: NodeInfo, want: ResourceRequirements): float {
    if (node.cores < want.cpu) { return -1.0; }
    return 1.0 / (node.cores - want.cpu + 1);
  }
}
actor NodeManager(strategy: Strategy) {
  nodes: Map<String, NodeInfo> = {};
  int allocations;

  on register(info: NodeInfo): bool {
    nodes[info.id] = info;
    let agent_ = info.agent;
    if (agent_ != null) { monitor(agent_); }
    return true;
  }
  on allocate(want: ResourceRequirements): Reply {
    if (want.cpu <= 0) { return Reply.rejected(5108); }
    let best = pick(want);
    if (best == null) { return Reply.full(500ms); }
    allocations += 1;
    nodes[best.id] = NodeInfo(best.id, best.cores - want.cpu, best.load, best.agent);
    return Reply.ok(Allocation(id: uuid(), node: best.id, cpu: want.cpu));
  }
  on down(ref: ActorRef<any>, reason: Error) { logger.warning(`node lost: ${reason.code}`); }
  on count(): int { return allocations; }
  every 5s { events.emit('allocations', allocations); }

  private func pick(want: ResourceRequirements): NodeInfo? {
    let best: NodeInfo? = null; let top = 0.0;
    for (id, n in nodes) { let s = strategy.score(n, want); if (s > top) { top = s; best = n; } }
    return best;
  }
}
supervisor App {
  strategy: one_for_one;
  intensity: 5;
  period: 10s;
  child NodeManager(BestFit()) with { name: 'nodes', memory: 16MB, restart: permanent }
}
func main(args: List<String>): int {
  let app = spawn App();
  let m: ActorRef<NodeManager> = whereis('nodes');
  send m.register({ id: 'n1', cores: 8 });
  send m.register({ id: 'n2', cores: 4 });
  for (cpu in [2, 8, 3, 0]) {
    try {
      let r = ask m.allocate({ cpu: cpu }) within 2s;
      match (r) {
        case Reply.ok(a) => print(a.node, a.cpu, a.id.length)
        case Reply.full(t) if t > 1s => throw Error(5107, 'busy')
        case Reply.full(_) => print("retry")
        case Reply.rejected(code) => print("rejected", code)
      }
    } catch (e) { logger.error(e.message, e.code); }
  }
  // expect: n2 2 36
  // expect: n1 8 36
  // expect: retry
  // expect: rejected 5108
  let total = range(0, 10).map(x => x * x).fold(0, (a, b) => a + b);
  let fit = list<float>(3, 0.0); let y = total > 3 ? total : 0; y += 1 << 3;
  print(ask m.count(), total, fit, y, math.floor(2.5));
  // expect: 2 285 [0.0, 0.0, 0.0] 293 2.0
  return 0;
}
