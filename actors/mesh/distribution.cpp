#include "actors/mesh/distribution.hpp"

#include <algorithm>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/endings.hpp"
#include "actors/mesh/message_types.hpp"
#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

using transport::FrameHeader;
using transport::Lane;

constexpr std::uint64_t kServiceBit = std::uint64_t{1} << 63;
constexpr unsigned kIdBits = 40;
constexpr std::uint64_t kIdMask = (std::uint64_t{1} << kIdBits) - 1;
constexpr std::uint64_t kUrgentBit = std::uint64_t{1} << 61;
constexpr std::size_t kControlBytes = transport::kChunkBytes - 256;  // header and relay fit beside it

std::uint64_t tag_of(std::uint64_t incarnation) {
  return (incarnation * 0x9e3779b97f4a7c15u >> 41) << kIdBits;
}

/// CAF's name for a node: what tells its actors from ours.
caf::node_id caf_node(const NodeId& node) {
  caf::node_id::default_data::host_id_type host{};
  for (std::size_t k = 0; k < 8; ++k) {
    host[k] = static_cast<std::uint8_t>(node.high >> 8 * k);
    host[8 + k] = static_cast<std::uint8_t>(node.low >> 8 * k);
  }
  return caf::make_node_id(1, host);
}

void answer(const caf::strong_actor_ptr& asker, caf::message_id id, const Error& why) {
  asker->enqueue(nullptr, id, caf::make_message(to_caf(why)), nullptr);
}

}  // namespace

void refuse(caf::mailbox_element& element, const Error& why) {
  if (element.sender && element.mid.is_request()) answer(element.sender, element.mid.response_id(), why);
}

/// A message that counts as waiting until its receiver is done with it.
class Distribution::Delivered final : public caf::mailbox_element {
 public:
  Delivered(caf::strong_actor_ptr from, caf::message_id id, caf::message message, std::shared_ptr<Waiting> waiting,
            std::size_t bytes)
      : caf::mailbox_element(std::move(from), id, {}),
        message_(std::move(message)),
        waiting_(std::move(waiting)),
        bytes_(bytes) {
    waiting_->messages.fetch_add(1, std::memory_order_relaxed);
    waiting_->bytes.fetch_add(bytes_, std::memory_order_relaxed);
  }
  ~Delivered() override {
    waiting_->messages.fetch_sub(1, std::memory_order_relaxed);
    waiting_->bytes.fetch_sub(bytes_, std::memory_order_relaxed);
  }
  caf::type_erased_tuple& content() override {
    if (message_.vals()) return message_.vals().unshared();
    return nothing_;
  }
  const caf::type_erased_tuple& content() const override {
    if (const auto* const values = message_.cvals().get()) return *values;
    return nothing_;
  }
  caf::message move_content_to_message() override { return std::move(message_); }
  caf::message copy_content_to_message() const override { return message_; }

 private:
  caf::message message_;
  caf::empty_type_erased_tuple nothing_;
  const std::shared_ptr<Waiting> waiting_;
  const std::size_t bytes_;
};

Distribution::Distribution(caf::actor_system& system, LoopThread& thread, NodeId self, std::uint64_t incarnation)
    : system_(system), thread_(thread), self_(self), tag_(tag_of(incarnation)) {}

// ---- numbers

std::uint64_t Distribution::service_number(Service service) {
  return kServiceBit | static_cast<std::uint64_t>(service);
}

std::uint64_t Distribution::number_of(caf::actor_id id) const {
  return tag_ | (id & kIdMask);
}

std::uint64_t Distribution::export_actor(const caf::strong_actor_ptr& actor) {
  const bool here = actor->node() == system_.node();
  const std::uint64_t number = number_of(here ? actor->id() : static_cast<RemoteActor*>(actor->get())->alias());
  (void)export_of(number, actor);
  return number;
}

Distribution::Export& Distribution::export_of(std::uint64_t number, const caf::strong_actor_ptr& actor) {
  if (const auto found = exports_.find(number); found != exports_.end()) return found->second;
  if (exports_.size() >= exports_limit_) {
    std::erase_if(exports_, [](const auto& one) { return one.second.watchers.empty() && !one.second.actor.lock(); });
    exports_limit_ = std::max<std::size_t>(1024, 2 * exports_.size());
  }
  Export& made = exports_[number];
  made.actor = caf::weak_actor_ptr(actor.get(), true);
  return made;
}

caf::strong_actor_ptr Distribution::find_local(std::uint64_t number) {
  if ((number & kServiceBit) != 0) {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find(number);
    return found == services_.end() ? nullptr : caf::actor_cast<caf::strong_actor_ptr>(found->second);
  }
  if ((number & ~kIdMask) != tag_) return nullptr;
  const auto found = exports_.find(number);
  return found == exports_.end() ? nullptr : found->second.actor.lock();
}

caf::strong_actor_ptr Distribution::find_remote(const NodeId& node, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto of_node = remotes_.find(node);
  if (of_node == remotes_.end()) return nullptr;
  const auto found = of_node->second.find(number);
  return found == of_node->second.end() ? nullptr : found->second.lock();
}

caf::strong_actor_ptr Distribution::remote(const NodeId& node, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  auto& of_node = remotes_[node];
  const auto [place, fresh] = of_node.try_emplace(number);
  if (!fresh) {
    if (auto known = place->second.lock()) return known;
  }
  caf::actor_config config;
  auto made = caf::make_actor<RemoteActor, caf::strong_actor_ptr>(number, caf_node(node), &system_, config,
                                                                  shared_from_this(), node, number);
  place->second = caf::weak_actor_ptr(made.get(), true);
  if (fresh && ++remotes_count_ > remotes_limit_) {
    remotes_count_ = 0;
    for (auto& [id, remotes] : remotes_) {
      std::erase_if(remotes, [](const auto& one) { return !one.second.lock(); });
      remotes_count_ += remotes.size();
    }
    remotes_limit_ = std::max<std::size_t>(1024, 2 * remotes_count_);
  }
  return made;
}

caf::actor Distribution::service(const NodeId& node, Service service) {
  if (node != self_) return caf::actor_cast<caf::actor>(remote(node, service_number(service)));
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(service_number(service));
  return found == services_.end() ? caf::actor{} : found->second;
}

void Distribution::serve(Service service, const caf::actor& actor) {
  const std::lock_guard lock(mutex_);
  services_[service_number(service)] = actor;
}

// ---- from actors of this node to others

void Distribution::take(caf::strong_actor_ptr remote, caf::mailbox_element_ptr element) {
  post({std::move(remote), std::move(element), 0});
}

void Distribution::watch(caf::strong_actor_ptr remote, caf::actor_id linked) {
  post({std::move(remote), nullptr, linked});
}

void Distribution::post(Outgoing outgoing) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (outbox_.size() < kMostQueued || !outgoing.element) {
      outbox_.push_back(std::move(outgoing));
      wake = !std::exchange(flushing_, true);
      if (!wake) return;
    }
  }
  if (wake) return thread_.post([self = shared_from_this()] { self->flush(); });
  statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
  refuse(*outgoing.element, {Code::link_lane_full, "too many messages are on their way to other nodes", {}});
}

void Distribution::flush() {
  {
    const std::lock_guard lock(mutex_);
    flushed_.swap(outbox_);
    flushing_ = false;
  }
  for (Outgoing& one : flushed_) {
    auto& to = *static_cast<RemoteActor*>(one.remote->get());
    if (to.is_dead()) {
      if (one.element) refuse(*one.element, from_caf(to.fail_state()));
      continue;
    }
    if (one.element) {
      dispatch(to, *one.element);
      continue;
    }
    Watched& watched = peers_[to.node()].watched[to.number()];
    watched.remote = one.remote;
    if (one.linked != 0) watched.linked.push_back(number_of(one.linked));
    send_watch(to.node(), to.number(), watched);
  }
  flushed_.clear();
}

void Distribution::dispatch(RemoteActor& to, caf::mailbox_element& element) {
  const caf::type_erased_tuple& content = element.content();
  FrameHeader header{to.number(), element.sender ? export_actor(element.sender) : 0, 0, 0, {}};
  const bool urgent = element.mid.is_urgent_message();
  if (content.match_elements<caf::exit_msg>()) {
    const caf::error& reason = content.get_as<caf::exit_msg>(0).reason;
    const auto& source = content.get_as<caf::exit_msg>(0).source;
    const auto from = caf::actor_cast<caf::strong_actor_ptr>(source);
    return send_control(to.node(), from ? number_of(from->id()) : header.source, to.number(),
                        Msg<wire::Exit>::build([&](wire::Exit::Builder exit) { write_end(exit.initEnd(), reason); }));
  }
  Kind kind = element.mid.is_response() ? Kind::answer : element.mid.is_request() ? Kind::request : Kind::message;
  FramePtr frame;
  if (kind == Kind::answer && content.match_elements<caf::error>()) {
    kind = Kind::failure;
    frame = failure_frame(from_caf(content.get_as<caf::error>(0)));
  } else if (content.empty()) {
    frame = Msg<wire::Nothing>::build([](auto) {}).frame();
  } else if (const std::type_info* const type = content.size() == 1 ? content.type(0).second : nullptr) {
    if (const MessageType* const known = find_message_type(*type)) frame = known->frame_of(content);
  }
  if (!frame) {
    const Error problem{Code::message_stays, "`" + content.stringify() + "` cannot go to another node", {}};
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind != Kind::answer) return refuse(element, problem);
    kind = Kind::failure;
    frame = failure_frame(problem);
  }
  const std::uint64_t request = element.mid.request_id().integer_value();
  header.message = static_cast<std::uint64_t>(kind) << 62 | (urgent ? kUrgentBit : 0) | request;
  header.type = frame->type();
  Peer& peer = peers_[to.node()];
  if (kind == Kind::request && peer.pending.size() >= kMostPending) {
    return refuse(element, {Code::link_lane_full, "too many requests to that node wait for their answers", {}});
  }
  auto sent = send(to.node(), header, std::move(frame), urgent);
  if (!sent) {
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind == Kind::answer && sent.error().code == Code::frame_too_large) {
      send_failure(to.node(), header.source, header.destination, header.message, sent.error());
    }
    return refuse(element, sent.error());
  }
  if (kind == Kind::request) {
    peer.pending[{header.source, request}] = {element.sender, element.mid.response_id(), *sent};
  }
}

transport::Lane Distribution::lane_for(const NodeId& node, const FrameHeader& header, std::size_t bytes, bool urgent) {
  if (urgent && bytes <= kControlBytes) return Lane::control;
  Peer& peer = peers_[node];
  if (bytes > kControlBytes) return Lane::bulk;
  // What follows a large message of the same pair must not overtake it.
  const auto of_source = peer.bulk.find(header.source);
  if (of_source == peer.bulk.end()) return Lane::user;
  const auto pair = of_source->second.find(header.destination);
  if (pair == of_source->second.end()) return Lane::user;
  if (links_->bulk_frames_sent(pair->second.via) < pair->second.until) return Lane::bulk;
  of_source->second.erase(pair);
  if (of_source->second.empty()) peer.bulk.erase(of_source);
  return Lane::user;
}

Result<NodeId> Distribution::send(const NodeId& to, FrameHeader header, FramePtr frame, bool urgent) {
  if (links_ == nullptr) return Error{Code::peer_unreachable, "the links of this node are being started", {}};
  const Lane lane = lane_for(to, header, frame->bytes().size(), urgent);
  auto via = links_->send(to, lane, header, std::move(frame));
  if (!via) return via;
  statistics_.sent.fetch_add(1, std::memory_order_relaxed);
  Peer& peer = peers_[to];
  if (peer.client && header.source != 0) peer.known_to_client.insert(header.source);
  if (lane == Lane::bulk) peer.bulk[header.source][header.destination] = {*via, ++peers_[*via].bulk_accepted};
  return via;
}

template <class T>
void Distribution::send_control(const NodeId& to, std::uint64_t source, std::uint64_t destination,
                                const Msg<T>& message) {
  (void)send(to, {destination, source, kUrgentBit, Msg<T>::kTypeId, {}}, message.frame(), true).ok();
}

void Distribution::send_failure(const NodeId& to, std::uint64_t source, std::uint64_t destination,
                                std::uint64_t message, const Error& why) {
  const FramePtr frame = failure_frame(why);
  const std::uint64_t failure = message | static_cast<std::uint64_t>(Kind::failure) << 62;
  (void)send(to, {destination, source, failure, frame->type(), {}}, frame, (message & kUrgentBit) != 0).ok();
}

void Distribution::fail_request(const NodeId& from, const FrameHeader& request, const Error& why) {
  send_failure(from, request.destination, request.source, request.message, why);
}

void Distribution::send_watch(const NodeId& node, std::uint64_t number, const Watched& watched) {
  const auto message = Msg<wire::Watch>::build([&watched](wire::Watch::Builder watch) {
    auto linked = watch.initLinked(static_cast<unsigned>(watched.linked.size()));
    for (unsigned k = 0; k < linked.size(); ++k) linked.set(k, watched.linked[k]);
  });
  const auto sent = send(node, {number, 0, kUrgentBit, Msg<wire::Watch>::kTypeId, {}}, message.frame(), true);
  if (!sent && sent.error().code == Code::node_lost) down_from(node, number, to_caf(sent.error()));
}

// ---- from other nodes to actors of this one

void Distribution::received(const NodeId& from, bool from_client, const FrameHeader& header, FramePtr frame) {
  statistics_.received.fetch_add(1, std::memory_order_relaxed);
  const auto kind = static_cast<Kind>(header.message >> 62);
  if (kind == Kind::answer || kind == Kind::failure) return answered(from, header, std::move(frame));
  if (from_client && header.destination != service_number(Service::sessions) &&
      !peers_[from].known_to_client.contains(header.destination)) {
    statistics_.refused_clients.fetch_add(1, std::memory_order_relaxed);
    if (kind != Kind::request) return;
    return fail_request(from, header, {Code::access_denied, "clients may speak with sessions only", {}});
  }
  const auto malformed = [this] { statistics_.malformed.fetch_add(1, std::memory_order_relaxed); };
  if (header.type == Msg<wire::Down>::kTypeId) {
    const auto down = Msg<wire::Down>::from_frame(std::move(frame));
    return down ? down_from(from, header.source, read_end((*down)->getEnd())) : malformed();
  }
  if (header.type == Msg<wire::Watch>::kTypeId) {
    const auto watch = Msg<wire::Watch>::from_frame(std::move(frame));
    return watch ? watched_by(from, header, *watch) : malformed();
  }
  if (header.type == Msg<wire::Exit>::kTypeId) {
    const auto exit = Msg<wire::Exit>::from_frame(std::move(frame));
    return exit ? exit_from(from, header, *exit) : malformed();
  }
  deliver(from, header, std::move(frame));
}

void Distribution::deliver(const NodeId& from, const FrameHeader& header, FramePtr frame) {
  const auto kind = static_cast<Kind>(header.message >> 62);
  const auto refused = [&](const Error& why) {
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind == Kind::request) fail_request(from, header, why);
  };
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) {
    const auto end = ends_.find(header.destination);
    if (end != ends_.end() && end->second != caf::exit_reason::normal) return refused(from_caf(end->second));
    return refused({Code::actor_unknown, "the actor has ended, or never was", {}});
  }
  Export& entry = export_of(header.destination, target);
  const std::size_t bytes = frame->bytes().size();
  if (entry.waiting->messages.load(std::memory_order_relaxed) >= kMostWaiting ||
      entry.waiting->bytes.load(std::memory_order_relaxed) + bytes > kMostWaitingBytes) {
    statistics_.refused_full.fetch_add(1, std::memory_order_relaxed);
    return refused({Code::receiver_full,
                    std::to_string(entry.waiting->messages.load(std::memory_order_relaxed)) + " messages wait for it",
                    {}});
  }
  const MessageType* const type = find_message_type(header.type);
  if (type == nullptr) return refused({Code::frame_wrong_type, "this node knows no message of that type", {}});
  Result<caf::message> message = type->message_of(std::move(frame));
  if (!message) {
    statistics_.malformed.fetch_add(1, std::memory_order_relaxed);
    return refused(message.error());
  }
  const std::uint64_t request = header.message & caf::message_id::request_id_mask;
  caf::message_id id = kind == Kind::request ? caf::make_message_id(request) : caf::make_message_id();
  if ((header.message & kUrgentBit) != 0) id = id.with_high_priority();
  target->enqueue(caf::mailbox_element_ptr(new Delivered(header.source != 0 ? remote(from, header.source) : nullptr, id,
                                                         std::move(*message), entry.waiting, bytes)),
                  &thread_);
}

void Distribution::answered(const NodeId& from, const FrameHeader& header, FramePtr frame) {
  const auto peer = peers_.find(from);
  if (peer == peers_.end()) return;
  const auto found = peer->second.pending.find({header.destination, header.message & caf::message_id::request_id_mask});
  if (found == peer->second.pending.end()) return;
  const Pending pending = std::move(found->second);
  peer->second.pending.erase(found);
  if (static_cast<Kind>(header.message >> 62) == Kind::failure) {
    return answer(pending.asker, pending.answer, read_failure_frame(std::move(frame)));
  }
  const MessageType* const type = find_message_type(header.type);
  if (type == nullptr) {
    return answer(pending.asker, pending.answer,
                  {Code::frame_wrong_type, "the answer is of a type that this node does not know", {}});
  }
  Result<caf::message> message =
      header.type == Msg<wire::Nothing>::kTypeId ? caf::message{} : type->message_of(std::move(frame));
  if (!message) return answer(pending.asker, pending.answer, message.error());
  pending.asker->enqueue(nullptr, pending.answer, std::move(*message), &thread_);
}

// ---- ends

void Distribution::watched_by(const NodeId& from, const FrameHeader& header, const Msg<wire::Watch>& watch) {
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) {
    const auto end = ends_.find(header.destination);
    const caf::error reason =
        end != ends_.end() ? end->second : to_caf({Code::actor_unknown, "the actor has ended, or never was", {}});
    return send_control(from, header.destination, 0,
                        Msg<wire::Down>::build([&](wire::Down::Builder down) { write_end(down.initEnd(), reason); }));
  }
  Export& entry = export_of(header.destination, target);
  if (std::find(entry.watchers.begin(), entry.watchers.end(), from) == entry.watchers.end()) {
    entry.watchers.push_back(from);
  }
  for (const std::uint64_t linked : watch->getLinked()) {
    const caf::strong_actor_ptr other = remote(from, linked);
    static_cast<RemoteActor*>(other->get())->linked_from_there(target->get());
    peers_[from].watched[linked].remote = other;  // keeps it; its own end comes as an Exit
  }
  if (std::exchange(entry.attached, true)) return;
  target->get()->attach_functor(
      [self = weak_from_this(), number = header.destination](const caf::error& reason, caf::execution_unit*) {
        const auto distribution = self.lock();
        if (!distribution) return;
        distribution->thread_.post([distribution, number, reason] { distribution->ended(number, reason); });
      });
}

void Distribution::ended(std::uint64_t number, const caf::error& reason) {
  const auto found = exports_.find(number);
  if (found == exports_.end()) return;
  const std::vector<NodeId> watchers = std::move(found->second.watchers);
  exports_.erase(found);
  if (ends_.emplace(number, reason).second) ends_order_.push_back(number);
  if (ends_order_.size() > kMostEnds) {
    ends_.erase(ends_order_.front());
    ends_order_.pop_front();
  }
  const auto down =
      Msg<wire::Down>::build([&reason](wire::Down::Builder message) { write_end(message.initEnd(), reason); });
  for (const NodeId& watcher : watchers) send_control(watcher, number, 0, down);
}

void Distribution::down_from(const NodeId& from, std::uint64_t number, const caf::error& reason) {
  const caf::strong_actor_ptr ended = find_remote(from, number);
  if (const auto peer = peers_.find(from); peer != peers_.end()) peer->second.watched.erase(number);
  if (!ended) return;
  {
    const std::lock_guard lock(mutex_);
    remotes_[from].erase(number);
  }
  static_cast<RemoteActor*>(ended->get())->kill_proxy(&thread_, reason);
}

void Distribution::exit_from(const NodeId& from, const FrameHeader& header, const Msg<wire::Exit>& exit) {
  const caf::error reason = read_end(exit->getEnd());
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) return;
  const caf::strong_actor_ptr source = header.source != 0 ? remote(from, header.source) : nullptr;
  target->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                  caf::make_message(caf::exit_msg{source ? source->address() : caf::actor_addr{}, reason}), &thread_);
}

void Distribution::link_up(const NodeId& peer, bool client) {
  Peer& known = peers_[peer];
  known.client = client;
  known.bulk_accepted = 0;
  for (auto& [node, other] : peers_) {
    for (auto source = other.bulk.begin(); source != other.bulk.end();) {
      std::erase_if(source->second, [&peer](const auto& pair) { return pair.second.via == peer; });
      source = source->second.empty() ? other.bulk.erase(source) : std::next(source);
    }
  }
  const auto watched = known.watched;  // sending may end some
  for (const auto& [number, one] : watched) send_watch(peer, number, one);
}

void Distribution::link_lost(const NodeId& peer, const Error& why) {
  const Error lost{Code::answer_lost, "the link broke before the answer came", why.to_string()};
  for (auto& [node, other] : peers_) {
    std::vector<Pending> failed;
    std::erase_if(other.pending, [&](auto& one) {
      if (one.second.via != peer) return false;
      failed.push_back(std::move(one.second));
      return true;
    });
    for (const Pending& one : failed) answer(one.asker, one.answer, lost);
  }
}

void Distribution::node_gone(const NodeId& node, const Error& why) {
  std::vector<caf::strong_actor_ptr> dead;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = remotes_.find(node); found != remotes_.end()) {
      for (const auto& [number, one] : found->second) {
        if (auto actor = one.lock()) dead.push_back(std::move(actor));
      }
      remotes_.erase(found);
    }
  }
  const auto peer = peers_.find(node);
  if (peer != peers_.end()) {
    const Peer gone = std::move(peer->second);
    peers_.erase(peer);
    for (const auto& [key, pending] : gone.pending) answer(pending.asker, pending.answer, why);
  }
  for (auto& [number, entry] : exports_) std::erase(entry.watchers, node);
  for (const auto& actor : dead) static_cast<RemoteActor*>(actor->get())->kill_proxy(&thread_, to_caf(why));
}

void Distribution::watch_again() {
  std::vector<std::pair<NodeId, std::uint64_t>> all;
  for (const auto& [node, peer] : peers_) {
    for (const auto& [number, one] : peer.watched) all.emplace_back(node, number);
  }
  for (const auto& [node, number] : all) {
    const auto peer = peers_.find(node);
    if (peer == peers_.end()) continue;
    const auto one = peer->second.watched.find(number);
    if (one != peer->second.watched.end()) send_watch(node, number, Watched(one->second));
  }
}

void Distribution::set_incarnation(std::uint64_t incarnation) {
  tag_ = tag_of(incarnation);
  exports_.clear();  // whoever knew the old numbers has declared their actors dead
}

}  // namespace noodle::actors
