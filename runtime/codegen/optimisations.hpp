// What the code generator does to make code faster, part by part: each can be left out, to see what it gains or whether
// it is to blame.
#pragma once

#include <string_view>

namespace noodle::codegen {

struct Optimisations {
  bool inlining = true;          // small leaf functions, methods and constructors at their calls (inline.cpp)
  bool devirtualisation = true;  // methods that nothing overrides are called directly (module_builder.cpp)
  bool literals = true;          // loaded before the outermost loop (hoist.cpp)
  bool aliases = true;           // `let a = b` without a copy (statements.cpp)
  bool stores = true;            // constructors do not store zeros (inline.cpp)
  bool checks = true;            // of narrowed variables, where the types at joins show them needless

  Optimisations() = default;
  Optimisations(bool all)  // NOLINT: implicit on purpose
      : inlining(all), devirtualisation(all), literals(all), aliases(all), stores(all), checks(all) {}

  struct Part {
    std::string_view name;
    bool Optimisations::*member;
  };
  static constexpr Part kParts[6] = {
      {"inlining", &Optimisations::inlining}, {"devirtualisation", &Optimisations::devirtualisation},
      {"literals", &Optimisations::literals}, {"aliases", &Optimisations::aliases},
      {"stores", &Optimisations::stores},     {"checks", &Optimisations::checks}};
};

}  // namespace noodle::codegen
