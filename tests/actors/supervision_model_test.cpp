// Random trees of supervisors in a real actor system: against a model, and as what has to end in time.
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <condition_variable>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/node.hpp"
#include "actors/core/node_actor.hpp"
#include "tests/actors/supervision_model.hpp"
#include "tests/process/random_seed.hpp"

namespace {

using namespace noodle;
using namespace noodle::actors;
using namespace std::chrono_literals;
using noodle::test::SupervisionModel;
using process::Restart;
using process::Strategy;
using Place = SupervisionModel::Place;

using Fail = caf::atom_constant<caf::atom("fail")>;
using Leave = caf::atom_constant<caf::atom("leave")>;
using Hang = caf::atom_constant<caf::atom("hang")>;

constexpr auto kOperatorsCode = Code::exit_stopped;

/// Lets actors that hang go on.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  void wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return open; });
  }
  void release() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

enum class Manner : std::uint8_t {
  calm,
  deaf,    // ends only when it is killed
  stuck,   // never comes back from its first message
  doomed,  // fails whenever it is started
  clumsy,  // fails when it is told to end
  unborn   // cannot be started most of the time
};

class Leaf final : public NodeActor {
 public:
  Leaf(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Gate> gate, Manner manner)
      : NodeActor(config, std::move(seat)), gate_(std::move(gate)), manner_(manner) {}
  caf::behavior make_behavior() override {
    if (manner_ == Manner::deaf) set_exit_handler([](caf::exit_msg&) {});
    if (manner_ == Manner::clumsy) set_exit_handler([](caf::exit_msg&) { throw std::runtime_error("not like this"); });
    if (manner_ == Manner::stuck) send(this, Hang::value);
    if (manner_ == Manner::doomed) send(this, Fail::value);
    return {[](Fail) { throw std::runtime_error("enough"); }, [this](Leave) { quit(caf::exit_reason::normal); },
            [this](Hang) { gate_->wait(); }};
  }

 private:
  const std::shared_ptr<Gate> gate_;
  const Manner manner_;
};

caf::actor spawn_leaf(caf::actor_system& system, const SeatPtr& seat, const std::shared_ptr<Gate>& gate, Manner manner,
                      bool own_thread) {
  // Who hangs holds its thread; the scheduler has few.
  return own_thread ? caf::actor(system.spawn<Leaf, caf::detached>(seat, gate, manner))
                    : caf::actor(system.spawn<Leaf>(seat, gate, manner));
}

/// A tree that runs.
struct Tree {
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  std::shared_ptr<Roster> roster = std::make_shared<Roster>();
  SeatPtr top;
  caf::actor supervisor;
  struct Seen {
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> births;
    std::size_t born = 0;
    bool over = false;
    caf::error reason;
  };
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();

  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    gate->release();
    if (supervisor) caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  }

  void plant(caf::actor_system& system, SupervisorSpec spec) {
    top = std::make_shared<Seat>(system, "node", 10);
    supervisor = spawn_supervisor(system, top, roster, std::move(spec));
    caf::actor_cast<caf::strong_actor_ptr>(supervisor)
        ->get()
        ->attach_functor([all = seen](const caf::error& reason, caf::execution_unit*) {
          const std::lock_guard lock(all->mutex);
          all->over = true;
          all->reason = reason;
        });
  }
  bool over() const {
    const std::lock_guard lock(seen->mutex);
    return seen->over;
  }
};

template <class Holds>
bool comes_true(Holds holds) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

// ---- against the model

void grow(Place& place, std::mt19937_64& random, int depth) {
  place.supervisor = true;
  place.strategy = static_cast<Strategy>(random() % 3);
  place.intensity = static_cast<std::int64_t>(random() % 4);
  for (std::uint64_t k = 0, count = 1 + random() % 4; k < count; ++k) {
    auto& child = *place.children.emplace_back(std::make_unique<Place>());
    child.parent = &place;
    child.path = place.path + "/" + std::to_string(k);
    child.restart = random() % 2 == 0 ? Restart::permanent : static_cast<Restart>(random() % 3);
    child.significant = child.restart != Restart::permanent && random() % 4 == 0;
    if (depth < 3 && random() % 3 == 0) {
      grow(child, random, depth + 1);
    } else {
      child.may_hang = random() % 5 == 0;
    }
  }
}

SupervisorSpec spec_of(const Place& place, const Tree& tree) {
  SupervisorSpec spec;
  spec.options.strategy = place.strategy;
  spec.options.intensity = place.intensity;
  spec.options.period_ns = 1'000'000'000'000'000;
  for (const auto& one : place.children) {
    const Place& child = *one;
    ChildSpec made;
    made.name = child.path.substr(place.path.size() + 1);
    made.stop_deadline = 60s;
    if (child.supervisor) {
      made = supervisor_child(made.name, tree.roster, spec_of(child, tree));
    } else {
      if (child.may_hang) made.probe = 250ms;
      made.spawn = [gate = tree.gate, own_thread = child.may_hang](caf::actor_system& system, const SeatPtr& seat) {
        return spawn_leaf(system, seat, gate, Manner::calm, own_thread);
      };
    }
    made.restart = child.restart;
    made.significant = child.significant;
    made.spawn = [inner = std::move(made.spawn), seen = tree.seen, of = place.path](caf::actor_system& system,
                                                                                    const SeatPtr& seat) {
      {
        const std::lock_guard lock(seen->mutex);
        seen->births[of].push_back(seat->path());
        ++seen->born;
      }
      return inner(system, seat);
    };
    spec.children.push_back(std::move(made));
  }
  return spec;
}

void running_below(Place& place, std::vector<Place*>& out) {
  for (const auto& child : place.children) {
    if (child->state != SupervisionModel::State::running) continue;
    out.push_back(child.get());
    running_below(*child, out);
  }
}

/// One random thing, to the tree and to the model.
void disturb(SupervisionModel& model, const Tree& tree, std::mt19937_64& random, bool may_hang) {
  std::vector<Place*> running;
  running_below(model.root, running);
  if (running.empty()) return;
  Place& place = *running[random() % running.size()];
  const SeatPtr seat = tree.roster->find(place.path);
  REQUIRE_MESSAGE(seat, place.path);
  if (random() % 5 != 0) {
    if (place.supervisor) return;
    if (place.may_hang && may_hang) {
      caf::anon_send(seat->slot(), Hang::value);
      return model.end(place, static_cast<std::uint16_t>(Code::actor_hung));
    }
    if (random() % 4 == 0) {
      caf::anon_send(seat->slot(), Leave::value);
      return model.end(place, 0);
    }
    caf::anon_send(seat->slot(), Fail::value);
    return model.end(place, static_cast<std::uint16_t>(Code::host_failed));
  }
  const caf::error told = to_caf({kOperatorsCode, "by alice", {}});
  const auto code = static_cast<std::uint16_t>(kOperatorsCode);
  switch (random() % 3) {
    case 0:
      caf::anon_send(seat->supervisor(), EndChild::value, place.path, told, true);
      return model.renew(place, code);
    case 1:
      caf::anon_send(seat->supervisor(), EndChild::value, place.path, told, false);
      return model.remove(place, code);
    default:
      caf::anon_send(seat->supervisor(), RemoveChild::value, place.path.substr(place.path.rfind('/') + 1));
      return model.remove(place, 0);
  }
}

/// Waits until as much has happened as in the model, and compares all of it.
void compare(const SupervisionModel& model, const Tree& tree) {
  const bool same = comes_true([&] {
    const std::lock_guard lock(tree.seen->mutex);
    return tree.roster->deaths() >= model.deaths.size() && tree.seen->born >= model.born &&
           tree.seen->over == model.over;
  });
  std::vector<std::string> deaths;
  for (const DeathCertificate& one : tree.roster->certificates()) {
    deaths.insert(deaths.begin(), one.path + " " + std::to_string(one.reason.number()) + " " + one.decision);
  }
  REQUIRE(deaths == model.deaths);
  const std::lock_guard lock(tree.seen->mutex);
  REQUIRE(tree.seen->births == model.births);
  REQUIRE(same);
  if (!model.over) return;
  const caf::error& reason = tree.seen->reason;
  const bool normal = !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
  CHECK((normal ? 0 : from_caf(reason).number()) == model.reason);
}

}  // namespace

TEST_CASE(
    "random trees of supervisors do what the model does: who ends, in which order, who comes back, who gives up") {
  NOODLE_RANDOM(random);
  constexpr std::size_t kTrees = 150;
  constexpr int kSteps = 16;
  Node node{{.scheduler_threads = 4}};
  std::vector<SupervisionModel> models(kTrees);
  std::vector<Tree> trees(kTrees);
  for (std::size_t k = 0; k < kTrees; ++k) {
    models[k].root.path = "node";
    grow(models[k].root, random, 1);
    models[k].start(models[k].root);
    trees[k].plant(node.system(), spec_of(models[k].root, trees[k]));
  }
  for (int step = 0; step <= kSteps; ++step) {
    for (std::size_t k = 0; k < kTrees; ++k) {
      CAPTURE(k);
      CAPTURE(step);
      compare(models[k], trees[k]);
      if (models[k].over) continue;
      if (step < kSteps) {
        disturb(models[k], trees[k], random, step % 5 == 4);
      } else {
        caf::anon_send_exit(trees[k].supervisor, caf::exit_reason::user_shutdown);
        models[k].shut_down();
      }
    }
  }
  for (std::size_t k = 0; k < kTrees; ++k) {
    CAPTURE(k);
    compare(models[k], trees[k]);
    CHECK(trees[k].roster->health().empty());
  }
}

// ---- the end

namespace {

SupervisorSpec wild_spec(std::mt19937_64& random, const Tree& tree, int depth) {
  SupervisorSpec spec;
  spec.options.strategy = static_cast<Strategy>(random() % 3);
  spec.options.intensity = static_cast<std::int64_t>(random() % 5);
  if (random() % 4 == 0) spec.options.backoff_ns = spec.options.backoff_limit_ns = 1'000'000'000'000;
  if (random() % 4 == 0) spec.options.quarantine_ns = 1'000'000'000'000;
  for (std::uint64_t k = 0, count = random() % 5; k < count; ++k) {
    if (depth < 4 && random() % 4 == 0) {
      spec.children.push_back(
          supervisor_child("s" + std::to_string(k), tree.roster, wild_spec(random, tree, depth + 1)));
      continue;
    }
    constexpr Manner kManners[] = {Manner::deaf, Manner::stuck, Manner::doomed, Manner::clumsy, Manner::unborn};
    const Manner manner = random() % 3 != 0 ? Manner::calm : kManners[random() % std::size(kManners)];
    const bool late = manner == Manner::deaf || manner == Manner::stuck;
    ChildSpec child;
    child.name = (late ? "late" : "leaf") + std::to_string(k);
    child.restart = static_cast<Restart>(random() % 3);
    child.significant = child.restart != Restart::permanent && random() % 4 == 0;
    if (late) child.stop_deadline = 20ms;
    child.spawn = [gate = tree.gate, manner, dice = std::make_shared<std::mt19937_64>(random())](
                      caf::actor_system& system, const SeatPtr& seat) -> caf::actor {
      if (manner == Manner::unborn && (*dice)() % 4 != 0) throw std::runtime_error("no room");
      return spawn_leaf(system, seat, gate, manner, manner == Manner::stuck);
    };
    spec.children.push_back(std::move(child));
  }
  return spec;
}

}  // namespace

TEST_CASE("a thousand random trees end, whenever they are told to, and each supervisor within its deadline") {
  NOODLE_RANDOM(random);
  constexpr std::size_t kBatches = 4, kTrees = 250;
  Node node{{.scheduler_threads = 4}};
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    std::vector<Tree> trees(kTrees);
    std::size_t told = 0;
    const auto tell_next = [&] {
      caf::anon_send_exit(trees[told].supervisor, caf::exit_reason::user_shutdown);
      ++told;
    };
    for (std::size_t k = 0; k < kTrees; ++k) {
      trees[k].plant(node.system(), wild_spec(random, trees[k], 1));
      while (told <= k && random() % 8 == 0) tell_next();  // some at once, some after a while
    }
    while (told < kTrees) tell_next();
    for (std::size_t k = 0; k < kTrees; ++k) {
      CAPTURE(batch);
      CAPTURE(k);
      REQUIRE(comes_true([&] { return trees[k].over(); }));
      CHECK(trees[k].roster->health().empty());
      for (const DeathCertificate& one : trees[k].roster->certificates()) {
        if (one.path.find("/late") == std::string::npos) CHECK_MESSAGE(one.in_time, one.path);
      }
    }
  }
}
