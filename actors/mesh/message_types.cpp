#include "actors/mesh/message_types.hpp"

#include <mutex>
#include <shared_mutex>
#include <typeindex>
#include <unordered_map>

#include "messages/lease.capnp.h"
#include "messages/membership.capnp.h"
#include "messages/mesh.capnp.h"
#include "messages/names.capnp.h"
#include "messages/operation.capnp.h"
#include "messages/process.capnp.h"
#include "messages/work.capnp.h"

namespace noodle::actors {
namespace {

class Types {
 public:
  /// Those of Noodle's own components.
  Types() {
    add_all<wire::Nothing, wire::Done, wire::LinkProbe, wire::LinkState, wire::MemberState, wire::RunProgram,
            wire::ProgramExited, wire::Kill, wire::StatsRequest, wire::StatsAnswer, wire::NameDigest, wire::NameEntries,
            wire::NamesRequest, wire::NamesAnswer, wire::LeaseRequest, wire::LeaseAnswer, wire::LeasesRequest,
            wire::LeasesAnswer>();
    add_all<wire::SessionOpen, wire::SessionOpened, wire::SessionInput, wire::SessionAnswer, wire::SessionComplete,
            wire::SessionCompletions, wire::SessionInterrupt, wire::SessionOutput, wire::SessionClose,
            wire::HealthRequest, wire::HealthAnswer, wire::DeathsRequest, wire::DeathsAnswer, wire::MembersRequest,
            wire::MembersAnswer, wire::LinksRequest, wire::LinksAnswer, wire::RouteRequest, wire::RouteAnswer,
            wire::MetricsRequest, wire::MetricsAnswer, wire::ActorCommand, wire::ServiceCommand>();
    add_all<wire::ParcelBatch, wire::BatchTaken, wire::ProgramRequest, wire::ProgramAnswer>();
  }
  void add(const MessageType& type) {
    const std::unique_lock lock(mutex_);
    by_id_.emplace(type.id, type);
    by_type_.emplace(*type.type, type);
  }
  const MessageType* find(std::uint64_t id) const { return find(by_id_, id); }
  const MessageType* find(const std::type_info& type) const { return find(by_type_, std::type_index(type)); }
  std::vector<MessageType> all() const {
    const std::shared_lock lock(mutex_);
    std::vector<MessageType> found;
    for (const auto& [id, type] : by_id_) found.push_back(type);
    return found;
  }

 private:
  template <class... T>
  void add_all() {
    (add(message_type_of<T>()), ...);
  }
  template <class Map, class Key>
  const MessageType* find(const Map& map, const Key& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, MessageType> by_id_;  // nothing is erased, so what find gives stays
  std::unordered_map<std::type_index, MessageType> by_type_;
};

Types& types() {
  static Types all;
  return all;
}

}  // namespace

void add_message_type(const MessageType& type) {
  types().add(type);
}

const MessageType* find_message_type(std::uint64_t id) {
  return types().find(id);
}

const MessageType* find_message_type(const std::type_info& type) {
  return types().find(type);
}

std::vector<MessageType> message_types() {
  return types().all();
}

}  // namespace noodle::actors
