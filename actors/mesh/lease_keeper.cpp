#include "actors/mesh/lease_keeper.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/core/node_actor.hpp"
#include "cluster/lease/lease_table.hpp"
#include "messages/lease.capnp.h"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"
#include "storage/key.hpp"

namespace noodle::actors {
namespace {

using storage::Family;
using storage::Key;
using storage::KeyReader;
using Tick = caf::atom_constant<caf::atom("tick")>;

constexpr char kTokenTag = 't', kLeaseTag = 'n';
constexpr std::uint32_t kMostRows = 20'000;

const Logger& keeper_log() {
  static const Logger logger("leases");
  return logger;
}

struct Kept {
  std::uint64_t last_token = 0;
  std::vector<lease::Stored> leases;
};

/// A lease that cannot be read could be given twice, so it is an error.
Result<Kept> read_kept(const storage::Store& store) {
  Kept kept;
  const auto damaged = [](const char* what) { return Error{Code::store_corrupt, std::string("leases: ") + what, {}}; };
  const auto token = store.get(Family::leases, Key().tag(kTokenTag));
  if (!token) return token.error();
  if (*token) {
    KeyReader read(**token);
    kept.last_token = read.u64().value_or(0);
    if (!read.done()) return damaged("the last token cannot be read");
  }
  auto cursor = store.scan(Family::leases, storage::KeyRange::prefix(Key().tag(kLeaseTag).bytes()));
  for (; cursor.valid(); cursor.next()) {
    KeyReader key(cursor.key()), value(cursor.value());
    key.tag();
    lease::Stored& one = kept.leases.emplace_back();
    one.name = key.text().value_or("");
    one.token = value.u64().value_or(0);
    one.holder.node.high = value.u64().value_or(0);
    one.holder.node.low = value.u64().value_or(0);
    one.holder.number = value.u64().value_or(0);
    one.duration_ns = static_cast<std::int64_t>(value.u64().value_or(0));
    if (!key.done() || !value.done()) return damaged("a lease cannot be read");
    kept.last_token = std::max(kept.last_token, one.token);
  }
  if (auto walked = cursor.status(); !walked) return walked.error();
  return kept;
}

class LeaseKeeper final : public NodeActor {
 public:
  LeaseKeeper(caf::actor_config& config, SeatPtr seat, Mesh& mesh, storage::Store& store, Kept kept,
              std::int64_t duration_ns)
      : NodeActor(config, std::move(seat)),
        mesh_(mesh),
        store_(store),
        table_({.duration_ns = duration_ns}, kept.last_token, kept.leases, system_clock().monotonic_ns()) {}

  caf::behavior make_behavior() override {
    delayed_send(this, kTick, Tick::value);
    return {[this](Tick) {
              delayed_send(this, kTick, Tick::value);
              storage::Batch batch;
              for (const std::string& name : table_.forget(system_clock().monotonic_ns()))
                batch.erase(Family::leases, key_of(name));
              if (batch.count() != 0) static_cast<void>(write(std::move(batch), storage::Sync::no));
            },
            [this](const Msg<wire::LeaseRequest>& wanted) -> caf::result<Msg<wire::LeaseAnswer>> {
              auto answer = wanted->getRelease() ? release(wanted.read()) : ask(wanted.read());
              if (!answer) return to_caf(answer.error());
              return *answer;
            },
            [this](const Msg<wire::LeasesRequest>& wanted) { return list(wanted->getLimit()); }};
  }
  const char* name() const override { return "lease_keeper"; }

 private:
  static std::string key_of(const std::string& name) { return Key().tag(kLeaseTag).text(name).bytes(); }

  lease::Holder holder_of(wire::LeaseRequest::Reader wanted) {
    const auto place = mesh_.address_of(caf::actor_cast<caf::strong_actor_ptr>(current_sender()));
    return {place ? place->node : mesh_.self(), wanted.getHolder()};
  }

  static Msg<wire::LeaseAnswer> answer(std::uint64_t token, std::int64_t duration_ns) {
    return Msg<wire::LeaseAnswer>::build([=](wire::LeaseAnswer::Builder out) {
      out.setToken(token);
      out.setDurationNs(duration_ns);
    });
  }

  Result<Msg<wire::LeaseAnswer>> ask(wire::LeaseRequest::Reader wanted) {
    const std::string name = wanted.getName();
    const lease::Holder holder = holder_of(wanted);
    const auto grant = table_.ask(name, holder, wanted.getToken(), system_clock().monotonic_ns());
    if (!grant) return grant.error();
    if (grant->fresh) {
      storage::Batch batch;
      batch.put(Family::leases, Key().tag(kTokenTag), Key().u64(grant->token));
      batch.put(Family::leases, key_of(name),
                Key()
                    .u64(grant->token)
                    .u64(holder.node.high)
                    .u64(holder.node.low)
                    .u64(holder.number)
                    .u64(static_cast<std::uint64_t>(grant->duration_ns)));
      // What is not on the disk must not be told, now or when it is asked for again.
      if (auto written = write(std::move(batch), storage::Sync::yes); !written) {
        static_cast<void>(table_.release(name, holder, grant->token));
        return written.error();
      }
      keeper_log().info("lease granted", {{"name", name}, {"node", holder.node.to_string()}, {"token", grant->token}});
    }
    return answer(grant->token, grant->duration_ns);
  }

  Result<Msg<wire::LeaseAnswer>> release(wire::LeaseRequest::Reader wanted) {
    const std::string name = wanted.getName();
    if (auto released = table_.release(name, holder_of(wanted), wanted.getToken()); !released) return released.error();
    storage::Batch batch;
    batch.erase(Family::leases, key_of(name));
    static_cast<void>(write(std::move(batch), storage::Sync::no));  // or it is held a little longer after a restart
    return answer(0, 0);
  }

  Result<void> write(storage::Batch batch, storage::Sync sync) {
    auto written = store_.write(std::move(batch), sync);
    if (!written) keeper_log().error("leases cannot be stored", {{"why", written.error().to_string()}});
    return written;
  }

  Msg<wire::LeasesAnswer> list(std::uint32_t limit) const {
    return Msg<wire::LeasesAnswer>::build([&](wire::LeasesAnswer::Builder out) {
      const auto& all = table_.leases();
      out.setTotal(all.size());
      out.setLastToken(table_.last_token());
      const std::size_t most = limit == 0 ? kMostRows : std::min(limit, kMostRows);
      auto rows = out.initRows(static_cast<unsigned>(std::min(all.size(), most)));
      auto next = all.begin();
      for (unsigned k = 0; k < rows.size(); ++k, ++next) {
        const lease::Lease& one = next->second;
        rows[k].setName(one.stored.name);
        rows[k].setNode(one.stored.holder.node.to_string());
        rows[k].setToken(one.stored.token);
        rows[k].setLeftNs(std::max<std::int64_t>(0, one.until_ns - system_clock().monotonic_ns()));
        rows[k].setRenewals(one.renewals);
      }
    });
  }

  static constexpr std::chrono::seconds kTick{10};
  Mesh& mesh_;
  storage::Store& store_;
  lease::LeaseTable table_;
};

}  // namespace

ChildSpec lease_keeper_child(Mesh& mesh, storage::Store& store, std::chrono::nanoseconds duration) {
  ChildSpec child;
  child.name = "leases";
  child.spawn = [&mesh, &store, duration](caf::actor_system& system, const SeatPtr& seat) {
    auto kept = read_kept(store);
    if (!kept) throw std::runtime_error(kept.error().to_string());  // its supervisor tries again
    return system.spawn<LeaseKeeper, caf::detached>(seat, std::ref(mesh), std::ref(store), std::move(*kept),
                                                    duration.count());
  };
  return child;
}

}  // namespace noodle::actors
