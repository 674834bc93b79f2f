// From an input to a checked unit: which kept parts it needs, and which of them it breaks.
#include <algorithm>

#include "runtime/session/compiled.hpp"
#include "runtime/session/type_text.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::session {
namespace {

using Owner = Unit::Part::Owner;
using Names = std::set<std::string, std::less<>>;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool declares(const Input& input, const std::string& name) {
  return std::any_of(input.pieces.begin(), input.pieces.end(), [&name](const Piece& piece) {
    return piece.kind == Piece::Kind::declaration && piece.name == name;
  });
}

bool is_kept(const Piece& piece) {
  return piece.kind == Piece::Kind::declaration && !piece.name.empty();
}

std::string set_text(std::uint32_t slot, const std::string& value) {
  return "$session_set(" + std::to_string(slot) + ", " + value + ")\n";
}

/// What an input needs of the variables: those it names, and those that lambdas among them name. In an order in which
/// they can be declared.
class Needed {
 public:
  Needed(const std::vector<Variable>& variables, const std::vector<std::string>& without)
      : variables_(variables), without_(without) {}

  void add(const Names& names) {
    for (const Variable& variable : variables_) {
      if (names.contains(variable.name)) add(variable);
    }
  }

  std::vector<const Variable*> found;

 private:
  void add(const Variable& variable) {
    if (contains(without_, variable.name) || !seen_.insert(variable.name).second) return;
    if (variable.is_lambda()) add(names_in(variable.source->text(variable.span)));
    found.push_back(&variable);
  }

  const std::vector<Variable>& variables_;
  const std::vector<std::string>& without_;
  std::set<std::string> seen_;
};

bool is_library_module(std::string_view name) {
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    if (file->name == "std." + std::string(name) + ".nc") return true;
  }
  return false;
}

}  // namespace

const check::HFunc* Session::Compiled::function(std::string_view name) const {
  if (!compilation || !compilation->program) return nullptr;
  for (const check::HFunc& func : compilation->program->funcs) {
    if (func.name == name && func.file == &file()) return &func;
  }
  return nullptr;
}

const check::Type* Session::Compiled::type_of(const Declared& what) const {
  const check::HFunc* input = function(Unit::kEntry);
  if (!input) return nullptr;
  for (const check::HVar& var : input->vars) {
    if (var.name == what.variable.name && var.span.start >= what.start && var.span.start < what.end) return var.type;
  }
  return nullptr;
}

void Session::Compiled::find_types() {
  for (Declared& what : declared) {
    const check::Type* type = type_of(what);
    if (!type) continue;
    what.variable.type = check::to_string(type);
    what.variable.unit_type = type_text(type, &file(), what.variable.modules);
  }
}

std::uint32_t Session::free_slot() const {
  std::vector<bool> used(variables_.size() + 1);
  for (const Variable& variable : variables_) {
    if (!variable.is_lambda() && variable.slot < used.size()) used[variable.slot] = true;
  }
  return static_cast<std::uint32_t>(std::find(used.begin(), used.end(), false) - used.begin());
}

/// The modules that the types of values come from.
void Session::write_imports(Unit& unit) const {
  std::set<std::string> modules = type_modules_;
  for (const Variable& variable : variables_) modules.insert(variable.modules.begin(), variable.modules.end());
  for (const std::string& module : modules) unit.write("import " + module + " as " + module_alias(module) + "\n");
}

/// Mentions types, so that the program has them.
void Session::write_types(Unit& unit, const std::vector<std::string>& without) const {
  unit.write("export func $types(value: any) {\n");
  for (const std::string& type : types_) {
    if (!contains(without, type)) unit.write_for(Owner::value_type, type, "value is (" + type + ")\n");
  }
  unit.write("}\n");
}

void Session::write_declarations(Unit& unit, const Input& input, const std::vector<std::string>& without) const {
  for (const Declaration& kept : declarations_) {
    if (declares(input, kept.name) || contains(without, kept.name)) continue;
    unit.copy(Owner::declaration, kept.name, kept.source, kept.span);
  }
  for (const Piece& piece : input.pieces) {
    if (is_kept(piece)) unit.copy(Owner::input, piece.name, input.source, piece.span);
  }
}

void Session::write_loads(Compiled& compiled, const Input& input, const std::vector<std::string>& without) const {
  Names names;
  for (const Piece& piece : input.pieces) names.merge(names_in(input.source->text(piece.span)));
  Needed needed(variables_, without);
  needed.add(names);
  for (const Variable* variable : needed.found) {
    if (declares(input, variable->name)) continue;
    if (variable->is_lambda()) {
      compiled.unit.write_for(Owner::variable, variable->name, "const " + variable->name);
      compiled.unit.copy(Owner::variable, variable->name, variable->source, variable->span);
      continue;
    }
    compiled.uses_values = true;
    const std::string get = "$session_get(" + std::to_string(variable->slot) + ")";
    const bool any = variable->unit_type == "any";
    compiled.unit.write_for(Owner::variable, variable->name,
                            (variable->is_const ? "const " : "let ") + variable->name +
                                (any ? ": any = " + get : " = " + get + " as (" + variable->unit_type + ")") + "\n");
  }
}

void Session::write_input(Compiled& compiled, const Input& input, Form form,
                          const std::vector<std::string>& without) const {
  Unit& unit = compiled.unit;
  // Where the values of names live at this point of the input.
  std::map<std::string, std::uint32_t, std::less<>> slots;
  for (const Variable& variable : variables_) {
    const bool hidden = contains(without, variable.name) || declares(input, variable.name);
    if (!variable.is_lambda() && !hidden) slots[variable.name] = variable.slot;
  }
  std::set<std::string, std::less<>> constants;
  for (const Variable& variable : variables_) {
    if (variable.is_const) constants.insert(variable.name);
  }
  compiled.slots = slots_;
  std::uint32_t next = free_slot();
  const auto take_slot = [&] {
    const auto used = [&](std::uint32_t slot) {
      return std::any_of(variables_.begin(), variables_.end(),
                         [slot](const Variable& v) { return !v.is_lambda() && v.slot == slot; });
    };
    while (used(next)) ++next;
    compiled.slots = std::max<std::size_t>(compiled.slots, next + std::size_t{1});
    return next++;
  };
  const auto declare = [&](const std::string& name, bool is_const, std::uint32_t start) {
    Compiled::Declared declared;
    declared.variable.name = name;
    declared.variable.is_const = is_const;
    declared.variable.slot = take_slot();
    declared.start = start;
    declared.end = static_cast<std::uint32_t>(unit.text().size());
    unit.write(set_text(declared.variable.slot, name));
    if (const auto old = slots.find(name); old != slots.end()) unit.write(set_text(old->second, "null"));
    slots[name] = declared.variable.slot;
    if (is_const) constants.insert(name);
    compiled.uses_values = true;
    compiled.declared.push_back(std::move(declared));
  };
  const auto show = [&](const std::string& name, const std::string& label) {
    unit.write("$session_show(" + name + ")\n");
    compiled.shows = true;
    compiled.shown_name = label;
  };
  for (std::size_t i = 0; i < input.pieces.size(); ++i) {
    const Piece& piece = input.pieces[i];
    const bool last = i + 1 == input.pieces.size();
    if (piece.kind == Piece::Kind::declaration) continue;
    compiled.runs = true;
    const auto start = static_cast<std::uint32_t>(unit.text().size());
    if (piece.kind == Piece::Kind::expression && last && form == Form::value) {
      unit.write("let it =");
      unit.copy(Owner::input, {}, input.source, piece.span);
      declare("it", false, start);
      show("it", {});
    } else {
      unit.copy(Owner::input, {}, input.source, piece.span);
    }
    // Its lambdas may have changed what they name, too.
    Needed touched(variables_, without);
    Names touched_names = names_in(input.source->text(piece.span));
    touched.add(touched_names);
    for (const Variable* variable : touched.found) touched_names.insert(variable->name);
    for (const std::string& name : touched_names) {
      const auto found = slots.find(name);
      if (found == slots.end() || constants.contains(name) || (name == "it" && last && form == Form::value)) continue;
      const bool leaves = piece.kind == Piece::Kind::let && name == piece.name;
      if (!leaves) unit.write(set_text(found->second, name));
    }
    if (piece.kind == Piece::Kind::let) {
      declare(piece.name, piece.is_const, start);
      if (last) show(piece.name, piece.name);
    } else if (piece.kind == Piece::Kind::lambda) {
      Compiled::Declared declared;
      declared.variable.name = piece.name;
      declared.variable.is_const = piece.is_const;
      declared.variable.source = input.source;
      declared.variable.span = piece.rest;
      declared.start = start;
      declared.end = static_cast<std::uint32_t>(unit.text().size());
      slots.erase(piece.name);
      compiled.declared.push_back(std::move(declared));
    } else if (piece.kind == Piece::Kind::assignment && last) {
      show(piece.name, piece.name);
    }
  }
}

Session::Compiled Session::compile_unit(Unit unit, bool generate, bool actors) const {
  Compiled compiled;
  package::CompileOptions options;
  options.entry = Unit::kEntry;
  options.folder = options_.folder;
  options.generate = generate;
  options.need_main = false;
  options.actors = actors;
  compiled.compilation = package::compile_text(Unit::kPath, unit.text(), options);
  compiled.unit = std::move(unit);
  return compiled;
}

Session::Compiled Session::compile_actors() const {
  Unit unit;
  write_imports(unit);
  write_declarations(unit, Input(), {});
  write_types(unit, {});
  unit.write(std::string("func ") + Unit::kEntry + "() { }\n");
  return compile_unit(std::move(unit), true, true);
}

Session::Compiled Session::compile(const Input& input, Form form, bool generate,
                                   const std::vector<std::string>& without) const {
  Compiled written;
  write_imports(written.unit);
  write_declarations(written.unit, input, without);
  write_types(written.unit, without);
  written.unit.write(std::string("func ") + Unit::kEntry + "() {\n");
  write_loads(written, input, without);
  written.unit.write("{\n");
  write_input(written, input, form, without);
  // Values of a type that is replaced are found out at once.
  for (const Declaration& kept : declarations_) written.uses_values |= declares(input, kept.name);
  written.unit.write("}\n}\n");
  Compiled compiled = compile_unit(std::move(written.unit), generate);
  compiled.declared = std::move(written.declared);
  compiled.uses_values = written.uses_values;
  compiled.slots = written.slots;
  compiled.shown_name = std::move(written.shown_name);
  compiled.shows = written.shows;
  compiled.runs = written.runs;
  return compiled;
}

Session::Compiled Session::compile_with_kept(const Input& input, bool generate,
                                             std::vector<std::string>& broken) const {
  for (;;) {
    Compiled compiled = compile(input, Form::value, generate, broken);
    if (!compiled.ok()) {
      Compiled statement = compile(input, Form::statement, generate, broken);
      compiled = std::move(statement);
    }
    if (compiled.ok()) return compiled;
    const std::size_t before = broken.size();
    for (const lang::Diagnostic& found : compiled.compilation->diagnostics.all()) {
      if (found.severity != lang::Severity::error) continue;
      const Unit::Part* part = found.file == &compiled.file() ? compiled.unit.part_at(found.span.start) : nullptr;
      if (!part || part->owner == Owner::input) return compiled;  // the input itself is wrong
      if (!contains(broken, part->name)) broken.push_back(part->name);
    }
    if (broken.size() == before) return compiled;
  }
}

void Session::add_diagnostics(const Compiled& compiled, const Input& input,
                              std::vector<lang::Diagnostic>& diagnostics) const {
  for (const lang::Diagnostic& found : compiled.compilation->diagnostics.all()) {
    lang::Diagnostic shown = compiled.unit.translated(found, compiled.file(), input.source);
    if (shown.code == Code::unknown_name && shown.file && is_library_module(shown.file->text(shown.span))) {
      shown.suggestion = "write `import std." + std::string(shown.file->text(shown.span)) + "` first";
    }
    if (shown.code == Code::unknown_name || shown.code == Code::not_a_value) {
      for (const Variable& variable : variables_) {
        if (shown.message.find("`" + variable.name + "`") == std::string::npos) continue;
        shown.suggestion = "functions and types do not see the variables of the session: make `" + variable.name +
                           "` a parameter, or write a lambda";
      }
    }
    diagnostics.push_back(std::move(shown));
  }
}

std::vector<SourcePtr> Session::all_sources(const Input& input) const {
  std::vector<SourcePtr> sources{input.source};
  for (const Declaration& kept : declarations_) sources.push_back(kept.source);
  for (const Variable& variable : variables_) {
    if (variable.source) sources.push_back(variable.source);
  }
  return sources;
}

}  // namespace noodle::session
