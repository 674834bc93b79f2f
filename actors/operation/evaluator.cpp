#include "actors/operation/evaluator.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/core/caf_messages.hpp"
#include "actors/work/courier.hpp"
#include "actors/work/vm_driver.hpp"

namespace noodle::actors {

namespace {

constexpr std::size_t kShownBytes = 1000;  // of a value, on a terminal
constexpr std::size_t kMostCompletions = 1000;

Msg<wire::SessionCompletions> completions(session::Console& console, const Msg<wire::SessionComplete>& wanted) {
  std::size_t start = 0;
  const std::vector<std::string> names = console.complete(wanted->getText().cStr(), start);
  return Msg<wire::SessionCompletions>::build([&](wire::SessionCompletions::Builder answer) {
    answer.setStart(static_cast<std::uint32_t>(start));
    auto list = answer.initNames(static_cast<unsigned>(std::min(names.size(), kMostCompletions)));
    for (unsigned k = 0; k < list.size(); ++k) list.set(k, names[k]);
  });
}

template <class Answer>
caf::result<Msg<Answer>> result_of(Result<Msg<Answer>> answer) {
  if (!answer) return to_caf(answer.error());
  return *answer;
}

}  // namespace

Evaluator::Evaluator(caf::actor_config& config, std::shared_ptr<EvaluatorShare> share,
                     std::shared_ptr<const OperationOptions> options, security::Token token,
                     session::ConsoleOptions shown)
    : caf::blocking_actor(config),
      share_(std::move(share)),
      options_(std::move(options)),
      shown_(shown),
      desk_(*this, options_, std::move(token)) {}

Result<std::unique_ptr<session::Session>> Evaluator::open_session(const session::Console*& console) {
  session::SessionOptions options;
  options.grants = desk_.grants();
  options.system = options_->system;
  options.system.workers = 1;
  options.limits = options_->limits;
  if (shown_.width > 0) options.shown_bytes = kShownBytes;
  options.output = &share_->output;
  if (options_->mesh) {
    post_ = std::make_shared<Post>(*options_->mesh);
    options.system.carrier = post_.get();
  }
  options.driver = [this](process::System& system) {
    auto drive = drive_with_actors(home_system(), system, options_->census);
    return post_ ? drive_courier(home_system(), post_, system, std::move(drive)) : std::move(drive);
  };
  options.on_process_end = [share = share_, &console](const process::Exit& exit) {
    share->output.aside(console->process_end(exit));
  };
  options.on_trace = [share = share_, &console](const process::Step& step, std::uint64_t left_out) {
    share->output.aside(console->traced(step, left_out));
  };
  options.interrupted = [share = share_] { return share->interrupt.exchange(false); };
  return session::Session::open(std::move(options));
}

void Evaluator::act() {
  const session::Console* console = nullptr;
  auto session = open_session(console);
  if (!session) return fail_state(to_caf(session.error()));
  session::Console made(**session, shown_, session::operation_commands(desk_, shown_));
  console = &made;
  serve(made);
  session->reset();  // while the console is there for its processes
}

Msg<wire::SessionAnswer> Evaluator::answer(session::Console& console, const Msg<wire::SessionInput>& input) {
  share_->interrupt.store(false);
  share_->output.begin_input();
  const session::Answer answer = console.answer(input->getText().cStr(), input->getPath().cStr());
  return Msg<wire::SessionAnswer>::build([&answer](wire::SessionAnswer::Builder out) {
    out.setText(answer.text);
    out.setProblem(answer.problem);
    out.setOk(answer.ok);
    out.setQuit(answer.quit);
  });
}

void Evaluator::serve(session::Console& console) {
  bool running = true;
  receive_while(running)(
      [&](const Msg<wire::SessionInput>& input) { return answer(console, input); },
      [&](const Msg<wire::SessionComplete>& wanted) { return completions(console, wanted); },
      [&](const Msg<wire::HealthRequest>& wanted) {
        auto answers = desk_.health({wanted->getNode().size() > 0 ? wanted->getNode().cStr() : desk_.node()},
                                    {wanted->getPrefix().cStr(), wanted->getOrder(), wanted->getLimit()});
        return result_of(std::move(answers.front()));
      },
      [&](const Msg<wire::DeathsRequest>& wanted) {
        const std::string node = wanted->getNode().size() > 0 ? wanted->getNode().cStr() : desk_.node();
        return result_of(desk_.deaths(node, wanted->getPrefix().cStr(), wanted->getLimit()));
      },
      [&](const Msg<wire::MembersRequest>&) { return result_of(desk_.members()); },
      [&](const Msg<wire::MetricsRequest>& wanted) {
        return result_of(desk_.metrics(wanted->getNode().size() > 0 ? wanted->getNode().cStr() : desk_.node()));
      },
      [&](const caf::exit_msg&) { running = false; },
      caf::others >> [](caf::message_view&) -> caf::result<caf::message> { return caf::sec::unexpected_message; });
}

}  // namespace noodle::actors
