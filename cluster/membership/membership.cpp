#include "cluster/membership/membership.hpp"

#include <algorithm>
#include <limits>

namespace noodle::membership {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 2;
constexpr std::int64_t kForgetIntervalNs = 1'000'000'000;
constexpr std::uint32_t kLeaveRounds = 4;
constexpr std::size_t kStandingAnswers = 2;  // of as many asked as a probe asks helpers

}  // namespace

Membership::Membership(const Settings& settings, std::vector<std::string> seeds, std::uint64_t seed)
    : settings_(settings),
      seeds_(std::move(seeds)),
      random_(seed),
      table_(settings.max_members),
      budget_(settings.accusation_budget, settings.accusation_refill_ns),
      health_(settings.max_local_health) {}

Result<Membership> Membership::make(NodeId self, Profile profile, const Settings& settings, std::uint64_t incarnation,
                                    std::vector<std::string> seeds, std::uint64_t seed) {
  if (auto checked = check_profile(profile); !checked) return checked.error();
  if (auto checked = check_settings(settings); !checked) return checked.error();
  if (!self || incarnation == 0) {
    return Error{Code::settings_invalid, "a node needs an id and an incarnation above 0", {}};
  }
  Membership made(settings, std::move(seeds), seed);
  Rumour own;
  own.subject = self;
  own.version = {incarnation, 0};
  own.profile = std::make_shared<const Profile>(std::move(profile));
  made.table_.add(own, 0);
  return made;
}

void Membership::start(std::int64_t now_ns, Effects& out) {
  const auto within = [&](std::int64_t ns) {
    return now_ns + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(ns)));
  };
  started_ = true;
  table_.at(kSelf).changed_ns = now_ns;
  next_probe_ns_ = within(settings_.probe_interval_ns);
  next_sync_ns_ = within(settings_.sync_interval_ns);
  next_reconnect_ns_ = now_ns;
  next_forget_ns_ = now_ns + kForgetIntervalNs;
  rumours_.push(kSelf);
  reconnect(now_ns, out);
  finish(now_ns);
}

void Membership::observe(std::int64_t now_ns, Effects& out) {
  const std::int64_t late_ns = now_ns - next_wake_ns_;
  if (!started_ || late_ns <= settings_.late_timer_ns) return;
  ++counters_.late_timers;
  health_.worse();
  // Answers and refutations may be waiting, unread: what expired while this node could not run gets another chance.
  for (Probe& probe : probes_) probe.deadline_ns = std::max(probe.deadline_ns, now_ns + settings_.probe_timeout_ns / 2);
  for (Relay& relay : relays_) relay.deadline_ns = std::max(relay.deadline_ns, now_ns + settings_.probe_timeout_ns / 2);
  std::vector<std::uint32_t> suspects;
  for (const auto& entry : watched_) suspects.push_back(entry.first);
  std::sort(suspects.begin(), suspects.end());
  for (const std::uint32_t slot : suspects) {
    Suspicion& suspicion = *table_.at(slot).suspicion;
    suspicion.postpone(std::max(late_ns, now_ns + settings_.probe_timeout_ns - suspicion.deadline_ns(settings_)));
    watch(slot);
  }
  if (late_ns >= settings_.suspicion_min_ns / 2 && !leaving_) {
    stand_down(out);
    next_standing_ns_ = now_ns;
  }
  next_wake_ns_ = now_ns;  // counted once
}

void Membership::finish(std::int64_t now_ns) {
  std::int64_t wake = kNever;
  const auto no_later = [&wake](std::int64_t at_ns) { wake = std::min(wake, at_ns); };
  if (!rumours_.empty() || leave_rounds_ > 0) no_later(std::max(next_gossip_ns_, now_ns));
  for (const Probe& probe : probes_) no_later(probe.deadline_ns);
  for (const Relay& relay : relays_) no_later(relay.deadline_ns);
  if (!deadlines_.empty()) no_later(deadlines_.begin()->first);
  if (!leaving_) {
    no_later(next_probe_ns_);
    no_later(next_sync_ns_);
    no_later(next_reconnect_ns_);
    no_later(next_forget_ns_);
    if (standing_down_) no_later(next_standing_ns_);
  }
  next_wake_ns_ = wake;
}

void Membership::tick(std::int64_t now_ns, Effects& out) {
  if (!started_) return;
  observe(now_ns, out);
  run_probes(now_ns, out);
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ns) {
    const std::uint32_t slot = deadlines_.begin()->second;
    if (standing_down_ || leaving_) {  // whoever may be dead itself declares nobody dead
      table_.at(slot).suspicion->postpone(settings_.suspicion_min_ns);
      watch(slot);
    } else {
      declare_dead(slot, now_ns, out);
    }
  }
  if (!leaving_) {
    if (standing_down_ && now_ns >= next_standing_ns_) ask_standing(now_ns, out);
    probe_next(now_ns, out);
    sync(now_ns, out);
    reconnect(now_ns, out);
    forget(now_ns);
  }
  gossip(now_ns, out);
  finish(now_ns);
}

void Membership::set_service(Service service, std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  const Member& own = table_.at(kSelf);
  if (own.service != service && !leaving_) {
    table_.set(kSelf, own.state, {own.version.incarnation, own.version.refutation + 1}, service, now_ns);
    rumours_.push(kSelf);
  }
  finish(now_ns);
}

void Membership::leave(std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  if (!leaving_) {
    const Member& own = table_.at(kSelf);
    leaving_ = true;
    leave_rounds_ = kLeaveRounds;
    probes_.clear();
    table_.set(kSelf, State::left, own.version, Service::draining, now_ns);
    rumours_.push(kSelf);
    gossip(now_ns, out);
  }
  finish(now_ns);
}

// ---- this node's own standing

void Membership::stand_down(Effects& out) {
  if (standing_down_) return;
  standing_down_ = true;
  died_ = false;
  standing_answers_ = 0;
  out.emplace_back(StandDown{});
  check_standing(out);  // nobody else is there: nobody declared anything
}

void Membership::ask_standing(std::int64_t now_ns, Effects& out) {
  standing_answers_ = 0;
  standing_sequence_ = ++sequence_;
  table_.draw(settings_.indirect_probes, kSelf, random_, drawn_);
  const std::vector<std::uint32_t> asked = drawn_;
  for (const std::uint32_t slot : asked) compare_with(table_.at(slot).id, {}, standing_sequence_, out);
  next_standing_ns_ = now_ns + health_.scale(settings_.probe_interval_ns);
}

void Membership::check_standing(Effects& out) {
  if (!standing_down_) return;
  const std::size_t others = table_.living().size() - (table_.at(kSelf).living() ? 1 : 0);
  if (standing_answers_ < std::min<std::size_t>({kStandingAnswers, settings_.indirect_probes, others})) return;
  standing_down_ = false;
  out.emplace_back(Resumed{incarnation(), died_});
}

void Membership::become(std::uint64_t incarnation, std::int64_t now_ns, Effects& out) {
  const bool was_acting = !standing_down_;
  if (was_acting) {
    standing_down_ = true;
    out.emplace_back(StandDown{});
  }
  died_ = true;
  table_.set(kSelf, State::alive, {incarnation, 0}, table_.at(kSelf).service, now_ns);
  rumours_.push(kSelf);
  if (was_acting) {  // it knows already what it would ask for
    standing_down_ = false;
    out.emplace_back(Resumed{incarnation, true});
  }
}

void Membership::refute(Version heard, std::int64_t now_ns) {
  const Member& own = table_.at(kSelf);
  ++counters_.refutations;
  health_.worse();
  table_.set(kSelf, State::alive, {heard.incarnation, heard.refutation + 1}, own.service, now_ns);
  rumours_.push(kSelf);
}

void Membership::forget(std::int64_t now_ns) {
  if (now_ns < next_forget_ns_) return;
  next_forget_ns_ = now_ns + kForgetIntervalNs;
  std::vector<std::uint32_t> gone;
  const auto collect = [&](const std::vector<std::uint32_t>& slots, std::int64_t retention_ns) {
    for (const std::uint32_t slot : slots) {
      if (slot != kSelf && now_ns - table_.at(slot).changed_ns >= retention_ns) gone.push_back(slot);
    }
  };
  collect(table_.dead(), settings_.dead_retention_ns);
  collect(table_.left(), settings_.left_retention_ns);
  for (const std::uint32_t slot : gone) {
    rumours_.drop(slot);
    table_.remove(slot);
  }
  budget_.sweep(now_ns);
}

// ---- views

std::optional<MemberView> Membership::member(NodeId id) const {
  const auto slot = table_.find(id);
  if (!slot) return std::nullopt;
  return static_cast<const MemberView&>(table_.at(*slot));
}

std::vector<MemberView> Membership::members() const {
  std::vector<MemberView> views;
  views.reserve(table_.size());
  table_.each([&](std::uint32_t slot) { views.push_back(table_.at(slot)); });
  return views;
}

}  // namespace noodle::membership
