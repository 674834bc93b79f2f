// The users' declarations without bodies type-check; an unsatisfied function is an error of the start (15xx), not of the check.
record NodeInfo(id: String)
record ResourceRequirements(cpu: int)
record Allocation(id: String)
record ResourceAllocation(id: String)
class ModalityProcessor { }
func registerNode(nodeInfo: NodeInfo): bool
func allocateResources(requirements: ResourceRequirements): Allocation
class ResourcePool { func canAllocate(requirements: ResourceRequirements): bool  func deallocate(allocationId: String): bool }
class BestFitAllocationStrategy { func allocate(nodes: List<NodeInfo>, requirements: ResourceRequirements): ResourceAllocation  func calculateFitScore(node: NodeInfo, requirements: ResourceRequirements): float }
class TextModalityProcessor extends ModalityProcessor
func main() { print(registerNode(NodeInfo("a"))); }
// expect error: 1530
