// Values as whole: their text, equality and hash (language.md, rules 13 and 16).
//
// Values are walked with an explicit stack, so depth costs memory, not native stack; cycles end.
// Threads: the thread that runs the process.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/vm/native.hpp"
#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

/// Shortest text that reads back equal, always with `.` or exponent: "4.0", "1e300", "nan", "inf".
std::string float_text(double value);
/// "1h30m", "2.5s", "-300ms", "0s".
std::string duration_text(std::int64_t nanoseconds);
/// "2024-02-29T12:30:00.5Z".
std::string time_text(std::int64_t unix_nanoseconds);
/// Text of a scalar of a scalar type (int, float, bool, byte, Duration, Time, enum without payload).
std::string scalar_text(const Program& program, bytecode::TypeIndex type, Slot value);
/// Type of the scalars in boxes of class `box_class`.
bytecode::TypeIndex boxed_type(const Program& program, std::uint32_t box_class);

/// Text of a value of any pointer type; null is `null`, a String itself. At most `limit_bytes`, then it ends with `...`.
std::string value_text(const Program& program, const Object* value, std::size_t limit_bytes);

/// Rule 13. Never allocates on the process heap.
bool values_equal(const Program& program, const Object* left, const Object* right);
/// Hash that agrees with values_equal; for the types that may be keys.
std::uint32_t value_hash(const Program& program, const Object* value);
std::uint32_t hash_bytes(std::string_view bytes);
std::uint32_t hash_scalar(std::uint64_t bits);
/// Hash of a flat or lazy text; the hash of a flat String is kept in it.
std::uint32_t hash_text(const Object* text);

}  // namespace noodle::vm
