// Calls natives from hand-made code: arguments are C++ values, results are texts.
#pragma once

#include <cstring>
#include <string>
#include <variant>
#include <vector>

#include "tests/vm/machine.hpp"

namespace noodle::test {

using Ints = std::vector<std::int64_t>;
using Floats = std::vector<double>;
using Texts = std::vector<std::string>;
using Bools = std::vector<bool>;
struct Boxed {  // a scalar as `any`
  std::variant<std::int64_t, double, bool, std::string> value;
};
using Anys = std::vector<Boxed>;
using Argument = std::variant<std::int64_t, double, bool, std::string, Ints, Floats, Texts, Bools, Boxed, Anys>;

/// The list type of an element type, made once.
inline TypeIndex list_type(ModuleBuilder& builder, TypeRef element) {
  const std::string name = "List<" + builder.name_of(element) + ">";
  const auto& types = builder.module().types;
  for (TypeIndex index = 0; index < types.size(); ++index) {
    if (types[index].kind == TypeKind::list && types[index].name == name) return index;
  }
  return builder.list(element);
}

/// Puts values into registers: scalars into S[s], pointers into P[p]. Temporary registers are the higher ones.
class ArgumentLoader {
 public:
  ArgumentLoader(ModuleBuilder& builder, FunctionBuilder& function) : b_(builder), f_(function) {}

  void load(const Argument& argument) {
    std::visit([this](const auto& value) { put(value); }, argument);
  }
  const std::vector<TypeRef>& types() const { return types_; }
  bool first_is_pointer() const { return !types_.empty() && !is_scalar_kind(b_.module().types[types_[0].index].kind); }

 private:
  static constexpr std::uint32_t kTemporary = 30;

  void scalar(TypeRef type, std::uint64_t bits) {
    constant(s_++, bits);
    types_.push_back(type);
  }
  void constant(std::uint32_t s, std::uint64_t bits) {
    f_.wide(Op::ldk, s, static_cast<std::int32_t>(b_.constant(bits)));
  }
  static std::uint64_t bits_of(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  void literal(std::uint32_t p, const std::string& text) {
    f_.wide(Op::lds, p, static_cast<std::int32_t>(b_.text(text)));
  }
  void pointer(TypeRef type) {
    types_.push_back(type);
    ++p_;
  }
  template <class Push>
  void list(TypeRef element, std::size_t count, const Push& push) {
    const TypeIndex type = list_type(b_, element);
    f_.ldi(kTemporary, 0).ext(Op::newl, p_, kTemporary, 0, type);
    for (std::size_t k = 0; k < count; ++k) push(k);
    pointer({type, false});
  }
  void box(std::uint32_t p, const Boxed& boxed) {
    const auto scalar_box = [&](TypeIndex type, std::uint64_t bits) {
      constant(kTemporary, bits);
      f_.ext(Op::box, p, kTemporary, 0, type);
    };
    if (const auto* text = std::get_if<std::string>(&boxed.value)) literal(p, *text);
    if (const auto* number = std::get_if<std::int64_t>(&boxed.value))
      scalar_box(kBoxInt, static_cast<std::uint64_t>(*number));
    if (const auto* number = std::get_if<double>(&boxed.value)) scalar_box(kBoxFloat, bits_of(*number));
    if (const auto* truth = std::get_if<bool>(&boxed.value)) scalar_box(kBoxBool, *truth);
    f_.ext(Op::upc, p, static_cast<std::int32_t>(p), 0, kAny);
  }

  void put(std::int64_t value) { scalar(b_.int_(), static_cast<std::uint64_t>(value)); }
  void put(double value) { scalar(b_.float_(), bits_of(value)); }
  void put(bool value) { scalar(b_.bool_(), value); }
  void put(const std::string& value) {
    literal(p_, value);
    pointer(b_.string());
  }
  void put(const Ints& values) {
    list(b_.int_(), values.size(), [&](std::size_t k) {
      constant(kTemporary, static_cast<std::uint64_t>(values[k]));
      f_.op(Op::lps, p_, kTemporary);
    });
  }
  void put(const Floats& values) {
    list(b_.float_(), values.size(), [&](std::size_t k) {
      constant(kTemporary, bits_of(values[k]));
      f_.op(Op::lps, p_, kTemporary);
    });
  }
  void put(const Bools& values) {
    list(b_.bool_(), values.size(), [&](std::size_t k) {
      constant(kTemporary, values[k]);
      f_.op(Op::lpb, p_, kTemporary);
    });
  }
  void put(const Texts& values) {
    list(b_.string(), values.size(), [&](std::size_t k) {
      literal(kTemporary, values[k]);
      f_.op(Op::lpp, p_, kTemporary);
    });
  }
  void put(const Boxed& value) {
    box(p_, value);
    pointer(b_.any());
  }
  void put(const Anys& values) {
    list(b_.any(), values.size(), [&](std::size_t k) {
      box(kTemporary, values[k]);
      f_.op(Op::lpp, p_, kTemporary);
    });
  }

  ModuleBuilder& b_;
  FunctionBuilder& f_;
  std::uint32_t s_ = 0, p_ = 0;
  std::vector<TypeRef> types_;
};

/// What type a native gives: made from the module, since lists are made on demand. `self`: the first argument's.
enum class Gives { nothing, integer, real, truth, text, maybe_int, maybe_float, texts, ints, self, self_after };

/// Calls `name` with arguments, in every mode. `Gives::self_after`: the call gives nothing, the outcome is its first
/// argument afterwards.
inline Outcome call_native(const std::string& name, Gives gives, const std::vector<Argument>& arguments) {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("main", {}, b.any());
  ArgumentLoader loader(b, f);
  for (const Argument& argument : arguments) loader.load(argument);
  TypeRef result = b.none();
  switch (gives) {
    case Gives::integer:
      result = b.int_();
      break;
    case Gives::real:
      result = b.float_();
      break;
    case Gives::truth:
      result = b.bool_();
      break;
    case Gives::text:
      result = b.string();
      break;
    case Gives::maybe_int:
      result = b.maybe(kBoxInt);
      break;
    case Gives::maybe_float:
      result = b.maybe(kBoxFloat);
      break;
    case Gives::texts:
      result = b.of(list_type(b, b.string()));
      break;
    case Gives::ints:
      result = b.of(list_type(b, b.int_()));
      break;
    case Gives::self:
      result = loader.types()[0];
      break;
    case Gives::nothing:
    case Gives::self_after:
      break;
  }
  constexpr std::uint32_t kKept = 20;
  if (gives == Gives::self_after) {
    // The window begins behind the kept register.
    FunctionBuilder& g = b.function("caller", {}, loader.types()[0]);
    ArgumentLoader again(b, g);
    for (const Argument& argument : arguments) again.load(argument);
    const std::uint32_t native = b.native(name, again.types(), result);
    g.def().signature.result = again.types()[0];
    g.op(Op::mvp, kKept, 0);
    std::uint32_t pointers = 0;
    for (const TypeRef& type : again.types()) {
      if (is_scalar_kind(b.module().types[type.index].kind)) continue;
      g.op(Op::mvp, kKept + 1 + pointers, static_cast<std::int32_t>(pointers));
      ++pointers;
    }
    g.call(Op::ncall, 0, kKept + 1, native).op(Op::retp, kKept);
    f.op(Op::ldn, 0).op(Op::retp, 0);
    return run_everywhere(b, g.index());
  }
  f.def().signature.result = result;
  f.call(Op::ncall, 0, 0, b.native(name, loader.types(), result));
  const bool pointer = result.index != kVoid && !is_scalar_kind(b.module().types[result.index].kind);
  if (result.index == kVoid) {
    f.op(Op::ret);
  } else {
    f.op(pointer ? Op::retp : Op::rets, 0);
  }
  f.reserve(1, 1);
  return run_everywhere(b, 0);
}

}  // namespace noodle::test
