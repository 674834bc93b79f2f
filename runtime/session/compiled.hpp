// An input on its way from text to a program, and what the session has to do when it has run.
#pragma once

#include "runtime/session/session.hpp"

namespace noodle::session {

struct Session::Compiled {
  /// A variable that the input declares.
  struct Declared {
    Variable variable;                 // its types are known after checking
    std::uint32_t start = 0, end = 0;  // where the unit declares it
  };

  Unit unit;
  std::unique_ptr<package::Compilation> compilation;
  std::vector<Declared> declared;
  bool uses_values = false;  // it reads or sets values of the session
  std::size_t slots = 0;     // roots of the image at its end
  std::string shown_name;    // variable whose value it shows
  bool shows = false;
  bool runs = false;  // it is more than declarations

  bool ok() const { return compilation && !compilation->diagnostics.has_errors(); }
  const lang::SourceFile& file() const { return *compilation->loaded->modules.front()->source; }
  /// The function with what was entered; null before checking.
  const check::HFunc* function(std::string_view name) const;
  /// Type of a variable the input declares.
  const check::Type* type_of(const Declared& declared) const;
  /// Fills in the types of what is declared.
  void find_types();
};

}  // namespace noodle::session
