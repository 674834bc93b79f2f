#include "runtime/bytecode/module_view.hpp"

#include <algorithm>

namespace noodle::bytecode {

namespace {

template <class Table>
std::vector<CallShape> shapes_of(const Module& module, const Table& table) {
  std::vector<CallShape> shapes;
  shapes.reserve(table.size());
  for (const auto& entry : table) shapes.push_back(shape_of(module, entry.signature));
  return shapes;
}

bool contains(const std::vector<TypeIndex>& list, TypeIndex index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

}  // namespace

bool is_subtype(const Module& module, TypeIndex from, TypeIndex to) {
  if (from == to || to == kAny) return true;
  const TypeDef& def = module.types[from];
  switch (def.kind) {
    case TypeKind::object:
      // An actor's interfaces are what its ActorRef answers to; its state object has no such methods.
      if (module.types[to].kind == TypeKind::interface) return !def.is_actor && contains(def.interfaces, to);
      for (TypeIndex up = def.parent; up != kNone; up = module.types[up].parent) {
        if (up == to) return true;
      }
      return false;
    case TypeKind::enum_case:
      return def.parent == to || contains(def.interfaces, to);
    case TypeKind::enum_:
    case TypeKind::interface:
      return contains(def.interfaces, to);
    case TypeKind::closure:
      return def.result.index == to || contains(def.interfaces, to);
    case TypeKind::actor_ref:
      return to == kActorRefAny;
    default:
      return false;
  }
}

std::vector<TypeIndex> children_first(const Module& module) {
  std::vector<std::vector<TypeIndex>> by_depth(1);
  for (TypeIndex index = 0; index < module.types.size(); ++index) {
    std::size_t depth = 0;
    for (TypeIndex up = module.types[index].parent; up != kNone; up = module.types[up].parent) ++depth;
    if (depth >= by_depth.size()) by_depth.resize(depth + 1);
    by_depth[depth].push_back(index);
  }
  std::vector<TypeIndex> order;
  order.reserve(module.types.size());
  for (auto level = by_depth.rbegin(); level != by_depth.rend(); ++level)
    order.insert(order.end(), level->begin(), level->end());
  return order;
}

CallShape shape_of(const Module& module, const Signature& signature) {
  CallShape shape;
  for (const TypeRef& p : signature.params) {
    if (is_scalar_kind(module.types[p.index].kind)) {
      ++shape.scalars;
    } else {
      shape.pointers.push_back(to_cell(p));
    }
  }
  if (signature.result.index == kVoid) return shape;
  shape.result = is_scalar_kind(module.types[signature.result.index].kind) ? 's' : 'p';
  shape.result_cell = to_cell(signature.result);
  return shape;
}

ModuleView::ModuleView(const Module& module) : module_(module) {
  functions_ = shapes_of(module, module.functions);
  natives_ = shapes_of(module, module.natives);
  selectors_ = shapes_of(module, module.selectors);
  handlers_ = shapes_of(module, module.handlers);
  for (const ActorDef& actor : module.actors) {
    constructors_.push_back(shape_of(module, actor.constructor_args));
  }
  fields_.resize(module.types.size());
  static_closures_.assign(module.functions.size(), kNone);
  for (TypeIndex index = 0; index < module.types.size(); ++index) {
    const TypeDef& def = module.types[index];
    if (def.kind == TypeKind::func) func_types_.emplace(index, shape_of(module, {def.args, def.result}));
    if (def.kind == TypeKind::actor_ref) actor_refs_.emplace(def.args[0].index, index);
    if (def.kind == TypeKind::closure && def.fields.empty() && static_closures_[def.function] == kNone) {
      static_closures_[def.function] = index;
    }
    FieldLayout& layout = fields_[index];
    for (std::size_t slot = 0; slot < def.fields.size(); ++slot) {
      const TypeRef type = def.fields[slot].type;
      if (is_scalar(type.index)) {
        layout.scalar_slots.push_back(static_cast<std::uint8_t>(slot));
      } else {
        layout.pointer_slots.push_back(static_cast<std::uint8_t>(slot));
        layout.pointers.push_back(to_cell(type));
      }
    }
  }
  fill_slots();
}

void ModuleView::fill_slots() {
  slots_.reserve(module_.types.size());
  for (const TypeDef& def : module_.types) slots_.push_back(def.vtable);
  // Children before parents, so that each hands its implementations up by one step.
  for (const TypeIndex index : children_first(module_)) {
    const TypeDef& def = type(index);
    if (def.kind != TypeKind::object || def.parent == kNone) continue;
    std::vector<std::uint32_t>& inherited = slots_[def.parent];
    for (std::size_t slot = 0; slot < inherited.size(); ++slot) {
      if (inherited[slot] == kNone) inherited[slot] = slots_[index][slot];
    }
  }
}

TypeIndex ModuleView::actor_ref(TypeIndex actor) const {
  const auto found = actor_refs_.find(actor);
  return found == actor_refs_.end() ? TypeIndex{kActorRefAny} : found->second;
}

bool ModuleView::handles(TypeIndex actor, TypeIndex owner) const {
  return actor == owner || contains(type(actor).interfaces, owner) || is_subtype(module_, actor, owner);
}

bool ModuleView::assignable(Cell from, Cell to) const {
  if (from == kUnsetCell) return false;
  if (from == to) return true;
  if ((from & 1) > (to & 1)) return false;
  return from == kNullCell || is_subtype(module_, from >> 1, to >> 1);
}

Cell ModuleView::merge(Cell a, Cell b) const {
  if (a == b) return a;
  if (a == kUnsetCell || b == kUnsetCell) return kUnsetCell;
  const Cell nullable = (a | b) & 1;
  if (a == kNullCell) return b | 1;
  if (b == kNullCell) return a | 1;
  const TypeIndex x = a >> 1, y = b >> 1;
  if (is_subtype(module_, x, y)) return y << 1 | nullable;
  if (is_subtype(module_, y, x)) return x << 1 | nullable;
  TypeIndex common = kAny;
  if (kind(x) == TypeKind::object && kind(y) == TypeKind::object) {
    for (TypeIndex up = type(x).parent; up != kNone && common == kAny; up = type(up).parent) {
      if (is_subtype(module_, y, up)) common = up;
    }
  } else if (kind(x) == TypeKind::enum_case && kind(y) == TypeKind::enum_case && type(x).parent == type(y).parent) {
    common = type(x).parent;
  } else if (kind(x) == TypeKind::closure && kind(y) == TypeKind::closure && type(x).result == type(y).result) {
    common = type(x).result.index;
  } else if (kind(x) == TypeKind::actor_ref && kind(y) == TypeKind::actor_ref) {
    common = kActorRefAny;
  }
  return common << 1 | nullable;
}

std::string type_text(const Module& module, Cell cell) {
  if (cell == kUnsetCell) return "nothing";
  if (cell == kNullCell) return "null";
  if (cell >> 1 >= module.types.size()) return "type " + std::to_string(cell >> 1);
  const TypeDef& def = module.types[cell >> 1];
  const bool boxed = def.kind == TypeKind::box;
  return def.name + (boxed ? (cell & 1 ? "?" : " (boxed)") : (cell & 1 && def.kind != TypeKind::any) ? "?" : "");
}

std::string signature_text(const Module& module, const Signature& signature) {
  std::string text = "(";
  for (std::size_t i = 0; i < signature.params.size(); ++i) {
    text += (i ? ", " : "") + type_text(module, to_cell(signature.params[i]));
  }
  text += ")";
  return signature.result.index == kVoid ? text : text + ": " + type_text(module, to_cell(signature.result));
}

}  // namespace noodle::bytecode
