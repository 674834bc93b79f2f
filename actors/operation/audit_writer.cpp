#include "actors/operation/audit_writer.hpp"

#include <caf/all.hpp>

#include "actors/core/node_actor.hpp"
#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

using Write = caf::atom_constant<caf::atom("write")>;
constexpr std::size_t kMostInBatch = 256;

class AuditWriter final : public NodeActor {
 public:
  AuditWriter(caf::actor_config& config, SeatPtr seat, storage::AuditLog& log)
      : NodeActor(config, std::move(seat)), log_(log) {}

  caf::behavior make_behavior() override {
    set_exit_handler([this](caf::exit_msg& exit) {
      write();
      quit(std::move(exit.reason));
    });
    return {[this](const storage::AuditEvent& event) {
              events_.push_back(event);
              // Behind what waits already: all of that goes with the same sync.
              if (events_.size() == 1) send(this, Write::value);
              if (events_.size() >= kMostInBatch) write();
            },
            [this](Write) { write(); }};
  }
  const char* name() const override { return "audit_writer"; }

 private:
  void write() {
    if (events_.empty()) return;
    const auto written = log_.append(events_);
    events_.clear();
    if (!written) {
      Logger("audit").error("the audit log takes no records", {{"why", written.error().to_string()}});
    }
  }

  storage::AuditLog& log_;
  std::vector<storage::AuditEvent> events_;
};

}  // namespace

ChildSpec audit_child(storage::AuditLog& log) {
  ChildSpec child;
  child.name = "audit";
  child.spawn = [&log](caf::actor_system& system, const SeatPtr& seat) {
    return system.spawn<AuditWriter, caf::detached>(seat, std::ref(log));
  };
  return child;
}

std::function<void(const storage::AuditEvent&)> audit_sink(const caf::actor& writer) {
  return [writer](const storage::AuditEvent& event) { caf::anon_send(writer, event); };
}

}  // namespace noodle::actors
