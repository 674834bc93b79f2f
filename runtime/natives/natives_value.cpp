// Natives for values of any type: text, equality, order, length, and the checks built on them.
#include <charconv>
#include <cmath>

#include "runtime/natives/native_call.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeIndex;
using bytecode::TypeKind;

constexpr std::size_t kTextStep = 16 << 10;  // bytes made between two looks at the fuel
constexpr std::size_t kTextBytesPerFuel = 8;
constexpr std::uint64_t kCompareStep = 2000;  // values compared between two looks at the fuel
constexpr std::size_t kShownBytes = 2000;     // of each value in the message of assert_eq
constexpr std::int64_t kFirstErrorCode = 1001;
constexpr std::int64_t kLastErrorCode = 9999;

bool is_text(const Object* object) {
  return object && (object->class_id() == bytecode::kString || object->class_id() == kRope);
}

/// Text of the object in p[0], in steps.
NativeStatus object_text(NativeContext& native) {
  Process& process = native.process;
  if (!process.native_state && is_text(native.p[0])) return NativeStatus::ok;
  ValueText local(native.program, process.native_state ? nullptr : native.p[0]);
  ValueText* text = process.native_state ? static_cast<ValueText*>(process.native_state.get()) : &local;
  while (true) {
    const std::size_t before = text->out().size();
    const bool complete = text->step(kTextStep);
    native.charge((text->out().size() - before) / kTextBytesPerFuel + 1);
    if (text->out().size() > kLargestTextBytes) {
      process.native_state.reset();
      return native.trap(Code::value_too_large, "the text of the value is longer than 256 MiB");
    }
    if (complete) break;
    if (out_of_slice(native)) {
      if (text == &local) process.native_state = std::make_unique<ValueText>(std::move(local));
      return NativeStatus::again;
    }
  }
  const std::string out = std::move(text->out());
  end_steps(process);
  return give_text(native, out);
}

NativeStatus give_scalar_text(NativeContext& native, TypeIndex type) {
  return give_text(native, scalar_text(native.program, type, native.s[0]));
}

NativeStatus text_of_int(NativeContext& native) {
  char buffer[24];
  const char* end = std::to_chars(buffer, buffer + sizeof buffer, native.s[0].i).ptr;
  const auto size = static_cast<std::size_t>(end - buffer);
  StringObject* text = new_blank_string(native.process, size, size);
  if (text) std::memcpy(text->data(), buffer, size);
  return give(native, text);
}

NativeStatus text_of_float(NativeContext& native) {
  return give_text(native, float_text(native.s[0].f));
}

/// value.text and the text.* natives of the scalar types: the type is that of the parameter.
NativeStatus text_of_value(NativeContext& native) {
  const TypeIndex type = param_type(native, 0);
  if (type == bytecode::kInt) return text_of_int(native);
  return is_scalar(native, type) ? give_scalar_text(native, type) : object_text(native);
}

NativeStatus equals(NativeContext& native) {
  using Answer = ValueComparison::Answer;
  Process& process = native.process;
  std::unique_ptr<ValueComparison> fresh;
  auto* comparison = static_cast<ValueComparison*>(process.native_state.get());
  if (!comparison) {
    const Object* left = native.p[0];
    const Object* right = native.p[1];
    if (is_text(left) || is_text(right) || !left || !right) {
      if (is_text(left) && is_text(right)) native.charge(text_bytes(left) / kBytesPerFuelUnit);
      return give_bool(native, values_equal(native.program, left, right));
    }
    fresh = std::make_unique<ValueComparison>(native.program, NanRule::unequal, left, right);
    comparison = fresh.get();
  }
  while (true) {
    const Answer answer = comparison->step(kCompareStep);
    if (answer != Answer::unknown) {
      end_steps(process);
      return give_bool(native, answer == Answer::equal);
    }
    native.charge(kCompareStep);
    if (out_of_slice(native)) {
      if (fresh) process.native_state = std::move(fresh);
      return NativeStatus::again;
    }
  }
}

/// A Range, which is an ordinary record of the prelude.
bool is_range(const Class& cls) {
  return cls.kind == TypeKind::object && cls.def->is_record && cls.slot_count == 2 && cls.all_scalars &&
         short_type_name(cls.def->name) == "Range";
}

NativeStatus length(NativeContext& native) {
  const Object* value = native.p[0];
  if (is_text(value)) {
    const StringObject* text = flat_string(native.process, native.p[0]);
    return text ? give_int(native, text->code_points) : NativeStatus::trap;
  }
  if (value) {
    const Class& cls = native.program.class_of(value);
    switch (cls.kind) {
      case TypeKind::bytes:
        return give_int(native, value->length());
      case TypeKind::list:
        return give_int(native, static_cast<const ListObject*>(value)->count);
      case TypeKind::map:
      case TypeKind::set:
        return give_int(native, static_cast<const MapObject*>(value)->count);
      default:
        break;
    }
    if (is_range(cls)) {
      const std::int64_t from = value->slots()[0].i;
      const std::int64_t to = value->slots()[1].i;
      std::int64_t count = 0;
      if (to > from && __builtin_sub_overflow(to, from, &count)) {
        return native.trap(Code::integer_overflow, "the range is longer than an int can tell");
      }
      return give_int(native, count);
    }
  }
  return native.trap(Code::invalid_argument, "len needs a String, Bytes, List, Map, Set or Range");
}

/// Puts the lesser or greater of the arguments in place of the first.
NativeStatus choose(NativeContext& native, bool greater) {
  const TypeKind kind = kind_of(native, param_type(native, 0));
  Slot& a = native.s[0];
  const Slot b = native.s[1];
  switch (kind) {
    case TypeKind::float_:
      if (std::isnan(b.f) || (!std::isnan(a.f) && (greater ? a.f < b.f : b.f < a.f))) a = b;
      return NativeStatus::ok;
    case TypeKind::int_:
    case TypeKind::byte:
    case TypeKind::bool_:
    case TypeKind::duration:
    case TypeKind::time:
      if (greater ? a.i < b.i : b.i < a.i) a = b;
      return NativeStatus::ok;
    case TypeKind::string: {
      if (!native.p[0] || !native.p[1]) break;
      bool failed = false;
      const int order = compare_texts(native.process, native.p[0], native.p[1], failed);
      if (failed) return NativeStatus::trap;
      if (greater ? order < 0 : order > 0) native.p[0] = native.p[1];
      return NativeStatus::ok;
    }
    default:
      break;
  }
  return native.trap(Code::invalid_argument, "the values have no order");
}

NativeStatus lesser(NativeContext& native) {
  return choose(native, false);
}
NativeStatus greater(NativeContext& native) {
  return choose(native, true);
}

NativeStatus check_code(NativeContext& native) {
  const std::int64_t code = native.s[0].i;
  if (code >= kFirstErrorCode && code <= kLastErrorCode) return NativeStatus::ok;
  return native.trap(Code::invalid_error_code, "error code " + std::to_string(code) + " is not in 1001 to 9999");
}

/// (actual, expected, message); the values are scalars or pointers.
NativeStatus assert_equal(NativeContext& native) {
  const TypeIndex type = param_type(native, 0);
  const Program& program = native.program;
  bool equal = false;
  std::string actual, expected;
  if (is_scalar(native, type)) {
    const bool floating = kind_of(native, type) == TypeKind::float_;
    equal = floating ? native.s[0].f == native.s[1].f : native.s[0].i == native.s[1].i;
    if (equal) return NativeStatus::ok;
    actual = scalar_text(program, type, native.s[0]);
    expected = scalar_text(program, type, native.s[1]);
  } else {
    equal = values_equal(program, native.p[0], native.p[1]);
    if (equal) return NativeStatus::ok;
    actual = value_text(program, native.p[0], kShownBytes);
    expected = value_text(program, native.p[1], kShownBytes);
  }
  std::string text = "expected " + expected + ", got " + actual;
  const Object* note = native.p[is_scalar(native, type) ? 0 : 2];
  if (text_bytes(note) > 0) text = value_text(program, note, kShownBytes) + ": " + text;
  return native.trap(Code::assertion_failed, std::move(text));
}

constexpr NativeEntry kEntries[] = {
    {"text.int", "(int)String", text_of_int},
    {"text.float", "(float)String", text_of_float},
    {"text.bool", "(bool)String", text_of_value},
    {"text.byte", "(byte)String", text_of_value},
    {"text.duration", "(Duration)String", text_of_value},
    {"text.time", "(Time)String", text_of_value},
    {"text.of", "(any)String", object_text},
    {"value.text", "(T)String", text_of_value},
    {"value.equals", "(any, any)bool", equals},
    {"value.len", "(any)int", length},
    {"value.min", "(T, T)T", lesser},
    {"value.max", "(T, T)T", greater},
    {"error.checkCode", "(int)void", check_code},
    {"process.assertEq", "(T, T, String)void", assert_equal},
    {"string.format", "(String, List<any>)String", format_text},
};

}  // namespace

NativeTable value_natives() {
  return kEntries;
}

}  // namespace noodle::vm
