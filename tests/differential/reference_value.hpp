// Values of the reference evaluator: slow and obvious on purpose, sharing nothing with the VM.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/check/hir.hpp"

namespace noodle::reference {

using check::Type;
using check::TypeKind;

struct Thing;
struct Actor;

/// null, an 8-byte scalar (int, float, bool ... by static type) or a reference.
struct Value {
  std::int64_t integer = 0;
  double real = 0;
  std::shared_ptr<Thing> thing;  // null reference: null
  static Value of(std::int64_t i) { return {i, 0, nullptr}; }
  static Value of(double f) { return {0, f, nullptr}; }
};

using Variable = std::shared_ptr<Value>;

/// Everything a reference can point to; `type` is the concrete run-time type.
struct Thing {
  const Type* type = nullptr;
  std::string text;                              // String, Bytes; of a closure the type arguments in its name
  Value boxed;                                   // box of a scalar
  std::vector<Value> items;                      // list elements; fields of objects, records, enum cases; set members
  std::vector<std::pair<Value, Value>> entries;  // map
  std::uint32_t case_index = 0;                  // enum
  check::HFunc* func = nullptr;                  // closure
  check::Substitution substitution;              // closure
  std::vector<Variable> captured;                // closure
  std::shared_ptr<Thing> bound;                  // bound method
  std::shared_ptr<Actor> actor;                  // reference to an actor
};

struct Actor {
  Value state;
  bool alive = true;
  bool running = false;  // handles a message
};

/// A thrown Error (Thing of the prelude class Error).
struct Thrown {
  Value error;
};

bool equal(const Value& a, const Value& b, const Type* type);
/// Text as print shows it; `nested` quotes strings.
std::string text_of(const Value& value, const Type* type, bool nested = false);
std::string text_of_float(double value);
std::string text_of_duration(std::int64_t nanoseconds);

}  // namespace noodle::reference
