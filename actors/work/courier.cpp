#include "actors/work/courier.hpp"

#include <caf/all.hpp>
#include <deque>

#include "actors/core/caf_error.hpp"
#include "actors/core/caf_messages.hpp"
#include "actors/mesh/frame_fields.hpp"
#include "actors/mesh/names.hpp"
#include "messages/names.capnp.h"
#include "runtime/base/log.hpp"
#include "runtime/remote/parcel_wire.hpp"
#include "runtime/remote/remotes.hpp"

namespace noodle::actors {
namespace {

using process::kThisSystem;
using process::Parcel;
using process::SystemNumber;

using Fetch = caf::atom_constant<caf::atom("fetch")>;
using Again = caf::atom_constant<caf::atom("again")>;
using Resume = caf::atom_constant<caf::atom("resume")>;

constexpr std::size_t kMostParcels = 1024, kMostBytes = 4 * kMiB;
constexpr std::uint32_t kSender = 0, kReceiver = 1, kFirstNamed = 2;
constexpr std::chrono::milliseconds kRetry{50};
constexpr std::chrono::seconds kPatience{2}, kMostPatience{32};  // for an answer; twice as much each time

const Logger& log() {
  static const Logger logger("courier");
  return logger;
}

/// What failed may succeed at the next attempt. A relay may lose a request or its answer and tell nobody.
bool may_recover(const caf::error& problem) {
  if (problem == caf::sec::request_timeout) return true;
  const Code code = from_caf(problem).code;
  return code == Code::answer_lost || code == Code::receiver_full || code == Code::link_lane_full ||
         code == Code::peer_unreachable || code == Code::no_route;
}

}  // namespace

// ---- the post box

Result<SystemNumber> Post::system_of(std::string_view node) {
  const auto id = mesh_.find_node(node);
  if (!id) return id.error();
  if (*id == mesh_.self()) return kThisSystem;
  for (const membership::MemberView& member : mesh_.members()) {
    if (member.id != *id || membership::lives(member.state)) continue;
    return Error{Code::node_lost, "node " + std::string(node) + " is not alive", {}};
  }
  return number_of({*id, service_number(Service::courier)});
}

std::vector<process::NodeFacts> Post::nodes() {
  std::vector<process::NodeFacts> nodes;
  for (const membership::MemberView& member : mesh_.members()) {
    if (!member.profile) continue;
    process::NodeFacts& node = nodes.emplace_back();
    node.name = member.profile->name;
    node.address = member.profile->host + ":" + std::to_string(member.profile->port);
    node.state = membership::to_string(member.state);
    for (const auto& label : member.profile->labels) node.labels.push_back(label.key + "=" + label.value);
  }
  return nodes;
}

std::string Post::name_of(SystemNumber system) {
  const auto place = place_of(system);
  if (!place) return system == kThisSystem ? mesh_.name() : "a node that is gone";
  for (const membership::MemberView& member : mesh_.members()) {
    if (member.id == place->address.node && member.profile) return member.profile->name;
  }
  return place->address.node.to_string();
}

std::size_t Post::waiting_bytes(SystemNumber system) {
  const std::lock_guard lock(mutex_);
  const auto found = systems_.find(system);
  return found == systems_.end() ? 0 : found->second.waiting_bytes;
}

void Post::send(SystemNumber system, Parcel parcel) {
  caf::actor courier;
  {
    const std::lock_guard lock(mutex_);
    const auto found = systems_.find(system);
    if (found == systems_.end() || closed_) return;  // it is gone, and who cares was told
    found->second.waiting_bytes += size_of(parcel);
    found->second.waiting.push_back(std::move(parcel));
    if (!courier_ || std::exchange(found->second.told, true)) return;
    courier = courier_;
  }
  caf::anon_send(courier, Fetch::value, system);
}

void Post::open(const caf::actor& courier, std::uint64_t service) {
  const std::lock_guard lock(mutex_);
  courier_ = courier;
  service_ = service;
  for (auto& [number, system] : systems_) {
    if (system.waiting.empty() || std::exchange(system.told, true)) continue;
    caf::anon_send(courier, Fetch::value, number);
  }
}

void Post::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  courier_ = nullptr;
  systems_.clear();
  numbers_.clear();
}

SystemNumber Post::number_of(const ActorAddress& address) {
  const std::pair key(address.node, address.number);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = numbers_.find(key); found != numbers_.end()) return found->second;
  }
  const Place place{address, mesh_.actor_at(address)};
  const std::lock_guard lock(mutex_);
  const auto [found, fresh] = numbers_.try_emplace(key, last_ + 1);
  if (fresh) systems_[++last_].place = place;
  return found->second;
}

std::optional<ActorAddress> Post::own_address() const {
  caf::actor courier;
  {
    const std::lock_guard lock(mutex_);
    if (service_ != 0 && courier_) return ActorAddress{mesh_.self(), service_};
    courier = courier_;
  }
  if (!courier) return std::nullopt;
  return mesh_.address_here(courier);
}

std::optional<Post::Place> Post::place_of(SystemNumber system) const {
  const std::lock_guard lock(mutex_);
  const auto found = systems_.find(system);
  if (found == systems_.end()) return std::nullopt;
  return found->second.place;
}

std::vector<Parcel> Post::take(SystemNumber system, std::size_t most, std::size_t most_bytes) {
  std::vector<Parcel> taken;
  const std::lock_guard lock(mutex_);
  const auto found = systems_.find(system);
  if (found == systems_.end()) return taken;
  auto& waiting = found->second.waiting;
  for (std::size_t bytes = 0; !waiting.empty() && taken.size() < most;) {
    const std::size_t size = size_of(waiting.front());
    bytes += size;
    if (bytes > most_bytes && !taken.empty()) break;
    found->second.waiting_bytes -= size;
    taken.push_back(std::move(waiting.front()));
    waiting.pop_front();
  }
  found->second.told = !taken.empty();
  return taken;
}

void Post::forget(SystemNumber system) {
  const std::lock_guard lock(mutex_);
  const auto found = systems_.find(system);
  if (found == systems_.end()) return;
  numbers_.erase({found->second.place.address.node, found->second.place.address.number});
  systems_.erase(found);
}

// ---- the courier

namespace {

class Courier final : public caf::event_based_actor {
 public:
  Courier(caf::actor_config& config, std::shared_ptr<Post> post, process::System& system, std::uint64_t service)
      : caf::event_based_actor(config),
        post_(std::move(post)),
        remotes_(*system.remotes()),
        service_(service),
        last_life_(static_cast<std::uint64_t>(system_clock().wall_ns())) {}

  caf::behavior make_behavior() override {
    post_->open(this, service_);
    set_down_handler([this](const caf::down_msg& down) {
      for (const auto& [number, peer] : peers_) {
        if (peer.actor.address() == down.source) return lose(number, from_caf(down.reason));
      }
    });
    return {[this](Fetch, SystemNumber system) { fetch(system); },
            [this](Again, SystemNumber system) {
              const auto found = peers_.find(system);
              if (found != peers_.end() && found->second.on_the_way) ship(system, found->second);
            },
            [this](Resume, SystemNumber system, std::uint64_t sequence) {
              const auto found = peers_.find(system);
              if (found == peers_.end() || found->second.taken != sequence || !found->second.incoming) return;
              hand_over(found->second.incoming);
            },
            [this](const Msg<wire::ParcelBatch>& batch) { return take_in(batch); },
            [this](const Msg<wire::NameLost>& lost) {
              remotes_.name_lost(lost->getPid(), lost->getName().cStr(), lost->getWinner().cStr());
            },
            [this](const Msg<wire::ProgramRequest>& wanted) -> caf::result<Msg<wire::ProgramAnswer>> {
              const auto nbc = remotes_.program_nbc(wanted->getHash());
              if (!nbc) return to_caf(nbc.error());
              return Msg<wire::ProgramAnswer>::build([&nbc](wire::ProgramAnswer::Builder answer) {
                answer.setNbc({reinterpret_cast<const capnp::byte*>(nbc->data()), nbc->size()});
              });
            }};
  }
  void on_exit() override { post_->close(); }
  const char* name() const override { return "courier"; }

 private:
  using BatchPromise = caf::typed_response_promise<Msg<wire::BatchTaken>>;
  /// A batch that waits for a program.
  struct Incoming {
    SystemNumber from = kThisSystem;
    std::deque<Parcel> parcels;
    BatchPromise done;
  };
  /// What was said to a peer and heard from it since one of both last lost the other. Who has forgotten tells so by
  /// another life, or the other one would take its first batch for one that it knows.
  struct Peer {
    caf::actor actor;
    std::uint64_t own_life = 0;
    std::uint64_t life = 0;                            // the peer's; 0: not known
    std::uint64_t sent = 0, taken = 0;                 // sequences of the last batches
    std::optional<Msg<wire::ParcelBatch>> on_the_way;  // and not answered
    std::chrono::seconds patience = kPatience;         // with its answer
    std::shared_ptr<Incoming> incoming;                // is being handed over
  };

  Peer* peer(SystemNumber system) {
    const auto found = peers_.find(system);
    if (found != peers_.end()) return &found->second;
    const auto place = post_->place_of(system);
    if (!place) return nullptr;
    if (!place->courier) {
      post_->forget(system);
      remotes_.lost(system, {Code::node_lost, "the programs of that session are gone", {}});
      return nullptr;
    }
    Peer& made = peers_[system];
    made.actor = place->courier;
    made.own_life = ++last_life_;
    monitor(made.actor);
    return &made;
  }

  void lose(SystemNumber system, const Error& why) {
    const auto found = peers_.find(system);
    if (found == peers_.end()) return;
    const std::string name = post_->name_of(system);
    demonitor(found->second.actor);
    peers_.erase(found);
    post_->forget(system);
    remotes_.lost(system, {Code::node_lost, "the programs of node " + name + " are lost: " + why.message, {}});
  }

  // ---- outgoing

  void fetch(SystemNumber system) {
    Peer* const to = peer(system);
    if (to == nullptr || to->on_the_way) return;
    const std::vector<Parcel> parcels = post_->take(system, kMostParcels, kMostBytes);
    if (parcels.empty()) return;
    ++to->sent;
    to->on_the_way = batch_of(system, *to, parcels);
    ship(system, *to);
  }

  Msg<wire::ParcelBatch> batch_of(SystemNumber to, const Peer& peer, const std::vector<Parcel>& parcels) {
    std::vector<SystemNumber> named;
    const auto number = [&](SystemNumber system) -> std::uint32_t {
      if (system == kThisSystem) return kSender;
      if (system == to) return kReceiver;
      const auto found = std::find(named.begin(), named.end(), system);
      const auto place = static_cast<std::uint32_t>(found - named.begin());
      if (found == named.end()) named.push_back(system);
      return kFirstNamed + place;
    };
    return Msg<wire::ParcelBatch>::build([&](wire::ParcelBatch::Builder batch) {
      batch.setLife(peer.own_life);
      batch.setReceiverLife(peer.life);
      batch.setSequence(peer.sent);
      batch.setService(service_);
      auto list = batch.initParcels(static_cast<unsigned>(parcels.size()));
      for (unsigned k = 0; k < list.size(); ++k) write_parcel(list[k], parcels[k], number);
      auto systems = batch.initSystems(static_cast<unsigned>(named.size()));
      for (unsigned k = 0; k < systems.size(); ++k) {
        const auto place = post_->place_of(named[k]);
        if (!place) continue;  // it is lost: nobody there
        systems[k].setNodeHigh(place->address.node.high);
        systems[k].setNodeLow(place->address.node.low);
        systems[k].setNumber(place->address.number);
      }
    });
  }

  void ship(SystemNumber system, Peer& to) {
    request(to.actor, to.patience, *to.on_the_way)
        .then(
            [this, system](const Msg<wire::BatchTaken>& taken) {
              const auto found = peers_.find(system);
              if (found == peers_.end()) return;
              found->second.life = taken->getLife();
              found->second.on_the_way.reset();
              found->second.patience = kPatience;
              fetch(system);
            },
            [this, system](const caf::error& problem) {
              const Error why = problem == caf::sec::request_receiver_down
                                    ? Error{Code::node_lost, "its courier has ended", {}}
                                    : from_caf(problem);
              if (why.code == Code::actor_unknown) return lose(system, {Code::node_lost, "it has restarted", {}});
              if (!may_recover(problem)) return lose(system, why);
              if (const auto found = peers_.find(system); found != peers_.end() && problem == caf::sec::request_timeout)
                found->second.patience = std::min(2 * found->second.patience, kMostPatience);
              delayed_send(this, kRetry, Again::value, system);
            });
  }

  // ---- incoming

  static Msg<wire::BatchTaken> taken_by(const Peer& peer) {
    return Msg<wire::BatchTaken>::build([&peer](wire::BatchTaken::Builder out) { out.setLife(peer.own_life); });
  }

  /// Systems of this node, such as those of sessions, write to each other as well.
  ActorAddress address_of_sender() {
    const auto from = caf::actor_cast<caf::strong_actor_ptr>(current_sender());
    if (const auto remote = post_->mesh().address_of(from)) return *remote;
    return post_->mesh().address_here(caf::actor_cast<caf::actor>(from));
  }

  caf::result<Msg<wire::BatchTaken>> take_in(const Msg<wire::ParcelBatch>& batch) {
    if (!current_sender()) return to_caf({Code::access_denied, "batches come from couriers only", {}});
    const ActorAddress told = address_of_sender();
    const ActorAddress from{told.node, batch->getService() != 0 ? batch->getService() : told.number};
    SystemNumber number = post_->number_of(from);
    Peer* known = peer(number);
    if (known && known->life != 0 && known->life != batch->getLife()) {
      lose(number, {Code::node_lost, "it has restarted", {}});
      number = post_->number_of(from);
      known = peer(number);
    }
    if (known == nullptr) return to_caf({Code::node_lost, "the sender is not known here", {}});
    if (batch->getReceiverLife() != 0 && batch->getReceiverLife() != known->own_life) {
      return to_caf({Code::node_lost, "the system has restarted", {}});
    }
    known->life = batch->getLife();
    const auto taken = taken_by(*known);
    if (batch->getSequence() <= known->taken) {  // its answer was lost
      if (!known->incoming) return taken;
      known->incoming->done = make_response_promise<Msg<wire::BatchTaken>>();
      return known->incoming->done;
    }
    if (batch->getSequence() != known->taken + 1) {
      lose(number, {Code::node_lost, "batches are missing", {}});
      return to_caf({Code::node_lost, "batches are missing", {}});
    }
    auto incoming = std::make_shared<Incoming>();
    incoming->from = number;
    const auto systems = batch->getSystems();
    const auto system = [&](std::uint32_t index) -> std::optional<SystemNumber> {
      if (index == kSender) return number;
      if (index == kReceiver) return kThisSystem;
      if (index - kFirstNamed >= systems.size()) return std::nullopt;
      const auto address = systems[index - kFirstNamed];
      const ActorAddress place{{address.getNodeHigh(), address.getNodeLow()}, address.getNumber()};
      if (!place.node) return std::nullopt;
      if (place.node == post_->mesh().self() && place == post_->own_address()) return kThisSystem;
      const SystemNumber named = post_->number_of(place);
      (void)peer(named);  // watched from now on
      return named;
    };
    for (const auto parcel : batch->getParcels()) {
      auto read = process::read_parcel(parcel, system);
      if (!read) {
        log().warning("parcel refused", {{"why", read.error().to_string()}});
        continue;
      }
      incoming->parcels.push_back(std::move(*read));
    }
    known->taken = batch->getSequence();
    incoming->done = make_response_promise<Msg<wire::BatchTaken>>();
    known->incoming = incoming;
    auto promise = incoming->done;
    hand_over(incoming);
    return promise;
  }

  void hand_over(const std::shared_ptr<Incoming>& batch) {
    while (!batch->parcels.empty()) {
      Parcel& parcel = batch->parcels.front();
      const auto from = peers_.find(batch->from);
      if (from == peers_.end() || from->second.incoming != batch) return;  // it was lost meanwhile
      if (parcel.order && !remotes_.knows_program(parcel.order->program)) {
        return fetch_program(batch, from->second.actor, parcel.order->program);
      }
      remotes_.receive(batch->from, std::move(parcel));
      batch->parcels.pop_front();
    }
    const auto from = peers_.find(batch->from);
    if (from == peers_.end()) return;
    from->second.incoming.reset();
    batch->done.deliver(taken_by(from->second));
  }

  /// What cannot be fetched is refused by who needs it.
  void fetch_program(const std::shared_ptr<Incoming>& batch, const caf::actor& from, std::uint64_t hash) {
    const auto go_on = [this, batch] {
      const auto sender_now = peers_.find(batch->from);
      if (sender_now == peers_.end() || sender_now->second.incoming != batch) return;
      remotes_.receive(batch->from, std::move(batch->parcels.front()));
      batch->parcels.pop_front();
      hand_over(batch);
    };
    request(from, kMostPatience,
            Msg<wire::ProgramRequest>::build([hash](wire::ProgramRequest::Builder wanted) { wanted.setHash(hash); }))
        .then(
            [this, hash, go_on](const Msg<wire::ProgramAnswer>& answer) {
              const auto nbc = answer->getNbc();
              const auto added = remotes_.add_program(hash, {reinterpret_cast<const char*>(nbc.begin()), nbc.size()});
              if (!added) log().warning("program refused", {{"why", added.error().to_string()}});
              go_on();
            },
            [this, batch, go_on](const caf::error& problem) {
              const auto sender_now = peers_.find(batch->from);
              if (may_recover(problem) && sender_now != peers_.end())
                return delayed_send(this, kRetry, Resume::value, batch->from, sender_now->second.taken);
              log().warning("program not fetched", {{"why", from_caf(problem).to_string()}});
              go_on();
            });
  }

  const std::shared_ptr<Post> post_;
  process::Remotes& remotes_;
  const std::uint64_t service_;
  std::uint64_t last_life_;
  std::map<SystemNumber, Peer> peers_;
};

}  // namespace

namespace {

class CourierDrive final : public process::WorkerDrive {
 public:
  CourierDrive(caf::actor_system& actors, std::shared_ptr<Post> post, process::System& system,
               std::unique_ptr<process::WorkerDrive> workers)
      : actors_(actors), workers_(std::move(workers)), courier_(spawn_courier(actors, std::move(post), system, 0)) {}
  ~CourierDrive() override {
    caf::scoped_actor self(actors_);
    self->send_exit(courier_, caf::exit_reason::user_shutdown);
    self->wait_for(courier_);
  }

 private:
  caf::actor_system& actors_;
  const std::unique_ptr<process::WorkerDrive> workers_;
  const caf::actor courier_;
};

}  // namespace

std::unique_ptr<process::WorkerDrive> drive_courier(caf::actor_system& actors, std::shared_ptr<Post> post,
                                                    process::System& system,
                                                    std::unique_ptr<process::WorkerDrive> workers) {
  return std::make_unique<CourierDrive>(actors, std::move(post), system, std::move(workers));
}

caf::actor spawn_courier(caf::actor_system& actors, std::shared_ptr<Post> post, process::System& system,
                         std::uint64_t service) {
  return actors.spawn<Courier>(std::move(post), system, service);
}

}  // namespace noodle::actors
