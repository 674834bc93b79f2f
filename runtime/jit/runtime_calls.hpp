// What machine code calls for the rare or long part of an instruction.
//
// A helper finds its operands in the register stacks, at the places the instruction at `pc` names, and leaves its
// result there. It returns a value as described; where that says failure, Context::machine_exit says why and the
// machine code returns at once. Threads: the thread that runs the process.
#pragma once

#include <cstdint>

#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::jit {

using Helper = std::uint64_t (*)(vm::Context*, const std::uint64_t* pc, vm::Slot* s, vm::Object** p, vm::Frame*,
                                 const vm::Function*);

// 0: failure, else the object (also in P[A])
std::uint64_t help_new(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*, const vm::Function*);
std::uint64_t help_box(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*, const vm::Function*);
std::uint64_t help_new_list(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                            const vm::Function*);
std::uint64_t help_concatenate(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                               const vm::Function*);
// 0: failure, else 1
std::uint64_t help_native(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*, const vm::Function*);
std::uint64_t help_spawn(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*, const vm::Function*);
std::uint64_t help_spawn_function(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                                  const vm::Function*);
std::uint64_t help_send(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*, const vm::Function*);
std::uint64_t help_send_value(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                              const vm::Function*);
std::uint64_t help_push_scalar(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                               const vm::Function*);
std::uint64_t help_push_byte(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                             const vm::Function*);
std::uint64_t help_push_pointer(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                                const vm::Function*);
std::uint64_t help_compare_texts(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                                 const vm::Function*);
// 0: different, 1: equal, 2: failure; texts in P[A], P[B] or in P[B], P[C]
std::uint64_t help_equal_ab(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                            const vm::Function*);
std::uint64_t help_equal_bc(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                            const vm::Function*);
// a byte, or more than 255: failure; the index is in S[C]
std::uint64_t help_text_byte(vm::Context*, const std::uint64_t*, vm::Slot*, vm::Object**, vm::Frame*,
                             const vm::Function*);

// These neither allocate nor fail.
std::uint64_t text_length(const vm::Object* text);
std::uint64_t is_of_type(const vm::Program* program, const vm::Object* object, std::uint64_t type);
std::uint64_t is_subclass(const vm::Program* program, const vm::Object* object, std::uint64_t target);
const vm::Function* find_method(const vm::Program* program, const vm::Object* object, std::uint64_t selector);
/// 0, 1, or 2: one is a rope.
std::uint64_t flat_texts_equal(const vm::Object* left, const vm::Object* right);
double remainder_of(double a, double b);

}  // namespace noodle::jit
