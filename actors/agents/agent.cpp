#include "actors/agents/agent.hpp"

#include <caf/all.hpp>

namespace noodle::detail {

AgentActor::AgentActor(caf::actor_config& config, actors::SeatPtr seat, std::shared_ptr<AgentHost> host)
    : NodeActor(config, std::move(seat)),
      host_(std::move(host)),
      name_(this->seat().path().substr(this->seat().path().rfind('/') + 1)) {}

caf::behavior AgentActor::make_behavior() {
  on_start();
  return handlers().or_else([this](Alarm, std::uint64_t number) {
    const auto found = alarms_.extract(number);
    if (!found.empty()) found.mapped()();
  });
}

void AgentActor::on_exit() {
  on_stop();
}

void AgentActor::after(std::chrono::milliseconds delay, std::function<void()> what) {
  alarms_[++last_alarm_] = std::move(what);
  delayed_send(this, delay, Alarm::value, last_alarm_);
}

Error AgentActor::asked_in_vain(const caf::error& problem, std::chrono::milliseconds limit) {
  if (problem == caf::sec::request_timeout) {
    return {Code::ask_timeout, "no answer within " + std::to_string(limit.count()) + "ms", {}};
  }
  return actors::from_caf(problem);
}

}  // namespace noodle::detail
