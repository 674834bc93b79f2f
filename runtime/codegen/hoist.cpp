// Literals of loops: loaded into registers before the outermost loop instead of in each round.
#include <algorithm>
#include <bit>

#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

namespace {

constexpr std::size_t kMaxHoisted = 24;  // registers of each kind

bool fits_immediate(const HNode* node) {
  return node->ival >= -128 && node->ival <= 127;
}

/// True when the code for `kid` of `node` needs no register of its own for it.
bool is_folded(const HNode* node, const HNode* kid) {
  switch (node->op) {
    case HOp::let:
    case HOp::set_local:
    case HOp::return_:
    case HOp::leave:
    case HOp::loop:
    case HOp::neg:
      return true;
    case HOp::for_range:
      return kid == node->kids[0] || fits_immediate(kid);
    default:
      break;
  }
  if (node->op >= HOp::add && node->op <= HOp::ge) return fits_immediate(kid);
  return node->op >= HOp::call && node->op <= HOp::host_object;  // goes into a window
}

template <class T>
void add(std::vector<T>& list, T item) {
  if (list.size() < kMaxHoisted && std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

}  // namespace

void FunctionGen::collect_literals(const HNode* node, Literals& found) {
  if (!node) return;
  const bool calls = node->op == HOp::call || node->op == HOp::new_object;
  if (calls && node->func && can_inline(node->func)) collect_literals(node->func->body, found);
  for (const HNode* kid : node->kids) {
    if (!kid) continue;
    if (kid->op == HOp::const_float && node->op != HOp::neg) {
      add(found.scalars, std::bit_cast<std::uint64_t>(kid->fval));
    } else if (kid->op == HOp::const_int && !is_folded(node, kid)) {
      add(found.scalars, static_cast<std::uint64_t>(kid->ival));
    } else if (kid->op == HOp::const_string && (node->op == HOp::eq || node->op == HOp::ne)) {
      add(found.strings, kid->text);
    }
    collect_literals(kid, found);
  }
}

void FunctionGen::forget_constants() {
  hoisted_scalars_.clear();
  hoisted_strings_.clear();
}

/// Before an outermost loop: literals of its body get registers until the loop ends.
void FunctionGen::hoist_constants(const HNode* loop) {
  if (loop_depth_ > 0 || !builder_.options.optimise.literals) return;
  forget_constants();
  Literals found;
  collect_literals(loop, found);
  std::unordered_map<std::uint64_t, Reg> scalars;
  std::unordered_map<std::string_view, Reg> strings;
  for (const std::uint64_t bits : found.scalars) {
    scalars[bits] = constant(static_cast<std::int64_t>(bits), alloc(Rep::s));
  }
  for (const std::string_view text : found.strings) strings[text] = constant_string(text, alloc(Rep::p));
  hoisted_scalars_ = std::move(scalars);
  hoisted_strings_ = std::move(strings);
}

}  // namespace noodle::codegen
