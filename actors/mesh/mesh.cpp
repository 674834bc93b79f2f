#include "actors/mesh/mesh.hpp"

#include <caf/all.hpp>
#include <condition_variable>

#include "actors/mesh/mesh_inside.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle::actors {
namespace {

constexpr std::int64_t kAnswersNs = 1'000'000'000;  // for whoever asked this node to leave to hear that it has

}  // namespace

Mesh::Inside::Inside(caf::actor_system& system, MeshOptions wanted, const NodeId& id)
    : options(std::move(wanted)),
      self(id),
      incarnation(options.incarnation),
      link_board(id),
      thread(system),
      distribution(std::make_shared<Distribution>(system, thread, id, options.incarnation)),
      names(std::make_shared<Names>(thread, *distribution, id, options.incarnation)),
      leases(std::make_shared<Leases>(options.lease_node)) {
  names->on_change([this] {
    thread.post([this] {
      if (exchange) exchange->changed();
    });
  });
}

Result<void> Mesh::Inside::start_links() {
  Links::Events events;
  events.changed = [this](const NodeId& node, membership::LinkEvent event) {
    if (members) members->link_changed(node, event);
    if (exchange && event == membership::LinkEvent::up) exchange->link_up(node);
  };
  events.measured = [this](const NodeId& node, std::int64_t rtt_us) {
    if (members) members->measured(node, rtt_us);
  };
  auto made = Links::start(thread, options, self, incarnation, *distribution, link_board, std::move(events));
  if (!made) return made.error();
  links = std::move(*made);
  options.listen.port = links->port();  // the same when they are started again
  return {};
}

Result<void> Mesh::Inside::start_members() {
  if (std::exchange(members_started, true)) {
    // Nobody knows what the last core has promised, so it is another incarnation that begins.
    distribution->set_incarnation(++incarnation);
    links->set_incarnation(incarnation);
  }
  auto made = Members::start({thread, *links, *distribution, member_board, incarnation}, options, self, links->port());
  if (!made) return made.error();
  members = std::move(*made);
  return {};
}

void Mesh::Inside::start_names() {
  exchange = std::make_unique<NameExchange>(NameExchange::Context{thread, links, link_board, *names, incarnation});
  for (const membership::MemberView& member : member_board.members()) {
    if (member.state == membership::State::dead) names->node_died(member.id, member.version.incarnation);
    if (member.state == membership::State::left) names->node_left(member.id, member.version.incarnation);
  }
  for (const LinkView& link : link_board.links()) {
    if (!link.client) exchange->link_up(link.peer);
  }
}

Mesh::Mesh(std::shared_ptr<Inside> inside, Node& node) : inside_(std::move(inside)), node_(node) {}

Result<std::unique_ptr<Mesh>> Mesh::start(Node& node, MeshOptions options) {
  const auto certificate = security::read_certificate(options.identity.certificate);
  if (!certificate) return certificate.error();
  auto inside = std::make_shared<Inside>(node.system(), std::move(options), certificate->id());
  std::unique_ptr<Mesh> mesh(new Mesh(inside, node));
  // Here, so that what is wrong with the options is told to whoever gave them.
  auto begun = run_on(inside->thread, [&inside] {
    auto links = inside->start_links();
    return links ? inside->start_members() : links;
  });
  if (begun) {
    ChildSpec links, membership, names, leases;
    links.name = "links";
    links.spawn = [inside](caf::actor_system& system, const SeatPtr& seat) {
      const caf::actor actor = spawn_links(system, seat, inside);
      inside->distribution->serve(Service::routes, seat->slot());
      return actor;
    };
    membership.name = "membership";
    membership.spawn = [inside](caf::actor_system& system, const SeatPtr& seat) {
      const caf::actor actor = spawn_membership(system, seat, inside);
      inside->distribution->serve(Service::membership, seat->slot());
      return actor;
    };
    names.name = "names";
    names.spawn = [inside](caf::actor_system& system, const SeatPtr& seat) {
      const caf::actor actor = spawn_names(system, seat, inside);
      inside->distribution->serve(Service::names, seat->slot());
      if (seat->incarnation() == 0) inside->member_board.subscribe(seat->slot());
      return actor;
    };
    leases.name = "leases";
    leases.spawn = [inside, raw = mesh.get()](caf::actor_system& system, const SeatPtr& seat) {
      return spawn_leases(system, seat, inside, [raw] { return raw->lease_keeper(); });
    };
    SupervisorSpec supervisor;
    supervisor.options.strategy = process::Strategy::rest_for_one;
    supervisor.children = {std::move(links), std::move(membership), std::move(names), std::move(leases)};
    begun = node.start(supervisor_child("mesh", node.roster(), std::move(supervisor)));
  }
  if (begun) return mesh;
  return begun.error();
}

Mesh::~Mesh() {
  node_.stop();
  inside_->names->on_change(nullptr);
  inside_->leases->on_change(nullptr);
  run_on(inside_->thread, [this] {
    inside_->end_names();
    inside_->end_members();
    inside_->end_links();
    inside_->distribution->end({Code::node_lost, "the mesh of this node has ended", {}});
  });
}

const NodeId& Mesh::self() const {
  return inside_->self;
}

const std::string& Mesh::name() const {
  return inside_->options.name;
}

std::uint16_t Mesh::port() const {
  return inside_->options.listen.port;
}

std::uint64_t Mesh::incarnation() const {
  return inside_->incarnation;
}

Result<void> Mesh::replace_identity(transport::TlsIdentity identity, const Secret& gossip_keys) {
  const auto certificate = security::read_certificate(identity.certificate);
  if (!certificate) return certificate.error();
  if (certificate->id() != self()) {
    return Error{Code::link_identity, "the new certificate is of another key: a node keeps its key while it runs", {}};
  }
  auto keys = transport::GossipKeys::read(gossip_keys);
  if (!keys) return keys.error();
  auto tls = Links::context_of(identity);
  if (!tls) return tls.error();
  run_on(inside_->thread, [&] {
    if (inside_->links) inside_->links->replace_tls(std::move(*tls), identity.trust.revocations);
    inside_->options.identity = std::move(identity);
    inside_->options.gossip_keys = gossip_keys;
    if (inside_->members) inside_->members->replace_keys(std::move(*keys));
  });
  return {};
}

void Mesh::serve(Service service, const caf::actor& actor) {
  inside_->distribution->serve(service, actor);
}

caf::actor Mesh::service(const NodeId& node, Service service) {
  return inside_->distribution->service(node, service);
}

std::optional<ActorAddress> Mesh::address_of(const caf::strong_actor_ptr& actor) const {
  if (!actor || actor->node() == inside_->thread.system().node()) return std::nullopt;
  const auto& remote = *static_cast<RemoteActor*>(actor->get());
  return ActorAddress{remote.node(), remote.number()};
}

caf::actor Mesh::actor_at(const ActorAddress& address) {
  if (address.node != self()) return inside_->distribution->actor_at(address.node, address.number);
  return run_on(inside_->thread,
                [&] { return caf::actor_cast<caf::actor>(inside_->distribution->find_local(address.number)); });
}

ActorAddress Mesh::address_here(const caf::actor& actor) {
  const std::uint64_t number = run_on(inside_->thread, [&] {
    return inside_->distribution->export_actor(caf::actor_cast<caf::strong_actor_ptr>(actor));
  });
  return {self(), number};
}

Leases& Mesh::leases() {
  return *inside_->leases;
}

caf::actor Mesh::lease_keeper() {
  const std::string& name = inside_->options.lease_node;
  if (name == this->name()) return service(self(), Service::leases);
  const auto node = name.empty() ? Result<NodeId>(Error{}) : find_node(name);
  return node ? service(*node, Service::leases) : caf::actor{};
}

Names& Mesh::names() {
  return *inside_->names;
}

std::optional<PeerIdentity> Mesh::identity_of(const caf::strong_actor_ptr& actor) const {
  if (!actor || actor->node() == inside_->thread.system().node()) return std::nullopt;
  return inside_->link_board.identity_of(static_cast<RemoteActor*>(actor->get())->node());
}

std::vector<membership::MemberView> Mesh::members() const {
  return inside_->member_board.members();
}

Result<NodeId> Mesh::find_node(std::string_view name) const {
  constexpr std::size_t kLeastOfId = 4;
  const std::vector<membership::MemberView> all = members();
  std::vector<std::string> names;
  std::vector<NodeId> begun;
  for (const membership::MemberView& member : all) {
    if (member.profile && member.profile->name == name) return member.id;
    if (member.profile) names.push_back(member.profile->name);
    if (name.size() >= kLeastOfId && member.id.to_string().starts_with(name)) begun.push_back(member.id);
  }
  if (begun.size() == 1) return begun.front();
  const std::string_view hint = nearest_name(name, names);
  return Error{Code::node_unknown,
               begun.empty() ? "no node is called `" + std::string(name) + "`" +
                                   (hint.empty() ? "" : "; did you mean `" + std::string(hint) + "`?")
                             : "`" + std::string(name) + "` begins the ids of several nodes",
               {}};
}

failure::Verdict Mesh::judge(const NodeId& node) const {
  return inside_->member_board.judge(node);
}

bool Mesh::may_commit() const {
  return inside_->member_board.may_commit();
}

void Mesh::set_service(membership::Service service) {
  run_on(inside_->thread, [this, service] {
    if (inside_->members) inside_->members->set_service(service);
  });
}

bool Mesh::leave(std::chrono::milliseconds limit) {
  const auto left = std::make_shared<std::promise<void>>();
  inside_->thread.post([inside = inside_, left] {
    if (!inside->members) return left->set_value();
    inside->members->leave();
    const auto look = std::make_shared<std::function<void()>>();
    *look = [inside, left, look] {
      if (!inside->members || inside->members->left()) {
        left->set_value();
        if (const auto tell = std::exchange(inside->options.on_left, nullptr)) {
          inside->thread.loop().after(kAnswersNs, tell);
        }
        *look = nullptr;
        return;
      }
      inside->thread.loop().after(5'000'000, *look);
    };
    (*look)();
  });
  return left->get_future().wait_for(limit) == std::future_status::ready;
}

void Mesh::subscribe(const caf::actor& actor) {
  inside_->member_board.subscribe(actor);
}

std::vector<LinkView> Mesh::links() const {
  return inside_->link_board.links();
}

std::vector<NodeId> Mesh::route(const NodeId& to) const {
  return inside_->link_board.route(inside_->self, to);
}

}  // namespace noodle::actors
