#include "runtime/message/image.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::process {
namespace {

using bytecode::TypeKind;

constexpr std::size_t kFirstCapacity = 16 << 10;
constexpr std::size_t kKeptCapacity = 1 << 20;
constexpr std::uint64_t kFlagBits = 0xfe;

constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + 7) & ~std::size_t{7};
}

}  // namespace

bool ImageWriter::make_room(std::size_t size) {
  if (capacity_ - size_ >= size) return true;
  if (size > limit_ - size_) {
    failure_ = Code::message_too_large;
    return false;
  }
  const std::size_t wanted = std::max(std::bit_ceil(size_ + size), kFirstCapacity);
  std::unique_ptr<char[]> larger(new char[wanted]);
  if (size_) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = wanted;
  return true;
}

ImageRef ImageWriter::append(const void* bytes, std::size_t size, std::uint64_t header) {
  if (!make_room(size)) return 0;
  const std::size_t offset = size_;
  std::memcpy(buffer_.get() + offset, bytes, size);
  word(offset) = header;
  size_ += size;
  return image_ref(offset);
}

bool ImageWriter::sendable(const vm::Class& cls) {
  switch (cls.kind) {
    case TypeKind::closure:
    case TypeKind::func:
    case TypeKind::host:
      break;
    case TypeKind::object:
      if (!cls.def || !cls.def->is_actor) return true;
      break;
    default:
      return true;
  }
  failure_ = Code::unsendable_value;
  unsendable_ = cls.def ? cls.def->name : "function";
  return false;
}

ImageRef ImageWriter::place(vm::Object* object) {
  if (!object) return 0;
  const std::uint64_t header = object->header;
  if (!(header & 1)) return header | 1;  // written already: the mark is its offset << 1
  const std::uint32_t id = object->class_id();
  if (id == vm::kRope) return place_text(object);
  if (!sendable(program_->classes[id])) return 0;
  if (header & vm::kFlagStatic) return share_statics_ ? reinterpret_cast<ImageRef>(object) : place_static(object);
  const ImageRef ref = append(object, vm::object_size(object), header & ~kFlagBits);
  if (!ref) return 0;
  marks_.push_back({object, header});
  object->header = ref & ~std::uint64_t{1};
  return ref;
}

ImageRef ImageWriter::place_text(vm::Object* rope) {
  if (rope->header & vm::kFlagFlat) return place(rope->pointers()[0]);
  const auto bytes = static_cast<std::size_t>(rope->slots()[2].i);
  const std::size_t size = sizeof(vm::StringObject) + padded(bytes);
  if (!make_room(size)) return 0;
  const std::size_t offset = size_;
  auto* text = reinterpret_cast<vm::StringObject*>(buffer_.get() + offset);
  if (bytes) word(offset + size - 8) = 0;  // padding is defined
  copy_pieces(rope, text->data() + bytes);
  text->header = vm::make_header(bytecode::kString, static_cast<std::uint32_t>(bytes));
  text->code_points = static_cast<std::uint32_t>(vm::count_code_points({text->data(), bytes}));
  text->hash = 0;
  size_ += size;
  marks_.push_back({rope, rope->header});
  rope->header = std::uint64_t{offset} << 1;
  return image_ref(offset);
}

void ImageWriter::copy_pieces(vm::Object* rope, char* end) {
  // vm::copy_text cannot be used: pieces may carry marks. A marked piece is a flat String in the image already.
  // From the end, so that the usual left-deep tree needs a stack of two.
  const auto put = [&end](const void* bytes, std::size_t size) {
    end -= size;
    std::memcpy(end, bytes, size);
  };
  pieces_.assign(1, rope);
  while (!pieces_.empty()) {
    vm::Object* piece = pieces_.back();
    pieces_.pop_back();
    if (!(piece->header & 1)) piece = reinterpret_cast<vm::Object*>(buffer_.get() + (piece->header >> 1));
    if (piece->class_id() != vm::kRope) {
      const auto* text = static_cast<const vm::StringObject*>(piece);
      put(text->data(), text->length());
    } else if (piece->header & vm::kFlagFlat) {
      pieces_.push_back(piece->pointers()[0]);
    } else if (!piece->pointers()[1]) {
      put(piece->pointers()[0]->slots() + 1, static_cast<std::size_t>(piece->slots()[2].i));
    } else {
      pieces_.push_back(piece->pointers()[0]);
      pieces_.push_back(piece->pointers()[1]);
    }
  }
}

ImageRef ImageWriter::place_static(vm::Object* object) {
  // Shared by all processes, so it cannot carry a mark.
  const auto known = statics_.find(object);
  if (known != statics_.end()) return known->second;
  if (!sendable(program_->classes[object->class_id()])) return 0;
  const ImageRef ref = append(object, vm::object_size(object), object->header & ~kFlagBits);
  if (ref) statics_.emplace(object, ref);
  return ref;
}

ImageRef ImageWriter::place_storage(vm::Object* storage, std::size_t count) {
  // A storage array has one owner: no mark needed. Only what is used is written.
  if (!storage || count == 0) return 0;
  const std::uint32_t id = storage->class_id();
  const std::size_t size = sizeof(vm::Object) + (id == vm::kByteArray ? padded(count) : count * sizeof(vm::Slot));
  return append(storage, size, vm::make_header(id, static_cast<std::uint32_t>(count)));
}

void ImageWriter::scan_slots(std::size_t offset, const vm::Class& cls, std::uint32_t length) {
  for (std::uint32_t first = 0; first < length; first += 64) {
    for (std::uint64_t bits = cls.pointer_map[first / 64]; bits; bits &= bits - 1) {
      update(offset + 8 + 8 * (first + static_cast<std::uint32_t>(std::countr_zero(bits))));
    }
  }
}

void ImageWriter::scan() {
  while (scanned_ < size_ && failure_ == Code{}) {
    const std::size_t offset = scanned_;
    auto* object = reinterpret_cast<vm::Object*>(buffer_.get() + offset);
    const std::uint32_t id = object->class_id(), length = object->length();
    scanned_ += vm::object_size(object);
    if (id == vm::kPointerArray) {
      for (std::uint32_t i = 0; i < length && failure_ == Code{}; ++i) update(offset + 8 + 8 * std::size_t{i});
    }
    if (id <= bytecode::kTime) continue;
    const vm::Class& cls = program_->classes[id];
    switch (cls.kind) {
      case TypeKind::string:
      case TypeKind::bytes:
        break;
      case TypeKind::list: {
        auto* list = static_cast<vm::ListObject*>(object);
        const ImageRef ref = place_storage(list->storage, static_cast<std::size_t>(list->count));
        word(offset + 8) = ref;
        break;
      }
      case TypeKind::map:
      case TypeKind::set:
        for (std::size_t slot = 0; slot < 4; ++slot) {
          auto* storage = reinterpret_cast<vm::Object*>(word(offset + 8 + 8 * slot));
          if (slot == 2 && !share_statics_) storage = nullptr;  // other nodes hash otherwise and build their own index
          word(offset + 8 + 8 * slot) = storage ? place_storage(storage, storage->length()) : 0;
        }
        break;
      default:
        if (!cls.all_scalars) scan_slots(offset, cls, length);
    }
  }
}

bool ImageWriter::write(const vm::Program& program, std::span<vm::Object* const> roots, bool share_statics,
                        std::size_t limit_bytes) {
  if (capacity_ > kKeptCapacity) {
    buffer_.reset();
    capacity_ = 0;
  }
  program_ = &program;
  share_statics_ = share_statics;
  limit_ = limit_bytes;
  size_ = scanned_ = 0;
  failure_ = Code{};
  refs_.clear();
  for (vm::Object* root : roots) refs_.push_back(place(root));
  scan();
  for (const Mark& mark : marks_) mark.object->header = mark.header;
  marks_.clear();
  if (marks_.capacity() > kKeptCapacity / sizeof(Mark)) marks_.shrink_to_fit();
  if (!statics_.empty()) statics_.clear();
  if (failure_ == Code{} && size_ > limit_) failure_ = Code::message_too_large;
  return failure_ == Code{};
}

Error ImageWriter::error() const {
  if (failure_ == Code::unsendable_value) {
    return {failure_,
            "a value of type " + unsendable_ + " cannot be sent: functions, host objects and actor states stay in " +
                "their process",
            {}};
  }
  return {Code::message_too_large, "message larger than " + std::to_string(limit_) + " bytes", {}};
}

char* adopt_image(vm::Process& process, const char* image, std::size_t size) {
  if (!vm::reserve(process, size)) return nullptr;
  char* base = process.heap.next;
  if (size != 0) std::memcpy(base, image, size);  // of nulls alone: no objects, perhaps no heap either
  process.heap.next += size;
  const vm::Class* classes = process.program->classes.data();
  const auto fix = [base](vm::Object*& reference) { reference = resolve(reinterpret_cast<ImageRef>(reference), base); };
  for (char* at = base; at < base + size;) {
    auto* object = reinterpret_cast<vm::Object*>(at);
    at += vm::object_size(object);
    const std::uint32_t id = object->class_id(), length = object->length();
    if (id <= bytecode::kTime) {
      if (id == vm::kPointerArray) {
        for (std::uint32_t i = 0; i < length; ++i) fix(object->pointers()[i]);
      }
      continue;
    }
    const vm::Class& cls = classes[id];
    switch (cls.kind) {
      case TypeKind::string:
      case TypeKind::bytes:
        break;
      case TypeKind::list:
        fix(object->pointers()[0]);
        break;
      case TypeKind::map:
      case TypeKind::set:
        for (int slot = 0; slot < 4; ++slot) fix(object->pointers()[slot]);
        break;
      default:
        if (cls.all_scalars) break;
        for (std::uint32_t first = 0; first < length; first += 64) {
          for (std::uint64_t bits = cls.pointer_map[first / 64]; bits; bits &= bits - 1) {
            fix(object->pointers()[first + static_cast<std::uint32_t>(std::countr_zero(bits))]);
          }
        }
    }
  }
  return base;
}

}  // namespace noodle::process
