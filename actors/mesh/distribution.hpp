// Distribution: actors of other nodes as handles here, actors of this node as numbers there.
//
// A number is what an actor is called in frames (frame_fields.hpp): a service's, or CAF's id of the actor with a tag of
// its node's incarnation, so that a message for an actor of an earlier run finds nobody.
//
// What an actor of this node sends through a RemoteActor comes to take(), becomes a frame and goes to the links. What
// the links receive becomes a message, unless kMostWaiting of them wait for that actor already: then it is refused, and
// a request is answered with 6206. Requests are remembered until they are answered, so that they fail when the link
// that they went over breaks (6208) or the node is gone (6207). Monitors and links: who is watched over there answers
// with one Down; since that can get lost with a link, Watch is repeated whenever a link comes or goes, and a node
// remembers how its last kMostEnds watched actors ended.
// Order: messages of one actor to another keep it, except that urgent ones overtake others.
// Threads: service, serve, take and watch from any; all others on the thread of the network.
// Limits: kMostQueued, kMostPending, kMostWaiting, kMostWaitingBytes, kMostEnds. Errors (as answers): 6003, 6017, 6201,
// 6204 to 6208.
#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/mesh/frame_fields.hpp"
#include "actors/mesh/loop_thread.hpp"
#include "actors/mesh/mesh.hpp"
#include "actors/mesh/remote_actor.hpp"
#include "cluster/transport/wire.hpp"
#include "messages/mesh.capnp.h"

namespace noodle::actors {

/// Answers a request with an error; anything else is gone.
void refuse(caf::mailbox_element& element, const Error& why);
void answer(const caf::strong_actor_ptr& asker, caf::message_id id, const Error& why);

class Distribution : public std::enable_shared_from_this<Distribution> {
 public:
  static constexpr std::size_t kMostQueued = 262'144;            // on their way to the thread of the network
  static constexpr std::size_t kMostPending = 100'000;           // unanswered requests to one node
  static constexpr std::size_t kMostWaiting = 10'000;            // messages of other nodes for one actor
  static constexpr std::size_t kMostWaitingBytes = 64 * kMiB;    // of them; or one larger message
  static constexpr std::size_t kMostWaitingTogether = 4 * kGiB;  // for all actors
  static constexpr std::size_t kMostEnds = 65'536;

  /// The links as this sees them.
  class Links {
   public:
    virtual ~Links() = default;
    /// The neighbour that the frame goes to.
    virtual Result<NodeId> send(const NodeId& to, transport::Lane lane, const transport::FrameHeader& header,
                                FramePtr frame) = 0;
    /// Frames of the bulk lane that have gone to a neighbour over the link that is up now.
    virtual std::uint64_t bulk_frames_sent(const NodeId& neighbour) const = 0;
  };

  struct Statistics {
    std::atomic<std::uint64_t> sent{0}, received{0}, dead_letters{0}, refused_full{0}, refused_clients{0}, malformed{0};
  };

  Distribution(caf::actor_system& system, LoopThread& thread, NodeId self, std::uint64_t incarnation);

  // ---- from any thread
  caf::actor service(const NodeId& node, Service service);
  caf::actor actor_at(const NodeId& node, std::uint64_t number);
  void serve(Service service, const caf::actor& actor);
  void take(caf::strong_actor_ptr remote, caf::mailbox_element_ptr element);
  /// `linked`: CAF's id of a local actor that is linked to it; 0: none.
  void watch(caf::strong_actor_ptr remote, caf::actor_id linked);
  const Statistics& statistics() const { return statistics_; }

  // ---- on the thread of the network
  /// The number of an actor of this node, from now on known to others.
  std::uint64_t export_actor(const caf::strong_actor_ptr& actor);
  caf::strong_actor_ptr find_local(std::uint64_t number);
  /// Null: there are none now.
  void set_links(Links* links) { links_ = links; }
  /// After this node was declared dead: all its actors have new numbers.
  void set_incarnation(std::uint64_t incarnation);
  void received(const NodeId& from, bool from_client, const transport::FrameHeader& header, FramePtr frame);
  /// A frame that was not kept.
  void refused(const NodeId& from, const transport::FrameHeader& header, const Error& why);
  void link_up(const NodeId& peer, bool client);
  void link_lost(const NodeId& peer, const Error& why);
  void node_gone(const NodeId& node, const Error& why);
  /// All nodes are gone, and nobody is served any more. The thread of the network may go after this.
  void end(const Error& why);
  /// Asks again about all that is watched: call it every few seconds, for what relays have lost.
  void watch_again();
  void collect(Samples& out) const;

 private:
  struct Waiting {  // for one actor
    std::atomic<std::size_t> messages{0}, bytes{0};
  };
  class Delivered;
  /// An actor that other nodes know. It is kept, since they may still write to it, until it ends.
  struct Export {
    caf::strong_actor_ptr actor;
    std::shared_ptr<Waiting> waiting = std::make_shared<Waiting>();
    std::vector<NodeId> watchers;
  };
  struct Pending {
    caf::strong_actor_ptr asker;
    caf::message_id answer;
    NodeId via;
  };
  struct RequestKey {
    std::uint64_t asker = 0;  // number
    std::uint64_t request = 0;
    friend bool operator==(const RequestKey&, const RequestKey&) = default;
  };
  struct RequestHash {
    std::size_t operator()(const RequestKey& key) const noexcept {
      return static_cast<std::size_t>((key.asker << 40 ^ key.request) * 0x9e3779b97f4a7c15u);
    }
  };
  struct Watched {
    caf::strong_actor_ptr remote;
    std::vector<std::uint64_t> linked;  // numbers of local actors
  };
  struct Bulk {
    NodeId via;
    std::uint64_t until = 0;
  };
  struct Peer {
    std::unordered_map<RequestKey, Pending, RequestHash> pending;
    std::unordered_map<std::uint64_t, Watched> watched;                               // by number
    std::unordered_map<std::uint64_t, std::unordered_map<std::uint64_t, Bulk>> bulk;  // by source, then destination
    std::uint64_t bulk_accepted = 0;                                                  // frames, since the link is up
    bool client = false;
    std::unordered_set<std::uint64_t> known_to_client;  // numbers of actors that have written to it
  };
  struct Outgoing {
    caf::strong_actor_ptr remote;
    caf::mailbox_element_ptr element;  // null: watch it
    caf::actor_id linked = 0;
  };

  std::uint64_t number_of(caf::actor_id id) const;
  Export& export_of(std::uint64_t number, const caf::strong_actor_ptr& actor);
  caf::strong_actor_ptr remote(const NodeId& node, std::uint64_t number);
  caf::strong_actor_ptr find_remote(const NodeId& node, std::uint64_t number);

  /// False: this has ended.
  bool on_thread(std::function<void()> work);
  void post(Outgoing outgoing);
  void flush();
  void dispatch(RemoteActor& to, caf::mailbox_element& element);
  transport::Lane lane_for(const NodeId& node, const transport::FrameHeader& header, std::size_t bytes, bool urgent);
  Result<NodeId> send(const NodeId& to, transport::FrameHeader header, FramePtr frame, bool urgent);
  void send_control(const NodeId& to, std::uint64_t source, std::uint64_t destination, const FramePtr& frame);
  void send_watch(const NodeId& node, std::uint64_t number, const Watched& watched);
  void send_failure(const NodeId& to, std::uint64_t source, std::uint64_t destination, std::uint64_t message,
                    const Error& why);
  void fail_request(const NodeId& from, const transport::FrameHeader& request, const Error& why);

  void deliver(const NodeId& from, const transport::FrameHeader& header, FramePtr frame);
  caf::execution_unit* host_for(std::size_t bytes);
  void answered(const NodeId& from, const transport::FrameHeader& header, FramePtr frame);
  std::optional<Pending> take_pending(const NodeId& from, const transport::FrameHeader& header);
  void watched_by(const NodeId& from, const transport::FrameHeader& header, const Msg<wire::Watch>& watch);
  void exit_from(const NodeId& from, const transport::FrameHeader& header, const Msg<wire::Exit>& exit);
  void down_from(const NodeId& from, std::uint64_t number, const caf::error& reason);
  void ended(std::uint64_t number, const caf::error& reason);

  caf::actor_system& system_;
  LoopThread& thread_;
  const NodeId self_;
  Statistics statistics_;

  std::atomic<bool> ended_{false};
  std::atomic<int> posting_{0};  // threads in on_thread

  mutable std::mutex mutex_;  // guards the following
  std::unordered_map<NodeId, std::unordered_map<std::uint64_t, caf::weak_actor_ptr>> remotes_;
  std::size_t remotes_count_ = 0, remotes_limit_ = 1024;
  std::unordered_map<std::uint64_t, caf::actor> services_;  // by number
  std::vector<Outgoing> outbox_;
  bool flushing_ = false;

  // of the thread of the network
  Links* links_ = nullptr;
  std::uint64_t tag_;
  std::vector<Outgoing> flushed_;
  std::unordered_map<std::uint64_t, Export> exports_;  // by number
  std::unordered_map<NodeId, Peer> peers_;
  std::unordered_map<std::uint64_t, caf::error> ends_;  // of watched actors, by number
  std::deque<std::uint64_t> ends_order_;
  const std::shared_ptr<Waiting> together_ = std::make_shared<Waiting>();  // for all actors
};

}  // namespace noodle::actors
