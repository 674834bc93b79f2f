#include "runtime/message/portable_image.hpp"

#include <cstring>
#include <unordered_map>

#include "messages/utf8.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

using bytecode::TypeKind;
using bytecode::TypeRef;

constexpr std::uint32_t kMagic = 0x314d494e;  // "NIM1"
constexpr std::uint32_t kFirstType = bytecode::kAny;
constexpr std::uint32_t kLongestTable = 1 << 16;
constexpr std::uint32_t kLargestRootCount = 1 << 16;

struct Header {
  std::uint32_t magic, types, roots, zero;
};

std::uint64_t with_class(std::uint64_t header, std::uint32_t id) {
  return (header & ~std::uint64_t{0xffffff00}) | std::uint64_t{id} << 8;
}

constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + 7) & ~std::size_t{7};
}

Error malformed(std::string_view what) {
  return {Code::image_malformed, "message image is malformed: " + std::string(what), {}};
}

bool is_record_like(const vm::Class& cls) {
  return (cls.kind == TypeKind::object && !cls.def->is_actor && !cls.def->is_abstract) ||
         cls.kind == TypeKind::enum_case;
}

/// Checks an image object by object and turns it into the class ids of the program. First pass: bounds, classes and
/// sizes, where objects start. Second pass: references, types and values.
class Importer {
 public:
  Importer(std::span<const char> bytes, const vm::Program& program, const std::span<const std::uint64_t>* references)
      : bytes_(bytes), program_(program), references_(references) {}

  Result<ImportedImage> run(std::span<const TypeRef> expected) {
    if (!read_header() || !find_objects() || !check_roots(expected)) return *error_;
    for (std::size_t at = 0; at < size_; at += vm::object_size(object_at(at))) {
      if (!check_object(at)) return *error_;
    }
    for (std::size_t word = 0; word < marks_.size(); ++word) {
      if (marks_[word] == Mark::storage) return malformed("storage without owner");
    }
    return std::move(image_);
  }

 private:
  enum class Mark : std::uint8_t { none, object, storage, claimed };

  bool fail(std::string_view what) {
    error_ = malformed(what);
    return false;
  }
  template <class T>
  T read(std::size_t at) const {
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  vm::Object* object_at(std::size_t at) { return reinterpret_cast<vm::Object*>(image_.objects.data() + at); }
  const vm::Class& class_at(std::size_t at) { return program_.classes[object_at(at)->class_id()]; }

  bool read_header() {
    if (bytes_.size() < sizeof(Header) || bytes_.size() % 8 != 0) return fail("too short");
    const auto header = read<Header>(0);
    if (header.magic != kMagic || header.zero != 0) return fail("no image");
    if (header.types > kLongestTable || header.roots > kLargestRootCount) return fail("tables too long");
    const std::size_t objects = sizeof(Header) + 8 * (std::size_t{header.types} + header.roots);
    if (bytes_.size() < objects) return fail("tables too long");
    for (std::uint32_t i = 0; i < header.types; ++i) {
      const auto found = program_.type_by_layout.find(read<std::uint64_t>(sizeof(Header) + 8 * std::size_t{i}));
      if (found == program_.type_by_layout.end()) {
        error_ =
            Error{Code::image_unknown_type, "the message holds a type that the receiver's program does not have", {}};
        return false;
      }
      types_.push_back(found->second);
    }
    for (std::uint32_t i = 0; i < header.roots; ++i) {
      image_.refs.push_back(read<ImageRef>(sizeof(Header) + 8 * (std::size_t{header.types} + i)));
    }
    image_.objects.assign(bytes_.begin() + static_cast<std::ptrdiff_t>(objects), bytes_.end());
    size_ = image_.objects.size();
    marks_.resize(size_ / 8);
    return true;
  }

  bool find_objects() {
    for (std::size_t at = 0; at < size_;) {
      vm::Object* object = object_at(at);
      if ((object->header & 0xff) != 1) return fail("bad object header");
      const std::uint32_t id = object->class_id();
      const std::size_t length = object->length();
      std::size_t payload = 8 * length;
      if (id < kFirstType) {
        if (id > vm::kByteArray) return fail("bad storage class");
        if (id == vm::kByteArray) payload = padded(length);
        marks_[at / 8] = Mark::storage;
      } else {
        if (id - kFirstType >= types_.size()) return fail("class out of range");
        const std::uint32_t type = types_[id - kFirstType];
        if (!has_size(program_.classes[type], length, payload)) return fail("bad object size");
        object->header = with_class(object->header, type);
        marks_[at / 8] = Mark::object;
      }
      if (payload > size_ - at - sizeof(vm::Object)) return fail("object runs past the end");
      at += sizeof(vm::Object) + payload;
    }
    return true;
  }

  /// Can objects of the class have this length? Sets the payload of texts.
  static bool has_size(const vm::Class& cls, std::size_t length, std::size_t& payload) {
    switch (cls.kind) {
      case TypeKind::string:
        payload = 8 + padded(length);
        return length <= vm::kLargestTextBytes;
      case TypeKind::bytes:
        payload = padded(length);
        return length <= vm::kLargestTextBytes;
      case TypeKind::box:
      case TypeKind::actor_ref:
        return length == 1;
      case TypeKind::list:
        return length == 2;
      case TypeKind::map:
      case TypeKind::set:
        return length == 8;
      default:
        return is_record_like(cls) && length == cls.slot_count;
    }
  }

  bool check_roots(std::span<const TypeRef> expected) {
    if (!expected.empty() && expected.size() != image_.refs.size()) return fail("wrong number of values");
    for (std::size_t i = 0; i < image_.refs.size(); ++i) {
      if (!check_ref(image_.refs[i], expected.empty() ? TypeRef{bytecode::kAny, true} : expected[i])) return false;
    }
    return true;
  }

  bool starts_object(ImageRef ref, Mark kind) {
    return (ref & 1) && image_offset(ref) % 8 == 0 && image_offset(ref) < size_ &&
           marks_[image_offset(ref) / 8] == kind;
  }

  bool check_ref(ImageRef ref, TypeRef type) {
    if (ref == 0) return type.nullable || fail("null where a value is needed");
    if (!starts_object(ref, Mark::object)) return fail("bad reference");
    const std::uint32_t id = object_at(image_offset(ref))->class_id();
    return vm::is_instance(program_, id, type.index) || fail("value of a wrong type");
  }

  bool check_scalar(std::uint64_t value, bytecode::TypeIndex type) {
    const bytecode::TypeDef& def = program_.module.types[type];
    const bool fits = def.kind == TypeKind::bool_         ? value <= 1
                      : def.kind == TypeKind::byte        ? value <= 255
                      : def.kind == TypeKind::scalar_enum ? value < def.cases.size()
                                                          : true;
    return fits || fail("scalar out of range");
  }

  bool check_object(std::size_t at) {
    vm::Object* object = object_at(at);
    if (object->class_id() < kFirstType) return true;  // checked with its owner
    const vm::Class& cls = class_at(at);
    switch (cls.kind) {
      case TypeKind::string:
        return check_string(*static_cast<vm::StringObject*>(object));
      case TypeKind::bytes:
        return true;
      case TypeKind::actor_ref:
        return !references_ || check_reference(object->slots()[0].u);
      case TypeKind::box:
        return check_scalar(object->slots()[0].u, cls.def->args[0].index);
      case TypeKind::list:
        return check_list(cls, object->slots());
      case TypeKind::map:
      case TypeKind::set:
        return check_map(cls, object->slots());
      default:
        return check_fields(cls, object->slots());
    }
  }

  bool check_reference(std::uint64_t& pid) {
    if (pid >= references_->size()) return fail("reference out of range");
    pid = (*references_)[pid];
    return true;
  }

  bool check_string(vm::StringObject& text) {
    if (!is_valid_utf8(text.view())) return fail("text is not UTF-8");
    text.code_points = static_cast<std::uint32_t>(vm::count_code_points(text.view()));
    text.hash = 0;
    return true;
  }

  bool check_fields(const vm::Class& cls, const vm::Slot* slots) {
    std::size_t scalar = 0, pointer = 0;
    for (const bytecode::FieldDef& field : cls.def->fields) {
      const TypeIndexKind kind = kind_of(field.type);
      if (kind == TypeIndexKind::scalar) {
        if (!check_scalar(slots[cls.scalar_slots[scalar++]].u, field.type.index)) return false;
        continue;
      }
      // A field may be unset (reading it traps), but natives rely on the message of an Error.
      const bool needed = cls.id == bytecode::kError && pointer == 0;
      const ImageRef ref = slots[cls.pointer_slots[pointer++]].u;
      if (!check_ref(ref, {field.type.index, !needed})) return false;
    }
    return true;
  }

  enum class TypeIndexKind : std::uint8_t { scalar, pointer };
  TypeIndexKind kind_of(TypeRef type) const {
    return bytecode::is_scalar_kind(program_.module.types[type.index].kind) ? TypeIndexKind::scalar
                                                                            : TypeIndexKind::pointer;
  }

  /// Takes the storage array for one owner; null with an error when it does not fit.
  vm::Object* claim(ImageRef ref, vm::Storage kind, std::size_t least_length) {
    static constexpr std::uint32_t kClassOf[] = {vm::kScalarArray, vm::kByteArray, vm::kPointerArray};
    vm::Object* storage = starts_object(ref, Mark::storage) ? object_at(image_offset(ref)) : nullptr;
    if (!storage || storage->class_id() != kClassOf[static_cast<std::size_t>(kind)] ||
        storage->length() < least_length) {
      fail("bad storage");
      return nullptr;
    }
    marks_[image_offset(ref) / 8] = Mark::claimed;
    return storage;
  }

  /// The first `used` elements are of the type (null where `live` says 0), the others are null.
  bool check_elements(vm::Object* storage, vm::Storage kind, std::size_t used, TypeRef type, const std::uint8_t* live) {
    for (std::size_t i = 0; i < storage->length(); ++i) {
      const bool alive = i < used && (!live || live[i]);
      if (kind == vm::Storage::pointer) {
        const ImageRef ref = storage->slots()[i].u;
        if (!alive && ref != 0) return fail("value behind the end");
        if (alive && !check_ref(ref, type)) return false;
      } else if (alive) {
        const std::uint64_t value = kind == vm::Storage::byte ? storage->bytes()[i] : storage->slots()[i].u;
        if (!check_scalar(value, type.index)) return false;
      }
    }
    return true;
  }

  bool check_list(const vm::Class& cls, const vm::Slot* slots) {
    const ImageRef storage_ref = slots[0].u;
    const std::int64_t count = slots[1].i;
    if (count < 0) return fail("bad list length");
    if (storage_ref == 0) return count == 0 || fail("bad list length");
    vm::Object* storage = claim(storage_ref, cls.element, static_cast<std::size_t>(count));
    return storage && check_elements(storage, cls.element, static_cast<std::size_t>(count), cls.def->args[0], nullptr);
  }

  bool check_map(const vm::Class& cls, vm::Slot* slots) {
    const bool is_map = cls.kind == TypeKind::map;
    const std::int64_t count = slots[4].i, used = slots[5].i;
    if (count < 0 || used < count || used > UINT32_MAX / 2) return fail("bad map length");
    if (slots[2].u != 0) return fail("map with index");  // it is built by the receiver
    slots[6].i = slots[7].i = 0;
    const auto entries = static_cast<std::size_t>(used);
    const std::uint8_t* live = nullptr;
    if (slots[3].u != 0) {
      const vm::Object* storage = claim(slots[3].u, vm::Storage::byte, entries);
      if (!storage) return false;
      live = storage->bytes();
      std::int64_t living = 0;
      for (std::size_t i = 0; i < entries; ++i) {
        if (live[i] > 1) return fail("bad map entry");
        living += live[i];
      }
      if (living != count) return fail("bad map length");
    } else if (count != used) {
      return fail("bad map length");
    }
    if (slots[0].u == 0) return (used == 0 && slots[1].u == 0) || fail("map without keys");
    vm::Object* keys = claim(slots[0].u, cls.element, entries);
    if (!keys || !check_elements(keys, cls.element, entries, cls.def->args[0], live)) return false;
    if (!is_map) return slots[1].u == 0 || fail("set with values");
    vm::Object* values = claim(slots[1].u, cls.value, entries);
    return values && (values->length() == keys->length() || fail("bad map length")) &&
           check_elements(values, cls.value, entries, cls.def->args[1], live);
  }

  const std::span<const char> bytes_;
  const vm::Program& program_;
  const std::span<const std::uint64_t>* const references_;
  ImportedImage image_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> types_;
  std::vector<Mark> marks_;  // by word of the image
  std::optional<Error> error_;
};

}  // namespace

Result<PortableImage> export_image(ImageWriter& writer, const vm::Program& program, std::span<vm::Object* const> roots,
                                   std::size_t limit_bytes, std::vector<std::uint64_t>* references) {
  if (!writer.write(program, roots, false, limit_bytes)) return writer.error();
  std::vector<char> objects(writer.data(), writer.data() + writer.size());
  std::vector<std::uint64_t> hashes;
  std::unordered_map<std::uint32_t, std::uint32_t> place;
  for (std::size_t at = 0; at < objects.size();) {
    auto* object = reinterpret_cast<vm::Object*>(objects.data() + at);
    at += vm::object_size(object);
    const std::uint32_t id = object->class_id();
    if (id < kFirstType) continue;
    const auto [known, added] = place.emplace(id, static_cast<std::uint32_t>(hashes.size()));
    if (added) hashes.push_back(program.classes[id].layout_hash);
    if (id == bytecode::kString) static_cast<vm::StringObject*>(object)->hash = 0;
    if (references && program.classes[id].kind == TypeKind::actor_ref) {
      references->push_back(std::exchange(object->slots()[0].u, references->size()));
    }
    object->header = with_class(object->header, kFirstType + known->second);
  }
  const Header header{kMagic, static_cast<std::uint32_t>(hashes.size()), static_cast<std::uint32_t>(roots.size()), 0};
  PortableImage image(sizeof header + 8 * (hashes.size() + roots.size()) + objects.size());
  char* out = image.data();
  const auto put = [&out](const void* bytes, std::size_t size) {
    if (size) std::memcpy(out, bytes, size);
    out += size;
  };
  put(&header, sizeof header);
  put(hashes.data(), 8 * hashes.size());
  put(writer.refs().data(), 8 * roots.size());
  put(objects.data(), objects.size());
  return image;
}

Result<ImportedImage> import_image(std::span<const char> bytes, const vm::Program& program,
                                   std::span<const bytecode::TypeRef> expected,
                                   const std::span<const std::uint64_t>* references) {
  return Importer(bytes, program, references).run(expected);
}

}  // namespace noodle::process
