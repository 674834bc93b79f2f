#include "tools/sim/invariants.hpp"

#include <algorithm>

namespace noodle::sim {
namespace {

constexpr std::size_t kMaxViolations = 20;
constexpr std::uint32_t kPairsTracked = 300;  // nodes; beyond, pairs are too many

}  // namespace

const std::vector<InvariantInfo>& invariants() {
  static const std::vector<InvariantInfo> table = {
      {"no_false_death", "an undisturbed node never declares an undisturbed node dead"},
      {"no_death", "nobody declares a node dead whose process runs"},
      {"views_agree", "at the end all running nodes know all running nodes, and nobody else, as living"},
      {"detected_in_time", "a node that ended is known as gone by every undisturbed node after detect_within"},
      {"no_commit_while_dead", "a node that stood still and was declared dead commits nothing before it knows"},
      {"incarnations_rise", "what a node knows of another one never falls back to an older incarnation"},
      {"bounded", "no datagram is over its limit, and no node holds more news than it knows members"},
      {"gossip_flat", "datagram bytes in the last third of the run are at most twice those of the first"},
      {"suspicions_bounded", "undisturbed nodes are suspected at most max_suspicions_per_minute each"},
      {"one_singleton", "at every instant at most one node may act with the lease that all want, and its tokens rise"},
      {"rejoined", "a node that was declared dead heard of it and came back by itself"},
  };
  return table;
}

bool is_invariant(std::string_view name) {
  const auto& all = invariants();
  return std::any_of(all.begin(), all.end(), [name](const InvariantInfo& info) { return info.name == name; });
}

Distribution distribution(std::vector<std::int64_t> samples) {
  Distribution out;
  out.count = samples.size();
  if (samples.empty()) return out;
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1) + 0.5);
    return static_cast<double>(samples[index]) / 1e6;
  };
  out.p50_ms = at(0.5);
  out.p99_ms = at(0.99);
  out.max_ms = at(1);
  return out;
}

Invariants::Invariants(const Scenario& scenario, std::vector<Truth>& truth)
    : scenario_(scenario), truth_(truth), seen_down_(scenario.nodes, false) {
  if (scenario.nodes <= kPairsTracked) incarnations_.assign(std::size_t{scenario.nodes} * scenario.nodes, 0);
}

bool Invariants::on(std::string_view name) const {
  return std::find(scenario_.invariants.begin(), scenario_.invariants.end(), name) != scenario_.invariants.end();
}

void Invariants::violate(std::string_view name, std::string what, std::int64_t now_ns) {
  if (!on(name) || violations_.size() >= kMaxViolations) return;
  violations_.push_back({std::string(name), std::move(what), now_ns});
}

bool Invariants::undisturbed(std::uint32_t node, std::int64_t now_ns) const {
  const Truth& truth = truth_[node];
  return truth.running && !truth.stopped && now_ns >= truth.disturbed_until_ns;
}

void Invariants::went_down(std::uint32_t node, std::int64_t now_ns) {
  truth_[node].down_since_ns = now_ns;
  seen_down_[node] = false;
}

void Invariants::changed(std::uint32_t observer, const membership::MemberChanged& change, std::uint32_t subject,
                         std::int64_t now_ns) {
  Truth& truth = truth_[subject];
  const auto pair = [&] {
    return "node " + std::to_string(observer) + " declared node " + std::to_string(subject) + " dead";
  };
  if (!incarnations_.empty()) {
    auto& known = incarnations_[std::size_t{observer} * scenario_.nodes + subject];
    if (change.member.version.incarnation < known) {
      violate("incarnations_rise",
              "node " + std::to_string(observer) + " went back to incarnation " +
                  std::to_string(change.member.version.incarnation) + " of node " + std::to_string(subject),
              now_ns);
    }
    known = std::max(known, change.member.version.incarnation);
  }
  const bool current = change.member.version.incarnation == truth.incarnation;
  if (change.before == membership::State::dead && current && !change.restarted && truth.dead_in_views > 0) {
    --truth.dead_in_views;
  }
  if (change.member.state == membership::State::suspect) {
    if (undisturbed(subject, now_ns) && !truth.slow) ++figures_.suspicions;
    return;
  }
  if (change.member.state != membership::State::dead) return;
  ++figures_.deaths;
  if (truth.running && current) {
    ++truth.dead_in_views;
    ++figures_.false_deaths;
    violate("no_death", pair(), now_ns);
    if (undisturbed(subject, now_ns) && undisturbed(observer, now_ns)) violate("no_false_death", pair(), now_ns);
  } else if (!truth.running && !truth.left && truth.down_since_ns >= 0) {
    detections_.push_back(now_ns - truth.down_since_ns);
    if (!seen_down_[subject]) first_detections_.push_back(now_ns - truth.down_since_ns);
    seen_down_[subject] = true;
  }
}

void Invariants::sent(std::uint32_t node, std::size_t bytes, std::size_t waiting, std::size_t known,
                      std::int64_t now_ns) {
  ++figures_.datagrams;
  figures_.datagram_bytes += bytes;
  const auto third = static_cast<std::size_t>(3 * now_ns / (scenario_.duration_ns + 1));
  bytes_by_third_[std::min<std::size_t>(third, 2)] += bytes;
  if (bytes > membership::kMaxDatagramBytes) {
    violate("bounded", "node " + std::to_string(node) + " sent a datagram of " + std::to_string(bytes) + " bytes",
            now_ns);
  }
  if (waiting > known) {
    violate("bounded", "node " + std::to_string(node) + " holds " + std::to_string(waiting) + " pieces of news",
            now_ns);
  }
}

void Invariants::commit(std::uint32_t node, bool allowed, std::int64_t now_ns) {
  const Truth& truth = truth_[node];
  if (!allowed) {
    ++figures_.refused_commits;
    return;
  }
  ++figures_.commits;
  if (!truth.recovering || truth.dead_in_views == 0) return;
  violate("no_commit_while_dead",
          "node " + std::to_string(node) + " committed as incarnation " + std::to_string(truth.incarnation) +
              ", which " + std::to_string(truth.dead_in_views) + " nodes hold for dead",
          now_ns);
}

void Invariants::acts(std::uint32_t node, std::uint64_t token, std::uint32_t holders, std::int64_t now_ns) {
  ++figures_.fenced_acts;
  const std::string who = "node " + std::to_string(node) + " acts with token " + std::to_string(token);
  if (holders != 0) violate("one_singleton", who + " while " + std::to_string(holders) + " others may", now_ns);
  if (token < figures_.last_token) {
    violate("one_singleton", who + " after " + std::to_string(figures_.last_token), now_ns);
  }
  figures_.last_token = std::max(figures_.last_token, token);
}

void Invariants::resumed(std::uint32_t node, const membership::Resumed& resumed) {
  Truth& truth = truth_[node];
  truth.recovering = false;
  figures_.rejoins += resumed.declared_dead;
  if (truth.incarnation != resumed.incarnation) truth.dead_in_views = 0;
  truth.incarnation = resumed.incarnation;
}

void Invariants::undetected(std::uint32_t observer, std::uint32_t subject, std::int64_t now_ns) {
  violate("detected_in_time",
          "node " + std::to_string(observer) + " still holds node " + std::to_string(subject) + " for living", now_ns);
}

void Invariants::end_view(std::uint32_t observer, std::uint32_t subject, bool seen_living, std::int64_t now_ns) {
  if (seen_living == truth_[subject].running) return;
  violate("views_agree",
          "node " + std::to_string(observer) + " holds node " + std::to_string(subject) + " for " +
              (seen_living ? "living, and it does not run" : "gone, and it runs"),
          now_ns);
}

void Invariants::end(std::int64_t now_ns) {
  if (bytes_by_third_[2] > 2 * bytes_by_third_[0]) {
    violate("gossip_flat",
            std::to_string(bytes_by_third_[0]) + " bytes in the first third, " + std::to_string(bytes_by_third_[2]) +
                " in the last",
            now_ns);
  }
  const double minutes = static_cast<double>(now_ns) / 60e9;
  const double each = static_cast<double>(figures_.suspicions) / minutes / scenario_.nodes;
  if (each > scenario_.max_suspicions_per_minute) {
    violate("suspicions_bounded", std::to_string(each) + " suspicions of an undisturbed node per minute", now_ns);
  }
  for (std::uint32_t node = 0; node < truth_.size(); ++node) {
    if (truth_[node].running && truth_[node].dead_in_views > 0) {
      violate("rejoined",
              "node " + std::to_string(node) + " is held for dead by " + std::to_string(truth_[node].dead_in_views) +
                  " nodes and does not know",
              now_ns);
    }
  }
  figures_.detection = distribution(detections_);
  figures_.first_detection = distribution(first_detections_);
}

}  // namespace noodle::sim
