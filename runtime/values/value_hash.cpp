#include <sys/random.h>

#include <atomic>
#include <unordered_map>
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

namespace {

constexpr std::size_t kSharingSuspicion = 1000;  // parts visited before hashes are remembered

bool has_parts(const Class& cls) {
  return cls.kind == TypeKind::enum_case || (cls.kind == TypeKind::object && cls.def->is_record);
}

bool is_float(const Program& program, bytecode::TypeIndex type) {
  return program.classes[type].kind == TypeKind::float_;
}

std::uint64_t scalar_bits(bool floating, Slot slot) {
  return floating ? canonical_float(slot.u) : slot.u;
}

/// Hash of an object without parts.
std::uint64_t leaf_hash(const Program& program, const Object* object) {
  const std::uint32_t id = object->class_id();
  const Class& cls = program.classes[id];
  if (id == bytecode::kString || id == kRope) return hash_text(object);
  if (id == bytecode::kBytes) return hash_bytes({reinterpret_cast<const char*>(object->bytes()), object->length()});
  if (cls.kind == TypeKind::actor_ref) return mix(seed, object->slots()[0].u);
  if (cls.kind == TypeKind::box) {
    return mix(mix(seed, id), scalar_bits(is_float(program, cls.def->args[0].index), object->slots()[0]));
  }
  return mix(seed, id);  // collections and instances are no keys; they only need to be consistent
}

/// Hashes a key from its parts upwards. Keys are immutable and thus acyclic; parts that are shared are hashed once, as
/// the paths to them can be more than anybody can count.
class KeyHash {
 public:
  explicit KeyHash(const Program& program) : program_(program) {}

  std::uint64_t of(const Object* key) {
    std::uint64_t hash = 0;
    if (known(key, hash)) return hash;
    while (true) {
      Open& top = open_.back();
      if (top.slot == top.cls->slot_count) {
        hash = top.hash;
        if (visited_ > kSharingSuspicion) shared_.emplace(top.object, hash);
        open_.pop_back();
        if (open_.empty()) return hash;
        open_.back().hash = mix(open_.back().hash, hash);
        continue;
      }
      const std::uint32_t slot = top.slot++;
      if (!(top.cls->pointer_map[slot / 64] >> (slot % 64) & 1)) {
        const bool floating = is_float(program_, top.cls->def->fields[slot].type.index);
        top.hash = mix(top.hash, scalar_bits(floating, top.object->slots()[slot]));
      } else if (known(top.object->pointers()[slot], hash)) {
        top.hash = mix(top.hash, hash);
      }
    }
  }

 private:
  struct Open {
    const Object* object;
    const Class* cls;
    std::uint32_t slot;  // those before are in the hash
    std::uint64_t hash;
  };

  /// The hash, if it can be told at once; else the object is opened.
  bool known(const Object* object, std::uint64_t& hash) {
    hash = 0;
    if (!object) return true;
    if (++visited_ > kSharingSuspicion) {
      const auto found = shared_.find(object);
      if (found != shared_.end()) {
        hash = found->second;
        return true;
      }
    }
    const std::uint32_t id = object->class_id();
    const Class& cls = program_.classes[id];
    if (!has_parts(cls)) {
      hash = leaf_hash(program_, object);
      return true;
    }
    open_.push_back({object, &cls, 0, mix(seed, id)});
    return false;
  }

  const Program& program_;
  std::vector<Open> open_;
  std::unordered_map<const Object*, std::uint64_t> shared_;
  std::size_t visited_ = 0;
};

}  // namespace

std::uint32_t value_hash(const Program& program, const Object* value) {
  const std::uint64_t hash = KeyHash(program).of(value);
  const auto folded = static_cast<std::uint32_t>(hash ^ hash >> 32);
  return folded ? folded : 1;
}

}  // namespace noodle::vm
