#include "cluster/registry/registry.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "messages/utf8.hpp"

namespace noodle::registry {

Result<void> check_name(const std::string& name) {
  const auto refuse = [](const std::string& what) { return Error{Code::name_invalid, what, {}}; };
  if (name.empty()) return refuse("name is empty");
  if (name.size() > kMaxNameBytes) {
    return refuse("name has " + std::to_string(name.size()) + " bytes, at most " + std::to_string(kMaxNameBytes));
  }
  const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 32 || c == 127; });
  if (control || !is_valid_utf8(name)) return refuse("name has to be UTF-8 without control characters");
  return {};
}

namespace {

Error not_found(const std::string& name) {
  return Error{Code::name_not_found, "no name `" + name + "` in the cluster", {}};
}

}  // namespace

Registry::Registry(NodeId self, std::uint64_t incarnation, const Settings& settings)
    : self_(self), settings_(settings) {
  writers_[self].incarnation = incarnation;
}

void Registry::put(NodeId node, Writer& writer, Entry entry) {
  const auto found = writer.entries.find(entry.name);
  if (found != writer.entries.end()) {
    writer.by_version.erase(found->second.version);
    writer.gone -= found->second.gone;
    if (!found->second.gone) std::erase(holders_[entry.name], node);
  } else {
    ++known_;
  }
  if (entry.gone) {
    ++writer.gone;
    const auto holders = holders_.find(entry.name);
    if (holders != holders_.end() && holders->second.empty()) holders_.erase(holders);
  } else {
    holders_[entry.name].push_back(node);
  }
  writer.by_version[entry.version] = entry.name;
  writer.version = std::max(writer.version, entry.version);
  writer.entries[entry.name] = std::move(entry);
}

void Registry::drop(NodeId node) {
  const auto found = writers_.find(node);
  if (found == writers_.end()) return;
  for (const auto& [name, entry] : found->second.entries) {
    if (entry.gone) continue;
    auto& holders = holders_[name];
    std::erase(holders, node);
    if (holders.empty()) holders_.erase(name);
  }
  known_ -= found->second.entries.size();
  writers_.erase(found);
}

/// Who holds a unique name: the oldest living registration, ties to the lower id.
std::optional<NodeId> Registry::winner(const std::string& name) const {
  const auto holders = holders_.find(name);
  if (holders == holders_.end()) return std::nullopt;
  std::optional<NodeId> best;
  std::int64_t best_since = 0;
  for (const NodeId node : holders->second) {
    const Writer& writer = writers_.at(node);
    const Entry& entry = writer.entries.at(name);
    if (absent(node) || entry.scope != Scope::unique) continue;
    if (!best || std::tuple(entry.since_ns, node) < std::tuple(best_since, *best)) {
      best = node;
      best_since = entry.since_ns;
    }
  }
  return best;
}

Result<void> Registry::register_name(const std::string& name, Scope scope, std::uint64_t actor, std::int64_t wall_ns,
                                     const Process& process) {
  if (auto checked = check_name(name); !checked) return checked.error();
  Writer& own = writers_[self_];
  const auto holder = winner(name);
  if (scope == Scope::unique && holder && *holder != self_) {
    return Error{Code::name_held, "name `" + name + "` is held by node " + holder->to_string(), {}};
  }
  const auto known = own.entries.find(name);
  const bool fresh = known == own.entries.end() || known->second.gone;
  if (fresh && own.entries.size() - own.gone >= settings_.max_own) {
    return Error{Code::registry_full, std::to_string(settings_.max_own) + " names of this node are the limit", {}};
  }
  const std::int64_t since_ns = fresh || known->second.scope != scope ? wall_ns : known->second.since_ns;
  put(self_, own, Entry{name, scope, actor, since_ns, own.version + 1, false, process});
  return {};
}

Result<void> Registry::unregister_name(const std::string& name) {
  Writer& own = writers_[self_];
  const auto found = own.entries.find(name);
  if (found == own.entries.end() || found->second.gone) return not_found(name);
  Entry entry = found->second;
  entry.gone = true;
  entry.version = own.version + 1;
  put(self_, own, std::move(entry));
  if (own.gone > settings_.max_gone) compact(own);
  return {};
}

/// Forgets the older half of the tombstones. Who lacks them is sent everything from the start (see missing()).
void Registry::compact(Writer& own) {
  std::size_t excess = own.gone - settings_.max_gone / 2;
  for (auto it = own.by_version.begin(); it != own.by_version.end() && excess > 0;) {
    const auto entry = own.entries.find(it->second);
    if (!entry->second.gone) {
      ++it;
      continue;
    }
    own.entries.erase(entry);
    it = own.by_version.erase(it);
    --own.gone;
    --known_;
    --excess;
  }
  // All that stays is written anew, so that nobody keeps an entry whose tombstone it never saw.
  begin_anew(own);
}

void Registry::rejoined(std::uint64_t incarnation) {
  Writer& own = writers_[self_];
  own.incarnation = std::max(own.incarnation, incarnation);
  begin_anew(own);
}

void Registry::begin_anew(Writer& own) {
  ++own.epoch;
  std::erase_if(own.entries, [&](const auto& item) {
    known_ -= item.second.gone;
    return item.second.gone;
  });
  own.gone = 0;
  own.version = 0;
  own.by_version.clear();
  for (auto& [name, entry] : own.entries) {
    entry.version = ++own.version;
    own.by_version[entry.version] = name;
  }
}

Result<Found> Registry::find(const std::string& name) const {
  if (const auto unique = winner(name)) {
    const Writer& writer = writers_.at(*unique);
    const Entry& entry = writer.entries.at(name);
    return Found{*unique, writer.incarnation, entry.actor, entry.process};
  }
  const auto all = find_all(name);
  if (all.empty()) return not_found(name);
  const auto own = std::find_if(all.begin(), all.end(), [this](const Found& f) { return f.node == self_; });
  return own == all.end() ? all.front() : *own;
}

std::vector<Found> Registry::find_all(const std::string& name) const {
  std::vector<Found> all;
  const auto holders = holders_.find(name);
  if (holders == holders_.end()) return all;
  for (const NodeId node : holders->second) {
    if (absent(node)) continue;
    const Writer& writer = writers_.at(node);
    const Entry& entry = writer.entries.at(name);
    all.push_back({node, writer.incarnation, entry.actor, entry.process});
  }
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.node < b.node; });
  return all;
}

std::vector<NameView> Registry::list(const std::string& prefix, std::size_t most) const {
  // Of each writer the first ones; of all of them the first ones again.
  std::vector<NameView> all;
  for (const auto& [node, writer] : writers_) {
    std::size_t taken = 0;
    for (auto it = writer.entries.lower_bound(prefix); it != writer.entries.end() && taken < most; ++it) {
      if (!it->first.starts_with(prefix)) break;
      if (it->second.gone) continue;
      all.push_back({it->second, node, absent(node)});
      ++taken;
    }
  }
  std::sort(all.begin(), all.end(), [](const NameView& a, const NameView& b) {
    return std::tie(a.entry.name, a.node) < std::tie(b.entry.name, b.node);
  });
  if (all.size() > most) all.resize(most);
  return all;
}

std::vector<WriterDigest> Registry::digest() const {
  std::vector<WriterDigest> all;
  for (const auto& [node, writer] : writers_) all.push_back({node, writer.incarnation, writer.version, writer.epoch});
  return all;
}

WriterDigest Registry::digest_of(NodeId writer) const {
  const auto found = writers_.find(writer);
  if (found == writers_.end()) return {writer};
  return {writer, found->second.incarnation, found->second.version, found->second.epoch};
}

bool Registry::is_newer(const WriterDigest& one, const Writer& other) {
  return std::tie(one.incarnation, one.epoch, one.version) > std::tie(other.incarnation, other.epoch, other.version);
}

std::vector<WriterDigest> Registry::wanted(const std::vector<WriterDigest>& theirs) const {
  std::vector<WriterDigest> all;
  for (const WriterDigest& digest : theirs) {
    if (digest.writer == self_) continue;
    const auto absent = absent_.find(digest.writer);
    if (absent != absent_.end() && absent->second.dropped && digest.incarnation <= absent->second.incarnation) continue;
    const auto known = writers_.find(digest.writer);
    if (known == writers_.end() || is_newer(digest, known->second)) all.push_back(digest_of(digest.writer));
  }
  return all;
}

std::vector<WriterEntries> Registry::missing(const std::vector<WriterDigest>& theirs, std::size_t most,
                                             bool listed) const {
  std::vector<WriterEntries> all;
  std::map<NodeId, WriterDigest> known;
  for (const WriterDigest& digest : theirs) known[digest.writer] = digest;
  for (const auto& [node, writer] : writers_) {
    const auto found = known.find(node);
    if (found == known.end() && listed) continue;
    WriterEntries entries{node, writer.incarnation, 0, writer.version, {}, writer.epoch};
    if (found != known.end()) {
      const WriterDigest& digest = found->second;
      const auto theirs_era = std::tie(digest.incarnation, digest.epoch);
      const auto era = std::tie(writer.incarnation, writer.epoch);
      if (theirs_era > era || (theirs_era == era && digest.version >= writer.version)) continue;
      if (theirs_era == era) entries.since = digest.version;
    }
    for (auto it = writer.by_version.upper_bound(entries.since); it != writer.by_version.end(); ++it) {
      if (most == 0) {
        entries.version = entries.entries.empty() ? entries.since : entries.entries.back().version;
        break;
      }
      entries.entries.push_back(writer.entries.at(it->second));
      --most;
    }
    all.push_back(std::move(entries));
    if (most == 0) break;
  }
  return all;
}

Result<void> Registry::accept(const WriterEntries& in, std::vector<LostName>& lost) {
  if (in.writer == self_) {
    const Writer& own = writers_[self_];
    if (std::tie(in.incarnation, in.epoch) <= std::tie(own.incarnation, own.epoch)) return {};  // an echo
    return Error{Code::registry_write_refused, "entries of this node with an incarnation that it never had", {}};
  }
  std::uint64_t last = in.since;
  for (const Entry& entry : in.entries) {
    if (auto checked = check_name(entry.name); !checked) return checked.error();
    if (entry.version <= last || entry.version > in.version) {
      return Error{Code::registry_write_refused,
                   "entries of node " + in.writer.to_string() + " are not in the order of their versions",
                   {}};
    }
    last = entry.version;
  }
  const auto away = absent_.find(in.writer);
  if (away != absent_.end() && in.incarnation > away->second.incarnation) {
    absent_.erase(away);  // it is back, though membership has not told yet
  } else if (away != absent_.end() && away->second.dropped) {
    return {};
  }
  const auto known = writers_.find(in.writer);
  const auto era = std::tie(in.incarnation, in.epoch);
  const bool anew = known == writers_.end() || era > std::tie(known->second.incarnation, known->second.epoch);
  if (!anew && (era < std::tie(known->second.incarnation, known->second.epoch) || in.since > known->second.version)) {
    return {};  // old, or a gap: the next comparison asks again
  }
  if (anew && in.since != 0) return {};
  const std::size_t freed = anew && known != writers_.end() ? known->second.entries.size() : 0;
  if (known_ - freed + in.entries.size() > settings_.max_known) {
    return Error{Code::registry_full, std::to_string(settings_.max_known) + " names of all nodes are the limit", {}};
  }
  if (anew) drop(in.writer);
  Writer& writer = writers_[in.writer];
  writer.incarnation = in.incarnation;
  writer.epoch = in.epoch;
  for (const Entry& entry : in.entries) {
    if (entry.version <= writer.version) continue;
    put(in.writer, writer, entry);
  }
  writer.version = std::max(writer.version, in.version);
  for (const Entry& entry : in.entries) resolve(entry.name, lost);
  return {};
}

/// When this node's claim on a unique name lost, it withdraws.
void Registry::resolve(const std::string& name, std::vector<LostName>& lost) {
  const Writer& own = writers_[self_];
  const auto mine = own.entries.find(name);
  if (mine == own.entries.end() || mine->second.gone || mine->second.scope != Scope::unique) return;
  const auto holder = winner(name);
  if (!holder || *holder == self_) return;
  lost.push_back({name, mine->second.actor, *holder});
  (void)unregister_name(name);
}

void Registry::node_died(NodeId node, std::uint64_t incarnation, std::int64_t now_ns) {
  if (node == self_ || absent(node)) return;
  absent_[node] = {now_ns, std::max(incarnation, digest_of(node).incarnation), false};
}

void Registry::node_alive(NodeId node, std::uint64_t incarnation, std::vector<LostName>& lost) {
  const bool back = absent_.erase(node) != 0;
  const auto found = writers_.find(node);
  if (found == writers_.end() || node == self_) return;
  if (found->second.incarnation < incarnation) return drop(node);
  if (!back) return;
  std::vector<std::string> names;
  for (const auto& [name, entry] : found->second.entries) names.push_back(name);
  for (const std::string& name : names) resolve(name, lost);
}

void Registry::node_left(NodeId node, std::uint64_t incarnation, std::int64_t now_ns) {
  if (node == self_) return;
  node_died(node, incarnation, now_ns);
  absent_[node].dropped = true;
  drop(node);
}

void Registry::forget(std::int64_t now_ns) {
  for (auto one = absent_.begin(); one != absent_.end();) {
    auto& [node, away] = *one;
    const std::int64_t age_ns = now_ns - away.since_ns;
    if (age_ns >= settings_.drop_after_ns && !std::exchange(away.dropped, true)) drop(node);
    // After that long nobody tells of it any more.
    one = age_ns >= 2 * settings_.drop_after_ns ? absent_.erase(one) : std::next(one);
  }
}

}  // namespace noodle::registry
