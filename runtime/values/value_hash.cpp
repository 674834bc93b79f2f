#include <sys/random.h>

#include <atomic>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;

/// Random at each start of the node, so that nobody can choose keys that collide.
std::uint64_t make_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) seed = kMultiplier;
  return seed;
}

const std::uint64_t seed = make_seed();

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * kMultiplier;
  return hash ^ hash >> 29;
}

}  // namespace

std::uint32_t hash_bytes(std::string_view bytes) {
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
  return hash ? hash : 1;  // 0 means: not computed
}

std::uint32_t hash_scalar(std::uint64_t bits) {
  const std::uint64_t product = (bits ^ seed) * kMultiplier;
  return static_cast<std::uint32_t>(product >> 32);
}

std::uint32_t hash_text(const Object* text) {
  std::string_view view;
  if (text->class_id() == bytecode::kString) {
    // Static Strings are shared between threads, which all compute the same.
    auto& kept = const_cast<StringObject*>(static_cast<const StringObject*>(text))->hash;
    const std::atomic_ref<std::uint32_t> shared(kept);
    std::uint32_t hash = shared.load(std::memory_order_relaxed);
    if (hash) return hash;
    hash = hash_bytes(static_cast<const StringObject*>(text)->view());
    shared.store(hash, std::memory_order_relaxed);
    return hash;
  }
  if (contiguous_text(text, view)) return hash_bytes(view);
  std::string copy(text_bytes(text), '\0');
  copy_text(text, copy.data());
  return hash_bytes(copy);
}

std::uint32_t value_hash(const Program& program, const Object* value) {
  // Values are visited in pre-order; equal values give equal sequences. Keys are immutable and thus acyclic.
  std::uint64_t hash = seed;
  std::vector<const Object*> pending{value};
  while (!pending.empty()) {
    const Object* object = pending.back();
    pending.pop_back();
    if (!object) {
      hash = mix(hash, 0);
      continue;
    }
    const std::uint32_t id = object->class_id();
    const Class& cls = program.classes[id];
    if (id == bytecode::kString || id == kRope) {
      hash = mix(hash, hash_text(object));
      continue;
    }
    if (id == bytecode::kBytes) {
      hash = mix(hash, hash_bytes({reinterpret_cast<const char*>(object->bytes()), object->length()}));
      continue;
    }
    const bool record = cls.kind == TypeKind::object && cls.def->is_record;
    if (cls.kind == TypeKind::actor_ref) {
      hash = mix(hash, object->slots()[0].u);
    } else if (cls.kind == TypeKind::box) {
      const bool floating = program.classes[cls.def->args[0].index].kind == TypeKind::float_;
      hash = mix(mix(hash, id), floating ? canonical_float(object->slots()[0].u) : object->slots()[0].u);
    } else if (record || cls.kind == TypeKind::enum_case) {
      hash = mix(hash, id);
      for (std::uint32_t slot = cls.slot_count; slot-- > 0;) {
        if (cls.pointer_map[slot / 64] >> (slot % 64) & 1) {
          pending.push_back(object->pointers()[slot]);
          continue;
        }
        const bool floating = program.classes[cls.def->fields[slot].type.index].kind == TypeKind::float_;
        const std::uint64_t bits = object->slots()[slot].u;
        hash = mix(hash, floating ? canonical_float(bits) : bits);
      }
    } else {
      hash = mix(hash, id);  // collections and instances are no keys; they only need to be consistent
    }
  }
  const auto folded = static_cast<std::uint32_t>(hash ^ hash >> 32);
  return folded ? folded : 1;
}

}  // namespace noodle::vm
