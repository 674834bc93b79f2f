// Statements that users write, unchanged, with the declarations they need around them.
record NodeInfo(id: String, cores: int = 1, load: float = 0.0)
record ResourceRequirements(cpu: int)
record ResourceAllocation(node: String)
class ModalityProcessor { modality: String = "none"; }

export func registerNode(nodeInfo: NodeInfo): bool { return nodeInfo.cores > 0; }
class TextModalityProcessor extends ModalityProcessor
class ResourceMetrics { int totalCpuCores; int usedCpuCores; float cpuUtilization; }
class BestFitAllocationStrategy { func calculateFitScore(node: NodeInfo, requirements: ResourceRequirements): float }

func calculateEfficiency(metrics: ResourceMetrics): float {
  return metrics.totalCpuCores == 0 ? 0.5 : float(metrics.usedCpuCores) / metrics.totalCpuCores;
}
class Best extends BestFitAllocationStrategy {
  func calculateFitScore(node: NodeInfo, requirements: ResourceRequirements): float { return 1.0 - node.load; }
}
func database(query: String, parameters: List<any>) {
  let dbManager = get_database_manager();  let result = dbManager.execute_query(query, parameters);
  print(result.rows.length);
}
func serve() {
  gateway.register_service({ name: 'distributed_node_manager', capabilities: ['node_management', 'resource_allocation'] });
}
func code(action: func()): int {
  try { action(); } catch (e) { return e.code; }
  return 0;
}
func main() {
  let metrics = ResourceMetrics();
  let efficiency = calculateEfficiency(metrics);
  if (efficiency < 0.9) { logger.warning("Resource efficiency below target: " + efficiency); events.emit('efficiency_warning', efficiency); }
  print(efficiency, TextModalityProcessor().modality, metrics);
  // expect: 0.5 none ResourceMetrics{totalCpuCores: 0, usedCpuCores: 0, cpuUtilization: 0.0}
  print(Best().calculateFitScore({ id: 'n1', load: 0.25 }, ResourceRequirements(1)));
  // expect: 0.75
  print(registerNode({ id: 'n2' }), code(serve), code(() => database("SELECT 1", [1, "a"])));
  // expect: true 1890 1890
}
