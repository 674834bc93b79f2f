#include "runtime/jit/emitter.hpp"

#include <cstddef>

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;

namespace {

constexpr std::int32_t offset_of(std::size_t offset) {
  return static_cast<std::int32_t>(offset);
}

#define FIELD(field) x86::qword_ptr(context_, offset_of(offsetof(vm::Context, field)))

using HelperSignature = FuncSignatureT<std::uint64_t, std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t,
                                       std::uintptr_t, std::uintptr_t>;

}  // namespace

Emitter::Emitter(CodeHolder& holder, const Flow& flow)
    : cc_(&holder), flow_(flow), fact_flow_(flow), function_(flow.function()) {
  generals_.resize(flow.web_count());
  vectors_.resize(flow.web_count());
  pointers_.resize(function_.pointer_registers);
  storages_.resize(function_.pointer_registers);
  lengths_.resize(function_.pointer_registers);
  now_.resize(function_.scalar_registers);
}

asmjit::Error Emitter::run() {
  prologue();
  for (std::uint32_t b = 0; b < flow_.blocks().size(); ++b) {
    if (flow_.blocks()[b].reachable) block(b);
  }
  for (std::size_t k = 0; k < cold_.size(); ++k) cold_[k]();
  exit_tail();
  cc_.endFunc();
  return cc_.finalize();
}

// ---- frame

void Emitter::prologue() {
  FuncNode* func = cc_.addFunc(
      FuncSignatureT<std::uint64_t, std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uint64_t>());
  context_ = cc_.newUIntPtr("context");
  s_ = cc_.newUIntPtr("s");
  p_ = cc_.newUIntPtr("p");
  frame_ = cc_.newUIntPtr("frame");
  entry_ = cc_.newUInt64("entry");
  fuel_ = cc_.newInt64("fuel");
  exit_word_ = cc_.newUInt64("exit");
  const Gp arguments[] = {context_, s_, p_, frame_, entry_};
  for (std::size_t k = 0; k < 5; ++k) func->setArg(k, arguments[k]);
  exit_ = cc_.newLabel();
  refuse_ = cc_.newLabel();
  for (std::size_t b = 0; b < flow_.blocks().size(); ++b) labels_.push_back(cc_.newLabel());

  bool calls = false;
  bool loops = false;
  for (const Block& b : flow_.blocks()) {
    if (!b.reachable) continue;
    loops |= b.loop_end;
    for (std::uint32_t k = b.first; k < b.end; ++k) calls |= is_call(at(k).handler);
  }
  fuel_in_register_ = loops;
  if (loops) {
    const Label inside = cold([this] {
      load_fuel();
      for (std::uint32_t b = 0; b < flow_.blocks().size(); ++b) {
        if (!flow_.blocks()[b].reachable || !flow_.blocks()[b].loop_end) continue;
        const std::uint32_t word = at(flow_.blocks()[b].first).word;
        back_edges_.push_back(word);
        cc_.cmp(entry_, word + 1);
        cc_.je(cold([this, b] {
          const Block& block = flow_.blocks()[b];
          for (std::uint32_t s = 0; s < function_.scalar_registers; ++s) {
            if (block.live_in[s]) load_web(flow_.web_in(b, s), home(s));
          }
          load(fact_flow_.before(b));
          cc_.jmp(labels_[b]);
        }));
      }
      cc_.jmp(refuse_);
    });
    cc_.test(entry_, entry_);
    cc_.jnz(inside);
  }
  const Gp end = temp();
  const auto registers = std::int32_t{function_.scalar_registers} + function_.pointer_registers;
  cc_.lea(end, x86::ptr(s_, p_, 0, registers * 8));
  cc_.cmp(end, FIELD(stack_limit));
  cc_.ja(refuse_);
  cc_.cmp(frame_, FIELD(frames_end));
  cc_.ja(refuse_);
  if (calls) {
    cc_.cmp(x86::rsp, FIELD(native_limit));
    cc_.jb(refuse_);
  }
  for (std::uint32_t p = function_.pointer_args; p < function_.pointer_registers; ++p) cc_.mov(pointer_home(p), 0);
  load_fuel();
  for (std::uint32_t s = 0; s < function_.scalar_args; ++s) {
    if (flow_.blocks()[0].live_in[s]) load_web(flow_.web_in(0, s), home(s));
  }
}

/// Where all exits meet: exit_word_ is the word to continue with.
void Emitter::exit_tail() {
  cc_.bind(exit_);
  const Gp value = temp();
  cc_.mov(value, reinterpret_cast<std::uintptr_t>(function_.code));
  cc_.lea(value, x86::ptr(value, exit_word_, 3));
  cc_.mov(FIELD(pc), value);
  cc_.mov(value, reinterpret_cast<std::uintptr_t>(&function_));
  cc_.mov(FIELD(function), value);
  cc_.mov(FIELD(s), s_);
  cc_.mov(FIELD(p), p_);
  cc_.mov(FIELD(frame), frame_);
  save_fuel();
  cc_.mov(x86::dword_ptr(context_, offset_of(offsetof(vm::Context, machine_exit))),
          static_cast<int>(vm::MachineExit::resume));
  cc_.ret(value);
  cc_.bind(refuse_);
  const Gp nothing = temp();
  cc_.mov(x86::dword_ptr(context_, offset_of(offsetof(vm::Context, machine_exit))),
          static_cast<int>(vm::MachineExit::refused));
  cc_.xor_(nothing, nothing);
  cc_.ret(nothing);
}

// ---- blocks

void Emitter::block(std::uint32_t b) {
  const Block& block = flow_.blocks()[b];
  const Facts& wanted = fact_flow_.before(b);
  // Control falls in from the block above with what that one knows.
  bool falls = b == 0;
  if (b > 0 && flow_.blocks()[b - 1].reachable) {
    for (const std::uint32_t next : flow_.blocks()[b - 1].successors)
      falls |= next == b && !ends_flow(at(block.first - 1));
  }
  if (falls) load(b == 0 ? wanted : wanted.without(facts_));
  cc_.bind(labels_[b]);
  facts_ = wanted;
  for (std::uint32_t s = 0; s < function_.scalar_registers; ++s) now_[s] = flow_.web_in(b, s);
  for (std::uint32_t k = block.first; k < block.end; ++k) op(k);
}

void Emitter::op(std::uint32_t k) {
  const Op& o = at(k);
  if (is_branch(o.handler)) return branch_op(k);
  const bool done = !o.dead && (scalar_op(k) || object_op(k) || list_op(k) || call_op(k));
  if (!done) {  // ask, throw, marks not yet reached: the interpreter's
    cc_.jmp(leave(k));
    cc_.bind(cc_.newLabel());
  }
  if (const std::uint32_t s = scalar_result(o); s < 256) now_[s] = flow_.web_of_result(k);
  step(o, facts_);
}

void Emitter::load(const Facts& facts) {
  for (std::uint32_t p = 0; p < function_.pointer_registers; ++p) {
    const bool list = facts.storage[p] || facts.length[p];
    if (!facts.pointer[p] && !list) continue;
    Gp& copy = pointers_[p];
    if (!copy.isValid()) copy = temp();
    cc_.mov(copy, pointer_home(p));
    if (facts.storage[p]) {
      if (!storages_[p].isValid()) storages_[p] = temp();
      cc_.mov(storages_[p], x86::qword_ptr(copy, kListStorage));
    }
    if (facts.length[p]) {
      if (!lengths_[p].isValid()) lengths_[p] = temp();
      cc_.mov(lengths_[p], x86::qword_ptr(copy, kListLength));
    }
  }
}

void Emitter::go(std::uint32_t block) {
  load(fact_flow_.before(block).without(facts_));
  cc_.jmp(labels_[block]);
}

void Emitter::branch(CondCode condition, std::uint32_t block) {
  if (!flow_.blocks()[block].reachable) return;  // never taken
  const Facts missing = fact_flow_.before(block).without(facts_);
  if (!missing.any()) {
    cc_.j(condition, labels_[block]);
    return;
  }
  cc_.j(condition, cold([this, missing, block] {
          load(missing);
          cc_.jmp(labels_[block]);
        }));
}

// ---- exits

asmjit::Label Emitter::cold(std::function<void()> emit) {
  const Label label = cc_.newLabel();
  cold_.push_back([this, label, emit = std::move(emit)] {
    cc_.bind(label);
    emit();
  });
  return label;
}

std::vector<Emitter::Kept> Emitter::kept(std::uint32_t k, std::uint32_t below) const {
  std::vector<Kept> kept;
  for (std::uint32_t s = 0; s < function_.scalar_registers && s < below; ++s) {
    if (flow_.live_before(k)[s]) kept.push_back({s, now_[s]});
  }
  return kept;
}

void Emitter::write_back(const std::vector<Kept>& kept) {
  for (const Kept& one : kept) store(home(one.s), one.web);
}

asmjit::Label Emitter::leave(std::uint32_t k, std::function<void()> undo) {
  return cold([this, k, kept = kept(k), undo = std::move(undo)] {
    if (undo) undo();
    write_back(kept);
    cc_.mov(exit_word_.r32(), at(k).word);
    cc_.jmp(exit_);
  });
}

/// One unit of fuel, given back when there is none.
void Emitter::burn(std::uint32_t k) {
#if defined(NOODLE_WITHOUT_FUEL)
  static_cast<void>(k);  // tools/bench measures what fuel costs
  return;
#endif
  if (fuel_in_register_) {
    cc_.sub(fuel_, 1);
  } else {
    cc_.sub(FIELD(fuel), 1);
  }
  cc_.js(leave(k, [this] { refund(); }));
}

void Emitter::refund() {
  if (fuel_in_register_) {
    cc_.add(fuel_, 1);
  } else {
    cc_.add(FIELD(fuel), 1);
  }
}

void Emitter::save_fuel() {
  if (fuel_in_register_) cc_.mov(FIELD(fuel), fuel_);
}

void Emitter::load_fuel() {
  if (fuel_in_register_) cc_.mov(fuel_, FIELD(fuel));
}

Emitter::Gp Emitter::call_helper(const Op& op, Helper helper) {
  save_fuel();
  InvokeNode* call = nullptr;
  cc_.invoke(&call, imm(reinterpret_cast<std::uintptr_t>(helper)), HelperSignature());
  const Gp answer = temp();
  call->setArg(0, context_);
  call->setArg(1, imm(reinterpret_cast<std::uintptr_t>(flow_.words(op))));
  call->setArg(2, s_);
  call->setArg(3, p_);
  call->setArg(4, frame_);
  call->setArg(5, imm(reinterpret_cast<std::uintptr_t>(&function_)));
  call->setRet(0, answer);
  load_fuel();
  return answer;
}

void Emitter::leave_after(std::uint32_t k, CondCode failed) {
  // The window of a call is in memory already, and the native may have changed it.
  const std::uint32_t below = is_call(at(k).handler) ? at(k).portable.a : 256;
  cc_.j(failed, cold([this, kept = kept(k, below)] {
          write_back(kept);
          const Gp nothing = temp();
          cc_.xor_(nothing, nothing);
          cc_.ret(nothing);
        }));
}

asmjit::Label Emitter::slow_path(std::uint32_t k, Helper helper, std::uint64_t most, const Facts& after, Label done,
                                 std::function<void()> before, std::function<void(Gp)> then) {
  return cold(
      [this, k, helper, most, after, done, registers = now_, before = std::move(before), then = std::move(then)] {
        const auto saved = std::exchange(now_, registers);
        if (before) before();
        const Gp answer = call_helper(at(k), helper);
        cc_.cmp(answer, most);
        leave_after(k, CondCode::kA);
        if (then) then(answer);
        load(after);
        cc_.jmp(done);
        now_ = saved;
      });
}

// ---- registers

Emitter::Gp Emitter::general_web(std::uint32_t web) {
  if (!generals_[web].isValid()) generals_[web] = temp();
  return generals_[web];
}

Emitter::Xmm Emitter::vector_web(std::uint32_t web) {
  if (!vectors_[web].isValid()) vectors_[web] = cc_.newXmmSd();
  return vectors_[web];
}

Emitter::Gp Emitter::general(std::uint32_t s) {
  const std::uint32_t web = now_[s];
  if (flow_.bank(web) == Bank::general) return general_web(web);
  return bits_of(vector_web(web));
}

/// asmjit takes a spilled operand of movq from memory, which movq to a general register cannot do: copy it first.
Emitter::Gp Emitter::bits_of(Xmm value) {
  const Xmm copy = cc_.newXmmSd();
  const Gp bits = temp();
  cc_.movaps(copy, value);
  cc_.movq(bits, copy);
  return bits;
}

Emitter::Xmm Emitter::vector(std::uint32_t s) {
  const std::uint32_t web = now_[s];
  if (flow_.bank(web) == Bank::vector) return vector_web(web);
  const Xmm copy = cc_.newXmmSd();
  cc_.movq(copy, general_web(web));
  return copy;
}

/// Where to compute the scalar result of an op; `define` finishes it.
Emitter::Gp Emitter::result(std::uint32_t k) {
  const std::uint32_t web = flow_.web_of_result(k);
  return flow_.bank(web) == Bank::general ? general_web(web) : temp();
}

Emitter::Xmm Emitter::vector_result(std::uint32_t k) {
  const std::uint32_t web = flow_.web_of_result(k);
  return flow_.bank(web) == Bank::vector ? vector_web(web) : cc_.newXmmSd();
}

void Emitter::define(std::uint32_t k, Gp value) {
  const std::uint32_t web = flow_.web_of_result(k);
  if (flow_.bank(web) == Bank::vector) {
    cc_.movq(vector_web(web), value);
  } else if (value.id() != general_web(web).id()) {
    cc_.mov(general_web(web), value);
  }
}

void Emitter::define(std::uint32_t k, Xmm value) {
  const std::uint32_t web = flow_.web_of_result(k);
  if (flow_.bank(web) == Bank::general) {
    cc_.mov(general_web(web), bits_of(value));
  } else if (value.id() != vector_web(web).id()) {
    cc_.movaps(vector_web(web), value);
  }
}

void Emitter::store(const Mem& to, std::uint32_t web) {
  if (flow_.bank(web) == Bank::general) {
    cc_.mov(to, general_web(web));
  } else {
    cc_.movsd(to, vector_web(web));
  }
}

void Emitter::load_web(std::uint32_t web, const Mem& from) {
  if (flow_.bank(web) == Bank::general) {
    cc_.mov(general_web(web), from);
  } else {
    cc_.movsd(vector_web(web), from);
  }
}

Emitter::Gp Emitter::pointer(std::uint32_t p) {
  if (!pointers_[p].isValid()) pointers_[p] = temp();
  if (!facts_.pointer[p]) cc_.mov(pointers_[p], pointer_home(p));
  facts_.pointer.set(p);
  return pointers_[p];
}

Emitter::Gp Emitter::storage(std::uint32_t p) {
  if (!storages_[p].isValid()) storages_[p] = temp();
  if (!facts_.storage[p]) {
    cc_.mov(storages_[p], x86::qword_ptr(pointer(p), kListStorage));
  }
  facts_.storage.set(p);
  return storages_[p];
}

Emitter::Gp Emitter::length(std::uint32_t p) {
  if (!lengths_[p].isValid()) lengths_[p] = temp();
  if (!facts_.length[p]) {
    cc_.mov(lengths_[p], x86::qword_ptr(pointer(p), kListLength));
  }
  facts_.length.set(p);
  return lengths_[p];
}

void Emitter::set_pointer(std::uint32_t p, Gp value) {
  if (!pointers_[p].isValid()) pointers_[p] = temp();
  if (pointers_[p].id() != value.id()) cc_.mov(pointers_[p], value);
  cc_.mov(pointer_home(p), pointers_[p]);
  facts_.forget(p);
  facts_.pointer.set(p);
}

/// True when the old value of the register an op writes is needed by whoever continues at the op.
bool Emitter::is_kept_by_exit(std::uint32_t k) const {
  const std::uint32_t s = scalar_result(at(k));
  return s < 256 && flow_.live_before(k)[s] && now_[s] == flow_.web_of_result(k);
}

Emitter::Gp Emitter::constant(std::uint64_t value) {
  const Gp copy = temp();
  cc_.mov(copy, value);
  return copy;
}

Emitter::Xmm Emitter::constant_vector(std::uint64_t bits) {
  const Xmm copy = cc_.newXmmSd();
  if (bits == 0) {
    cc_.xorps(copy, copy);
  } else {
    cc_.movsd(copy, cc_.newConst(ConstPoolScope::kLocal, &bits, sizeof bits));
  }
  return copy;
}

}  // namespace noodle::jit
