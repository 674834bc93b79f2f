// List.unique and std.math.clamp: natives over any type that the VM's own table leaves to the library.
#include <bit>
#include <memory>
#include <vector>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {
namespace {

using bytecode::TypeKind;
using vm::NativeContext;
using vm::NativeStatus;

constexpr std::int64_t kValuesPerStep = 512;
constexpr std::int64_t kComparisonsPerStep = 4096;

/// True for types that may be keys, so that value_hash takes their values. `depth` bounds types that contain
/// themselves.
bool is_key_type(const vm::Program& program, bytecode::TypeRef type, int depth = 0) {
  const bytecode::TypeDef& def = program.module.types[type.index];
  const auto all_fields = [&](const bytecode::TypeDef& of) {
    for (const bytecode::FieldDef& field : of.fields) {
      if (!is_key_type(program, field.type, depth + 1)) return false;
    }
    return true;
  };
  if (bytecode::is_scalar_kind(def.kind) || depth > 8) return bytecode::is_scalar_kind(def.kind);
  switch (def.kind) {
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::actor_ref:
      return true;
    case TypeKind::object:
      return def.is_record && all_fields(def);
    case TypeKind::enum_:
      for (const bytecode::TypeIndex type_of_case : def.case_types) {
        if (!all_fields(program.module.types[type_of_case])) return false;
      }
      return true;
    default:
      return false;
  }
}

/// Which elements have been met: cells of element index + 1, by hash. Elements are looked at in the source list, which
/// stays in p[0] while this lives.
struct Seen final : vm::RootSource {
  Seen(std::int64_t count, bool h) : hashes(h), cells(std::bit_ceil(static_cast<std::size_t>(count) * 2 + 2)) {}
  void visit_roots(vm::RootVisitor&) override {}
  const bool hashes;  // else every element is compared with all that were met
  std::vector<std::uint32_t> cells;
};

/// How elements of a list are hashed and compared.
class Elements {
 public:
  Elements(const NativeContext& native, bool hashes)
      : program_(native.program),
        list_(static_cast<const vm::ListObject*>(native.p[0])),
        storage_(vm::element_storage(native, list_)),
        hashes_(hashes),
        is_float_(vm::kind_of(native, vm::element_type(native, list_).index) == TypeKind::float_) {}
  std::uint32_t hash(std::int64_t index) const {
    if (storage_ == vm::Storage::byte) return vm::hash_scalar(list_->storage->bytes()[index]);
    if (storage_ == vm::Storage::scalar) {
      const std::uint64_t bits = list_->storage->slots()[index].u;
      return vm::hash_scalar(is_float_ ? vm::canonical_float(bits) : bits);
    }
    const vm::Object* value = list_->storage->pointers()[index];
    return hashes_ && value ? vm::value_hash(program_, value) : 0;
  }
  bool equal(std::int64_t a, std::int64_t b) const {
    switch (storage_) {
      case vm::Storage::byte:
        return list_->storage->bytes()[a] == list_->storage->bytes()[b];
      case vm::Storage::scalar: {
        const vm::Slot* slots = list_->storage->slots();
        if (!is_float_) return slots[a].u == slots[b].u;
        return vm::canonical_float(slots[a].u) == vm::canonical_float(slots[b].u);
      }
      case vm::Storage::pointer:
        break;
    }
    return vm::values_equal(program_, list_->storage->pointers()[a], list_->storage->pointers()[b]);
  }

 private:
  const vm::Program& program_;
  const vm::ListObject* list_;
  const vm::Storage storage_;
  const bool hashes_;
  const bool is_float_;
};

/// True if element `index` is the first of its value.
bool is_first(Seen& seen, const Elements& elements, std::int64_t index) {
  const std::size_t mask = seen.cells.size() - 1;
  std::size_t cell = elements.hash(index) & mask;
  while (seen.cells[cell]) {
    if (elements.equal(seen.cells[cell] - 1, index)) return false;
    cell = (cell + 1) & mask;
  }
  seen.cells[cell] = static_cast<std::uint32_t>(index) + 1;
  return true;
}

void copy_element(const vm::ListObject* from, std::int64_t index, vm::ListObject* to, vm::Storage kind) {
  const std::size_t size = vm::element_size(kind);
  std::memcpy(vm::element_at(to, size, to->count++), vm::element_at(from, size, index), size);
}

// (list). The result grows in native_scratch.
NativeStatus unique(NativeContext& native) {
  vm::Process& process = native.process;
  const std::int64_t count = vm::list_at(native, 0)->count;
  if (!process.native_state) {
    process.native_scratch = vm::new_list(process, native.p[0]->class_id(), 0);
    if (!process.native_scratch) return NativeStatus::trap;
    process.native_state =
        std::make_unique<Seen>(count, is_key_type(native.program, vm::element_type(native, native.p[0])));
  }
  auto& seen = static_cast<Seen&>(*process.native_state);
  while (process.native_progress < count) {
    const std::int64_t step = seen.hashes ? kValuesPerStep : 1 + kComparisonsPerStep / (process.native_progress + 1);
    const std::int64_t stop = std::min(process.native_progress + step, count);
    native.charge(seen.hashes ? static_cast<std::uint64_t>(stop - process.native_progress) / 4 + 1
                              : kComparisonsPerStep / 16);
    for (; process.native_progress < stop; ++process.native_progress) {
      if (!is_first(seen, Elements(native, seen.hashes), process.native_progress)) continue;
      const vm::Storage kind = vm::element_storage(native, native.p[0]);
      auto* result = static_cast<vm::ListObject*>(process.native_scratch);
      if (result->count == vm::list_capacity(result) && !vm::grow_list_by_one(process, process.native_scratch, kind)) {
        vm::end_steps(process);
        return NativeStatus::trap;
      }
      copy_element(vm::list_at(native, 0), process.native_progress,
                   static_cast<vm::ListObject*>(process.native_scratch), kind);
    }
    if (process.native_progress < count && vm::out_of_slice(native)) return NativeStatus::again;
  }
  native.p[0] = process.native_scratch;
  vm::end_steps(process);
  return NativeStatus::ok;
}

// (value, low, high)
NativeStatus clamp(NativeContext& native) {
  const bytecode::TypeIndex type = vm::result_type(native);
  const TypeKind kind = native.program.module.types[type].kind;
  vm::Slot* s = native.s;
  if (kind == TypeKind::float_) {
    if (s[0].f < s[1].f) {
      s[0] = s[1];
    } else if (s[0].f > s[2].f) {
      s[0] = s[2];
    }
    return NativeStatus::ok;
  }
  if (bytecode::is_scalar_kind(kind)) {
    if (s[0].i < s[1].i) {
      s[0] = s[1];
    } else if (s[0].i > s[2].i) {
      s[0] = s[2];
    }
    return NativeStatus::ok;
  }
  if (type != bytecode::kString) {
    return native.trap(Code::invalid_argument,
                       "clamp needs values that have <, not " + native.program.module.types[type].name);
  }
  bool no_memory = false;
  if (vm::compare_texts(native.process, native.p[0], native.p[1], no_memory) < 0) {
    native.p[0] = native.p[1];
  } else if (!no_memory && vm::compare_texts(native.process, native.p[0], native.p[2], no_memory) > 0) {
    native.p[0] = native.p[2];
  }
  return no_memory ? NativeStatus::trap : NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"list.unique", "(List<T>)List<T>", unique},
    {"math.clamp", "(T, T, T)T", clamp},
};

}  // namespace

NativeTable unique_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
