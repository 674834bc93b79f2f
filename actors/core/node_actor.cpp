#include "actors/core/node_actor.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"

namespace noodle::actors {

NodeActor::NodeActor(caf::actor_config& config, SeatPtr seat) : caf::event_based_actor(config), seat_(std::move(seat)) {
  seat_->vitals().keep();
  set_exception_handler([](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      return to_caf({Code::host_failed, std::string("a handler threw: ") + e.what(), {}});
    } catch (...) {
      return to_caf({Code::host_failed, "a handler threw something that is no exception", {}});
    }
  });
}

caf::invoke_message_result NodeActor::consume(caf::mailbox_element& element) {
  Vitals& vitals = seat_->vitals();
  const caf::type_erased_tuple& content = element.content();
  const std::type_info* const type = content.empty() ? nullptr : content.type(0).second;
  vitals.began(type ? type : &typeid(caf::message));  // of CAF's own, which have no other name
  const caf::invoke_message_result result = caf::event_based_actor::consume(element);
  vitals.finished(result == caf::invoke_message_result::skipped);
  return result;
}

}  // namespace noodle::actors
