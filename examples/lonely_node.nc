// A program written for a whole cluster, run on a node that has no gateway and no database yet: every call to a host
// module that is not there throws 1890, which a program can catch like any other error.
//   noodle run examples/lonely_node.nc
class ResourceMetrics {
  int totalCpuCores;
  int usedCpuCores;
  float cpuUtilization;
}

func getResourceMetrics(): ResourceMetrics {
  return ResourceMetrics(totalCpuCores: 8, usedCpuCores: 6, cpuUtilization: 0.75);
}

func calculateEfficiency(metrics: ResourceMetrics): float {
  return float(metrics.usedCpuCores) / metrics.totalCpuCores;
}

func monitorResources() {
  let metrics = getResourceMetrics();
  let efficiency = calculateEfficiency(metrics);
  if (efficiency < 0.9) {
    logger.warning("Resource efficiency below target: " + efficiency);
    events.emit('efficiency_warning', efficiency);
  }
}

func register() {
  gateway.register_service({
    name: 'distributed_node_manager',
    capabilities: ['node_management', 'resource_allocation']
  });
}

func query() {
  let query = "select 1 where 1 = $1";
  let parameters: List<any> = [1];
  let dbManager = get_database_manager();
  let result = dbManager.execute_query(query, parameters);
  print("the database answers:", result);
}

func attempt(what: String, action: func()) {
  try {
    action();
    print(`${what}: done`);
  } catch (e) {
    print(`${what}: error ${e.code}, ${e.message}`);
  }
}

func main(): int {
  attempt("watch the resources", () => monitorResources());
  attempt("register with the gateway", () => register());
  attempt("ask the database", () => query());
  return 0;
}
