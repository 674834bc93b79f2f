// Hot swap: at a message boundary an actor has no frames, so its state alone goes to the new version of its program.
//
// The state is copied by fields (swap/plan.hpp) onto a heap of its own; then the initial values of new fields are
// computed and `on migrate` runs, in as many slices as they take. Until all of that has ended well the old heap is
// kept, and an error puts the process back on it: it goes on as if nothing had been. Names, links, monitors, timers'
// owners and the mailbox stay; messages written for the old version are translated (run/evaluator.hpp).
#include "runtime/run/migration.hpp"
#include "runtime/message/portable_image.hpp"
#include "runtime/process/delivery.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/block_cache.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr std::uint32_t kManyMessages = 512;  // to translate: not on a worker that others wait for

/// Fills pointer slots of an object that is kept by a root or the process's state from roots of an image.
void set_slots(vm::Object& object, const vm::Object& old, std::span<const swap::SlotMove> moves, char* base,
               const ImageRef*& ref) {
  for (const swap::SlotMove& move : moves) {
    if (move.scalar) {
      object.slots()[move.to] = old.slots()[move.from];
    } else {
      object.pointers()[move.to] = resolve(*ref++, base);
    }
  }
}

}  // namespace

Migration::Migration(Run& of) : run(of) {
  run.count_moving(1);
}

Migration::~Migration() {
  if (old_program) old_program->remove_process();
  if (old_heap.start) vm::release_block(old_heap.start, old_heap.capacity_bytes());
  run.count_moving(-1);
}

[[gnu::noinline]] Turn::Next Turn::begin_migration() {
  Run& run = *control_.run;
  const Run::Version version = run.version();
  const LoadedProgram& old = program();
  const ActorInfo* info = actor();
  if (!info || !version.moves(old)) {
    control_.swap_wanted = false;
    return Next::run;
  }
  if (!worker_.heavy() && (process_.heap.used_bytes() >= kHeavyBytes || control_.mailbox.messages() > kManyMessages)) {
    control_.heavy = true;
    return Next::idle;
  }
  control_.swap_wanted = false;
  auto migration = std::make_unique<Migration>(run);
  migration->plan = run.plan_from(old, version);
  migration->program = version.program;
  migration->number = version.number;
  const swap::ActorMove& move = migration->plan->actors[static_cast<std::size_t>(info - old.actors.data())];
  migration->move = &move;
  const auto stays = [&](Error error) {
    run.note_stay(process_.pid, version.number, std::move(error));
    return Next::run;
  };
  if (!move.refusal.empty()) return stays({Code::swap_move_failed, move.refusal, {}});
  std::vector<vm::Object*> values;
  std::vector<bytecode::TypeRef> types;
  for (const auto* moves : {&move.carried, &move.old_fields}) {
    for (const swap::SlotMove& slot : *moves) {
      if (slot.scalar) continue;
      values.push_back(process_.state->pointers()[slot.from]);
      types.push_back(slot.type);
    }
  }
  ImportedImage image;
  if (!values.empty()) {
    auto bytes = export_image(worker_.writer, *old.program, values, process_.limits->memory_bytes);
    if (!bytes) return stays(bytes.error());
    auto imported = import_image(*bytes, *version.program->program, types);
    if (!imported) return stays(imported.error());
    image = std::move(*imported);
  }
  bind_context();
  migration->old_program = &old;
  migration->old_actor = info;
  migration->old_state = std::exchange(process_.state, nullptr);
  migration->old_heap = std::exchange(process_.heap, {});
  process_.heap.limit_bytes = migration->old_heap.limit_bytes;
  process_.heap.background = migration->old_heap.background;
  process_.program = version.program->program.get();
  version.program->add_process();
  control_.program.store(version.program.get(), std::memory_order_relaxed);
  control_.actor.store(&version.program->actors[move.to], std::memory_order_relaxed);
  // Who published another version before this line has not seen where this process goes.
  control_.swap_wanted = run.version().number != version.number;
  control_.activity = Activity::migrating;
  Migration& going = *(extras_of(control_).migration = std::move(migration));
  return take_state(going, image) ? continue_migration() : fail_activity();
}

/// Makes the new state, and the record for `on migrate`, of what was carried over. False: the heap is full.
bool Turn::take_state(Migration& migration, const ImportedImage& image) {
  const vm::Program& to = *process_.program;
  const swap::ActorMove& move = *migration.move;
  process_.state = vm::new_object(process_, *actor()->state);
  if (!process_.state) return false;
  migration.migrates = move.record != bytecode::kNone;
  if (migration.migrates) {
    migration.record = std::make_unique<vm::Root>(process_, vm::new_object(process_, to.classes[move.record]));
    if (!migration.record->object) return false;
  }
  char* base = nullptr;
  if (!image.objects.empty()) {
    base = adopt_image(process_, image.objects.data(), image.objects.size());
    if (!base) return false;
  }
  const ImageRef* ref = image.refs.data();
  set_slots(*process_.state, *migration.old_state, move.carried, base, ref);
  if (migration.migrates) set_slots(*migration.record->object, *migration.old_state, move.old_fields, base, ref);
  return true;
}

/// The next step: an initial value, `on migrate`, or the end.
[[gnu::noinline]] Turn::Next Turn::continue_migration() {
  Migration& migration = *extras_of(control_).migration;
  const swap::ActorMove& move = *migration.move;
  bind_context();
  vm::Object** pointers = process_.context->pointers;
  pointers[0] = process_.state;
  process_.context->pointers_top = pointers + 1;
  if (migration.initials_done < move.initials.size()) {
    call(*program().function(move.initials[migration.initials_done].function), Activity::migrating);
    return Next::run;
  }
  if (std::exchange(migration.migrates, false)) {
    pointers[1] = migration.record->object;
    process_.context->pointers_top = pointers + 2;
    call(*program().function(actor()->def->on_migrate), Activity::migrating);
    return Next::run;
  }
  for (const std::uint16_t slot : move.needed) {
    if (process_.state->pointers()[slot]) continue;
    const std::string& field = actor()->state->def->fields[slot].name;
    return end_migration({Code::swap_move_failed, "`on migrate` leaves field `" + field + "` without a value", {}});
  }
  return end_migration({});
}

/// A function of the migration has returned.
[[gnu::noinline]] Turn::Next Turn::step_migration() {
  Migration& migration = *extras_of(control_).migration;
  const swap::ActorMove& move = *migration.move;
  if (migration.initials_done < move.initials.size()) {
    const std::uint32_t field = move.initials[migration.initials_done++].field;
    const bytecode::TypeRef type = actor()->state->def->fields[field].type;
    if (bytecode::is_scalar_kind(process_.program->module.types[type.index].kind)) {
      process_.state->slots()[field] = process_.context->scalars[0];
    } else {
      process_.state->pointers()[field] = process_.context->pointers[0];
    }
  }
  return continue_migration();
}

/// The process is on the new version for good, or with an error back on the old one.
[[gnu::noinline]] Turn::Next Turn::end_migration(Error error) {
  Extras& more = extras_of(control_);
  Run& run = *control_.run;
  control_.activity = Activity::none;
  if (error.number() != 0) {
    const std::uint64_t number = more.migration->number;
    abandon_migration();
    run.note_stay(process_.pid, number, std::move(error));
    return Next::run;
  }
  run.note_moved(more.migration->number);
  more.migration.reset();
  translate_messages();
  more.everys.clear();
  return finish_start(Activity::started);
}

/// Back to the old version, if it was on the way to a new one.
void Turn::abandon_migration() {
  Extras* more = extras();
  if (!more || !more->migration) return;
  const std::unique_ptr<Migration> migration = std::move(more->migration);
  migration->record.reset();
  process_.state = nullptr;
  vm::release_heap(process_);
  process_.heap = std::exchange(migration->old_heap, {});
  process_.state = migration->old_state;
  process_.program = migration->old_program->program.get();
  control_.program.store(std::exchange(migration->old_program, nullptr), std::memory_order_relaxed);
  control_.actor.store(migration->old_actor, std::memory_order_relaxed);
  migration->program->remove_process();
}

/// What is in the mailbox was written for the version before; that one may be gone when its turn comes.
void Turn::translate_messages() {
  std::vector<Message*> messages;
  while (Message* message = control_.mailbox.pending()) {
    control_.mailbox.remove_pending(nullptr, message);
    messages.push_back(message);
  }
  while (Message* message = pop_queue(control_)) messages.push_back(message);
  for (Message* message : messages) control_.mailbox.append_pending(readable(control_, message));
  if (control_.held) control_.held = readable(control_, control_.held);
}

}  // namespace noodle::process
