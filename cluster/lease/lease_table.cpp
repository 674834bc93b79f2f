#include "cluster/lease/lease_table.hpp"

#include "cluster/registry/registry.hpp"

namespace noodle::lease {
namespace {

std::string seconds(std::int64_t ns) {
  const std::int64_t tenths = ns / 100'000'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

Error lost(const std::string& name, std::uint64_t token) {
  return {Code::lease_lost, "lease `" + name + "` is not held with token " + std::to_string(token) + " any more", {}};
}

}  // namespace

LeaseTable::LeaseTable(const Settings& settings, std::uint64_t last_token, const std::vector<Stored>& stored,
                       std::int64_t now_ns)
    : settings_(settings), last_token_(last_token) {
  for (const Stored& one : stored) leases_[one.name] = {one, now_ns + one.duration_ns, 0};
}

Result<LeaseTable::Grant> LeaseTable::ask(const std::string& name, const Holder& holder, std::uint64_t token,
                                          std::int64_t now_ns) {
  if (auto checked = registry::check_name(name); !checked) return checked.error();
  const auto found = leases_.find(name);
  const bool held = found != leases_.end() && now_ns < found->second.until_ns;
  if (held && found->second.stored.holder != holder) {
    if (token != 0) return lost(name, token);
    return Error{Code::lease_held,
                 "lease `" + name + "` is held by node " + found->second.stored.holder.node.to_string() + " for " +
                     seconds(found->second.until_ns - now_ns),
                 {}};
  }
  if (held && (token == 0 || token == found->second.stored.token)) {  // 0: the answer to the first request was lost
    Lease& lease = found->second;
    lease.until_ns = std::max(lease.until_ns, now_ns + lease.stored.duration_ns);
    ++lease.renewals;
    return Grant{lease.stored.token, lease.stored.duration_ns, false};
  }
  if (token != 0) return lost(name, token);
  if (found == leases_.end() && leases_.size() >= settings_.max_leases) {
    return Error{Code::leases_full, std::to_string(settings_.max_leases) + " leases are the limit", {}};
  }
  leases_[name] = {{name, holder, ++last_token_, settings_.duration_ns}, now_ns + settings_.duration_ns, 0};
  return Grant{last_token_, settings_.duration_ns, true};
}

Result<void> LeaseTable::release(const std::string& name, const Holder& holder, std::uint64_t token) {
  const auto found = leases_.find(name);
  if (found == leases_.end() || found->second.stored.holder != holder || found->second.stored.token != token) {
    return lost(name, token);
  }
  leases_.erase(found);
  return {};
}

std::vector<std::string> LeaseTable::forget(std::int64_t now_ns) {
  std::vector<std::string> names;
  std::erase_if(leases_, [&](const auto& one) {
    if (now_ns < one.second.until_ns) return false;
    names.push_back(one.first);
    return true;
  });
  return names;
}

}  // namespace noodle::lease
