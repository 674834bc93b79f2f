// What a session knows: the declarations and variables that its inputs have made.
//
// Declarations are kept as text and compiled again with every input, so a new version of one takes effect everywhere.
// Variables keep their value as a root of the session's image, except lambdas, which have no form outside a heap: they
// are kept as text too, and made anew in every input that uses them.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "runtime/lang/source.hpp"

namespace noodle::session {

using SourcePtr = std::shared_ptr<const lang::SourceFile>;

struct Declaration {
  std::string name;
  std::string kind;  // "func", "record", "import"
  SourcePtr source;
  lang::Span span;
};

struct Variable {
  std::string name;
  std::string type;               // for people
  std::string unit_type;          // as a unit writes it (type_text.hpp)
  std::set<std::string> modules;  // that the type needs
  bool is_const = false;
  std::uint32_t slot = 0;  // root of the image; unless it is a lambda:
  SourcePtr source;
  lang::Span span;  // of what follows the name: `= x => x + 1`

  bool is_lambda() const { return source != nullptr; }
};

}  // namespace noodle::session
