#include "cluster/failure/detector.hpp"

#include <algorithm>

namespace noodle::failure {
namespace {

using membership::Reach;
using membership::State;

constexpr std::size_t kLeastForPartition = 3;  // fewer losses at once say nothing about the network
constexpr double kQuick = 0.3, kSlow = 0.02;

}  // namespace

std::string_view to_string(Kind kind) {
  static constexpr std::string_view kNames[] = {
      "none", "leaving", "crashed", "partitioned", "hung", "unreachable from some", "overloaded", "slow", "lost"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Detector::changed(const membership::MemberChanged& change, std::int64_t now_ns) {
  Record& record = records_[change.member.id];
  if (change.restarted) record = Record();
  record.state = change.member.state;
  record.service = change.member.service;
  record.evidence = change.evidence;
  const bool back = change.member.state == State::alive && !change.restarted;
  if (back && (change.before == State::suspect || change.before == State::dead)) {
    if (now_ns - record.refuted_ns > limits_.slow_window_ns) record.refutations = 0;
    ++record.refutations;
    record.refuted_ns = now_ns;
  }
  if (change.member.state == State::alive || change.member.state == State::left) {
    record.lost_ns = -1;
  } else if (record.lost_ns < 0) {
    record.lost_ns = now_ns;
  }
}

void Detector::reach_changed(NodeId node, Reach reach) {
  records_[node].reach = reach;
}

void Detector::link_changed(NodeId node, LinkState state, std::int64_t) {
  records_[node].link = state;
}

void Detector::measured(NodeId node, std::int64_t rtt_us) {
  Record& record = records_[node];
  const auto rtt = static_cast<double>(std::max<std::int64_t>(rtt_us, 0));
  record.rtt_us = record.rtt_us == 0 ? rtt : record.rtt_us + kQuick * (rtt - record.rtt_us);
  record.usual_us = record.usual_us == 0 ? rtt : record.usual_us + kSlow * (rtt - record.usual_us);
}

void Detector::reported(NodeId node, const HealthReport& report) {
  records_[node].report = report;
}

bool Detector::partitioned(std::int64_t now_ns) const {
  std::size_t members = 0, lost = 0;
  for (const auto& [node, record] : records_) {
    if (record.state == State::left) continue;
    const bool recently = record.lost_ns >= 0 && now_ns - record.lost_ns <= limits_.window_ns;
    const bool refused = record.evidence == membership::Evidence::refused;
    if (record.lost_ns >= 0 && !recently) continue;  // gone for long: says nothing about now
    ++members;
    lost += recently && !refused;
  }
  return lost >= kLeastForPartition &&
         static_cast<double>(lost) >= limits_.partition_share * static_cast<double>(members);
}

Verdict Detector::judge(NodeId node, std::int64_t now_ns) const {
  const auto found = records_.find(node);
  if (found == records_.end()) return {};
  const Record& r = found->second;
  if (r.state == State::left || r.service == membership::Service::draining) {
    return {Kind::leaving, r.state == State::left ? "it said that it leaves" : "it drains"};
  }
  const bool gone = r.state == State::dead || r.state == State::suspect;
  if (gone) {
    if (r.evidence == membership::Evidence::refused) {
      return {Kind::crashed, "its machine refuses connections: the process is gone"};
    }
    if (r.link == LinkState::reset && r.state == State::dead) {
      return {Kind::crashed, "its connections were reset, and nobody hears from it"};
    }
    if (partitioned(now_ns)) return {Kind::partitioned, "most others were lost at the same time"};
    if (r.link == LinkState::up) return {Kind::hung, "its connection is open and it does not answer"};
    if (r.state == State::suspect) return {Kind::unreachable_from_some, "it is suspected and may still refute"};
    return {Kind::lost, "no answer from process or machine"};
  }
  if (r.reach == Reach::indirect) return {Kind::unreachable_from_some, "only others get through to it"};
  if (r.link == LinkState::silent || r.link == LinkState::reset) {
    return {Kind::unreachable_from_some, "the link to it is down, and others know it as alive"};
  }
  if (r.report.load > limits_.load || r.report.oldest_message_ns > limits_.oldest_message_ns) {
    return {Kind::overloaded,
            r.report.load > limits_.load ? "it reports too much load" : "messages wait too long there"};
  }
  const bool late =
      r.rtt_us > static_cast<double>(limits_.slow_floor_us) && r.rtt_us > limits_.slow_factor * r.usual_us;
  const bool refuting = r.refutations >= limits_.slow_refutations && now_ns - r.refuted_ns <= limits_.slow_window_ns;
  if (late) return {Kind::slow, "it answers far later than it usually does"};
  if (refuting) return {Kind::slow, "it was suspected again and again, and refuted"};
  return {};
}

}  // namespace noodle::failure
