// What the names of a program refer to, written down by the checker for editors (CheckOptions::references).
//
// A declaration is known by its Place: file and span of its name; a module by its file and an empty span at 0. Names in
// libraries are not written down, but may be referred to. A name may be written down more than once.
#pragma once

#include <vector>

#include "runtime/check/types.hpp"
#include "runtime/lang/source.hpp"

namespace noodle::check {

struct Place {
  const lang::SourceFile* file = nullptr;
  lang::Span span;
  friend bool operator==(const Place& a, const Place& b) {
    return a.file == b.file && a.span.start == b.span.start && a.span.end == b.span.end;
  }
};

struct References {
  struct Use {
    Place at;
    Place target;
  };
  /// A local variable or parameter where it is declared.
  struct Local {
    Place at;
    const Type* type = nullptr;
    bool is_const = false;
    bool is_param = false;
  };
  /// What stands before the dot of the member name at `at`: a value, with `is_type` a type, or a module.
  struct Receiver {
    Place at;
    const Type* type = nullptr;
    bool is_type = false;
    const lang::SourceFile* module = nullptr;
  };
  std::vector<Use> uses;
  std::vector<Local> locals;
  /// Methods that have one name together: override and base, implementation and interface.
  std::vector<Use> related;
  /// Only of names in `receivers_in`.
  std::vector<Receiver> receivers;
  const lang::SourceFile* receivers_in = nullptr;
};

}  // namespace noodle::check
