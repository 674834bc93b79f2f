// What the parts of a mesh have counted, as samples. All of it is read on the thread of the network.
#include "actors/mesh/mesh_inside.hpp"

namespace noodle::actors {

namespace {

constexpr const char* kLaneNames[transport::kLanes] = {"control", "user", "bulk"};

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

void add_lanes(Samples::Family family, const std::uint64_t (&frames)[transport::kLanes]) {
  for (std::size_t lane = 0; lane < transport::kLanes; ++lane) {
    family.add(number(frames[lane]), {{"lane", kLaneNames[lane]}});
  }
}

}  // namespace

void Mesh::collect(Samples& out) const {
  run_on(inside_->thread, [this, &out] {
    if (inside_->links) inside_->links->collect(out);
    if (inside_->members) inside_->members->collect(out);
    inside_->distribution->collect(out);
    inside_->names->collect(out);
    inside_->leases->collect(out);
    out.counter("noodle_membership_incarnation_changes_total",
                "Incarnations that this node has begun since its start, as after it was declared dead.")
        .add(number(inside_->incarnation - inside_->options.incarnation));
  });
}

void Links::collect(Samples& out) const {
  const transport::TransportStatistics& statistics = transport_->statistics();
  const transport::LinkStatistics traffic = transport_->traffic();
  out.counter("noodle_transport_connections_accepted_total", "TCP connections that others have made to this node.")
      .add(number(statistics.accepted));
  out.counter("noodle_transport_connections_flooded_total", "Connections refused since too many were being made.")
      .add(number(statistics.flooded));
  auto refused = out.counter("noodle_transport_connections_refused_total",
                             "Connections that did not become a link, by error code (noodle explain).");
  for (const auto& [code, count] : statistics.refused_by_code) {
    refused.add(number(count), {{"code", std::to_string(code)}});
  }
  out.counter("noodle_transport_links_opened_total", "Links that came up.").add(number(statistics.connected));
  out.counter("noodle_transport_links_closed_total", "Links that ended.").add(number(statistics.closed));
  add_lanes(out.counter("noodle_transport_frames_sent_total", "Frames sent, by lane."), traffic.frames_sent);
  add_lanes(out.counter("noodle_transport_frames_received_total", "Frames received, by lane."),
            traffic.frames_received);
  out.counter("noodle_transport_sent_bytes_total", "Bytes sent over links, before encryption.")
      .add(number(traffic.bytes_sent));
  out.counter("noodle_transport_received_bytes_total", "Bytes received over links, after decryption.")
      .add(number(traffic.bytes_received));
  out.counter("noodle_transport_frames_lost_total", "Frames that were accepted, but whose link ended first.")
      .add(number(statistics.lost_frames));
  out.counter("noodle_transport_frames_refused_total", "Frames that found the queue of their lane full.")
      .add(number(traffic.refused_full));
  out.counter("noodle_transport_stalls_total", "Times that a lane had frames, but its receiver gave no credit.")
      .add(number(traffic.stalls));

  auto up = out.gauge("noodle_transport_links", "Links that are up, by what is at the other end.");
  auto round_trip = out.gauge("noodle_link_round_trip_seconds", "Time to another node and back, averaged.");
  std::size_t nodes = 0;
  for (const auto& [node, peer] : peers_) {
    if (peer.identity.use != security::CertificateUse::node) continue;
    ++nodes;
    if (peer.rtt_us > 0) round_trip.add(peer.rtt_us / 1e6, {{"peer", peer.identity.name}});
  }
  up.add(number(nodes), {{"peer", "node"}});
  up.add(number(peers_.size() - nodes), {{"peer", "client"}});
}

void Members::collect(Samples& out) const {
  using membership::State;
  std::map<State, std::uint64_t> states;
  for (const membership::MemberView& member : core_.members()) ++states[member.state];
  auto members = out.gauge("noodle_membership_members", "Nodes that this one knows of, itself too, by state.");
  for (const State state : {State::alive, State::suspect, State::dead, State::left}) {
    members.add(number(states[state]), {{"state", std::string(to_string(state))}});
  }
  const membership::Counters& counters = core_.counters();
  const struct {
    const char *name, *help;
    std::uint64_t count;
  } rows[] = {
      {"noodle_membership_probes_total", "Probes of other nodes.", counters.probes},
      {"noodle_membership_probes_failed_total", "Probes that nobody answered.", counters.probes_failed},
      {"noodle_membership_suspicions_total", "Times that a node became a suspect.", counters.suspicions},
      {"noodle_membership_refutations_total", "Suspicions of this node that it has refuted.", counters.refutations},
      {"noodle_membership_deaths_total", "Nodes declared dead.", counters.deaths},
      {"noodle_membership_accusations_ignored_total", "Accusations by nodes that may not accuse, or no more.",
       counters.accusations_ignored},
      {"noodle_membership_old_incarnations_total", "Messages of or for an incarnation that is no more.",
       counters.refused_incarnation},
      {"noodle_membership_misdirected_total", "Datagrams for another node.", counters.misdirected},
      {"noodle_membership_members_refused_total", "Nodes refused since the table of members is full.",
       counters.members_refused},
      {"noodle_membership_late_timers_total", "Times that this node was late by its own clock.", counters.late_timers},
      {"noodle_membership_datagrams_sent_total", "Datagrams sent.", seal_.statistics().sealed},
      {"noodle_membership_datagrams_received_total", "Datagrams of members received.", seal_.statistics().opened},
      {"noodle_membership_datagrams_refused_total", "Datagrams that no member has sealed, or that came before.",
       seal_.statistics().refused + seal_.statistics().replayed},
  };
  for (const auto& row : rows) out.counter(row.name, row.help).add(number(row.count));
}

void Names::collect(Samples& out) const {
  const Statistics now = statistics();
  out.gauge("noodle_names_known", "Names of all nodes that this one knows, forgotten ones among them.")
      .add(number(now.known));
  out.gauge("noodle_names_own", "Names that actors and processes of this node have in the cluster.")
      .add(number(now.own));
  out.counter("noodle_names_lost_total", "Cluster-unique names that another node has had for longer.")
      .add(number(now.lost));
  out.counter("noodle_names_refused_total", "Messages with names of other nodes that were refused.")
      .add(number(now.refused));
}

void Distribution::collect(Samples& out) const {
  const struct {
    const char *name, *help;
    const std::atomic<std::uint64_t>& count;
  } rows[] = {
      {"noodle_distribution_messages_sent_total", "Messages sent to actors of other nodes.", statistics_.sent},
      {"noodle_distribution_messages_received_total", "Messages received from other nodes.", statistics_.received},
      {"noodle_distribution_dead_letters_total", "Messages from or for other nodes that found nobody.",
       statistics_.dead_letters},
      {"noodle_distribution_refused_full_total", "Messages refused since too many wait for their actor.",
       statistics_.refused_full},
      {"noodle_distribution_refused_clients_total", "Messages of clients for actors that they may not address.",
       statistics_.refused_clients},
      {"noodle_distribution_malformed_total", "Frames that hold no message of this version.", statistics_.malformed},
  };
  for (const auto& row : rows) out.counter(row.name, row.help).add(number(row.count.load(std::memory_order_relaxed)));
  std::size_t pending = 0;
  for (const auto& [node, peer] : peers_) pending += peer.pending.size();
  out.gauge("noodle_distribution_pending_requests", "Requests to other nodes that wait for an answer.")
      .add(number(pending));
  out.gauge("noodle_distribution_exported_actors", "Actors of this node that others know.")
      .add(number(exports_.size()));
}

}  // namespace noodle::actors
