// The mesh as a NodeView.
#include "actors/mesh/names.hpp"
#include "actors/operation/node_view.hpp"

namespace noodle::actors {

namespace {

class MeshView final : public NodeView {
 public:
  explicit MeshView(Mesh& mesh) : mesh_(mesh) {}

  NodeId self() const override { return mesh_.self(); }
  std::string name() const override { return mesh_.name(); }
  std::vector<membership::MemberView> members() const override { return mesh_.members(); }
  std::vector<LinkView> links() const override { return mesh_.links(); }
  std::vector<NodeId> route(const NodeId& to) const override { return mesh_.route(to); }
  Result<NodeId> find_node(std::string_view name) const override { return mesh_.find_node(name); }
  caf::actor inspector(const NodeId& node) override { return mesh_.service(node, Service::inspector); }
  void set_service(membership::Service service) override { mesh_.set_service(service); }
  std::vector<registry::NameView> names(const std::string& prefix, std::size_t most) const override {
    return mesh_.names().list(prefix, most);
  }
  caf::actor lease_keeper() override { return mesh_.lease_keeper(); }
  Result<void> leave(std::chrono::milliseconds limit) override {
    if (mesh_.leave(limit)) return {};
    return Error{Code::link_timeout,
                 "the news that " + name() + " leaves was not out after " + std::to_string(limit.count()) + " ms",
                 {}};
  }

 private:
  Mesh& mesh_;
};

}  // namespace

std::shared_ptr<NodeView> view_of(Mesh& mesh) {
  return std::make_shared<MeshView>(mesh);
}

}  // namespace noodle::actors
