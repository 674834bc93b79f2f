#include <cstring>

#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::size_t kCycleSuspicion = 1000;  // containers compared before they are remembered

bool is_text(const Object* object) {
  return object->class_id() == bytecode::kString || object->class_id() == kRope;
}

bool same_text(const Object* left, const Object* right) {
  const std::size_t bytes = text_bytes(left);
  if (bytes != text_bytes(right)) return false;
  std::string_view a, b;
  std::string left_copy, right_copy;
  const auto view = [bytes](const Object* text, std::string_view& out, std::string& copy) {
    if (contiguous_text(text, out)) return;
    copy.resize(bytes);
    copy_text(text, copy.data());
    out = copy;
  };
  view(left, a, left_copy);
  view(right, b, right_copy);
  return a == b;
}

}  // namespace

ValueComparison::ValueComparison(const Program& program, NanRule nan, const Object* left, const Object* right)
    : program_(program), nan_(nan) {
  equal_ = compare(left, right);
}

ValueComparison::Answer ValueComparison::step(std::uint64_t budget) {
  const std::uint64_t stop = visited_ + budget;
  while (equal_ && !open_.empty()) {
    if (visited_ >= stop) return Answer::unknown;
    const Pair pair = open_.back();
    const std::int64_t index = open_.back().next++;
    if (index >= pair.count) {
      open_.pop_back();
    } else {
      equal_ = compare_child(pair, index);
    }
  }
  return equal_ ? Answer::equal : Answer::unequal;
}

void ValueComparison::visit_roots(RootVisitor& visitor) {
  for (Pair& pair : open_) {
    auto* left = const_cast<Object*>(pair.left);
    auto* right = const_cast<Object*>(pair.right);
    visitor.visit(left);
    visitor.visit(right);
    pair.left = left;
    pair.right = right;
  }
  same_as_.clear();
  cells_.clear();
}

bool ValueComparison::same_scalar(TypeKind kind, Slot a, Slot b) const {
  if (kind != TypeKind::float_) return a.i == b.i;
  return a.f == b.f || (nan_ == NanRule::equal && a.f != a.f && b.f != b.f);
}

/// Compares what needs no descent; opens containers.
bool ValueComparison::compare(const Object* left, const Object* right) {
  ++visited_;
  if (left == right) return nan_ == NanRule::equal || !left || !is_nan_box(left);
  if (!left || !right) return false;
  if (is_text(left)) return is_text(right) && same_text(left, right);
  const Class& cls = program_.classes[left->class_id()];
  if (cls.kind == TypeKind::actor_ref) {
    return program_.classes[right->class_id()].kind == TypeKind::actor_ref && left->slots()[0].u == right->slots()[0].u;
  }
  if (left->class_id() != right->class_id()) return false;
  switch (cls.kind) {
    case TypeKind::bytes:
      return left->length() == right->length() && std::memcmp(left->bytes(), right->bytes(), left->length()) == 0;
    case TypeKind::box:
      return same_scalar(kind_of(cls.def->args[0].index), left->slots()[0], right->slots()[0]);
    case TypeKind::list:
      return open_lists(cls, static_cast<const ListObject*>(left), static_cast<const ListObject*>(right));
    case TypeKind::map:
    case TypeKind::set: {
      const auto* a = static_cast<const MapObject*>(left);
      if (a->count != static_cast<const MapObject*>(right)->count) return false;
      return open(left, right, a->used);
    }
    case TypeKind::enum_case:
      return open(left, right, cls.slot_count);
    case TypeKind::object:
      if (cls.id == bytecode::kError) return open(left, right, kErrorTrace);  // where it was thrown does not count
      return cls.def->is_record && open(left, right, cls.slot_count);
    default:
      return false;
  }
}

bool ValueComparison::is_nan_box(const Object* object) const {
  const Class& cls = program_.classes[object->class_id()];
  if (cls.kind != TypeKind::box || kind_of(cls.def->args[0].index) != TypeKind::float_) return false;
  return object->slots()[0].f != object->slots()[0].f;
}

bool ValueComparison::open(const Object* left, const Object* right, std::int64_t count) {
  if (count == 0) return true;
  if (++opened_ > kCycleSuspicion) {
    const Object* a = representative(left);
    const Object* b = representative(right);
    if (a == b) return true;  // holds unless a difference is found elsewhere, and then nothing matters
    same_as_[a] = b;
  }
  open_.push_back({left, right, count, 0});
  return true;
}

/// Of the containers that have to be equal if the whole is (union-find, as J. Hopcroft and R. Karp compare automata,
/// 1971): no more comparisons than containers, where pairs could be as many as their product.
const Object* ValueComparison::representative(const Object* object) {
  for (auto at = same_as_.find(object); at != same_as_.end(); at = same_as_.find(object)) {
    const auto above = same_as_.find(at->second);
    if (above == same_as_.end()) return at->second;
    at->second = above->second;  // halves the path for the next time
    object = above->second;
  }
  return object;
}

bool ValueComparison::open_lists(const Class& cls, const ListObject* left, const ListObject* right) {
  if (left->count != right->count) return false;
  if (left->count == 0) return true;
  const auto count = static_cast<std::size_t>(left->count);
  if (cls.element == Storage::pointer) return open(left, right, left->count);
  visited_ += count / 8;
  if (cls.element == Storage::byte) return std::memcmp(left->storage->bytes(), right->storage->bytes(), count) == 0;
  if (kind_of(cls.def->args[0].index) != TypeKind::float_) {
    return std::memcmp(left->storage->slots(), right->storage->slots(), count * sizeof(Slot)) == 0;
  }
  for (std::size_t k = 0; k < count; ++k) {
    if (!same_scalar(TypeKind::float_, left->storage->slots()[k], right->storage->slots()[k])) return false;
  }
  return true;
}

bool ValueComparison::compare_child(const Pair& pair, std::int64_t index) {
  const Class& cls = program_.classes[pair.left->class_id()];
  if (cls.kind == TypeKind::list) {
    return compare(static_cast<const ListObject*>(pair.left)->storage->pointers()[index],
                   static_cast<const ListObject*>(pair.right)->storage->pointers()[index]);
  }
  if (cls.kind == TypeKind::map || cls.kind == TypeKind::set) return compare_entry(cls, pair, index);
  if (cls.pointer_map[index / 64] >> (index % 64) & 1) {
    return compare(pair.left->pointers()[index], pair.right->pointers()[index]);
  }
  const auto slot = static_cast<std::size_t>(index);
  return same_scalar(kind_of(cls.def->fields[slot].type.index), pair.left->slots()[index], pair.right->slots()[index]);
}

/// Maps are equal when each key of the left one has an equal value in the right one.
bool ValueComparison::compare_entry(const Class& cls, const Pair& pair, std::int64_t index) {
  const auto* left = static_cast<const MapObject*>(pair.left);
  const auto* right = static_cast<const MapObject*>(pair.right);
  if (!is_live(left, index)) return true;
  const std::int64_t found = map_find_quietly(program_, right, key_at(cls, left, index), cells_for(right));
  if (found < 0) return false;
  if (cls.kind == TypeKind::set) return true;
  const MapValue a = value_at(cls, left, index);
  const MapValue b = value_at(cls, right, found);
  if (cls.value == Storage::pointer) return compare(a.pointer, b.pointer);
  return same_scalar(kind_of(cls.def->args[1].index), a.scalar, b.scalar);
}

/// Cells for a large map that has no index.
const std::vector<std::uint64_t>* ValueComparison::cells_for(const MapObject* map) {
  if (!lacks_index(map)) return nullptr;
  auto& cells = cells_[map];
  if (cells.empty()) cells = make_cells(program_, map);
  return &cells;
}

bool values_equal(const Program& program, const Object* left, const Object* right, NanRule nan) {
  if (left && right && left->class_id() == bytecode::kString && right->class_id() == bytecode::kString) {
    const auto* a = static_cast<const StringObject*>(left);
    const auto* b = static_cast<const StringObject*>(right);
    return a->view() == b->view();
  }
  return ValueComparison(program, nan, left, right).step(~std::uint64_t{0} / 2) == ValueComparison::Answer::equal;
}

}  // namespace noodle::vm
