// Checks of a module's type table and signatures: what everything else takes for granted.
//
// Errors: 1516 too large, 1517 signatures do not agree, 1518 type table invalid.
#pragma once

#include <string_view>

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

constexpr std::size_t kMaxTypes = 1u << 20;
constexpr std::size_t kMaxNameBytes = 16'384;
constexpr std::size_t kMaxSlots = 255;  // fields, virtual methods, parents, interfaces of one type
constexpr std::size_t kMaxCases = 65'535;
constexpr std::size_t kMaxParameters = 250;

/// The whole type table, and the signatures of all functions, natives, selectors, handlers and actors.
Result<void> check_types(const Module& module);
/// `kind` and `name` say in messages whose signature it is: "function", "area".
Result<void> check_signature(const Module& module, const Signature& signature, const char* kind, std::string_view name);
/// True when the signature of `function` is `wanted` after a first parameter that takes a `self`.
bool is_method(const Module& module, std::uint32_t function, TypeIndex self, const Signature& wanted);

}  // namespace noodle::bytecode
