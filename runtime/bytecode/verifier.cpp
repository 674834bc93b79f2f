#include "runtime/bytecode/verifier.hpp"

#include <unordered_set>

#include "messages/utf8.hpp"
#include "runtime/bytecode/function_checks.hpp"
#include "runtime/bytecode/type_checks.hpp"

namespace noodle::bytecode {

namespace {

constexpr std::size_t kMaxTable = 1u << 22;
constexpr std::size_t kMaxLiteralBytes = 256u << 20;

/// Tables that point to functions and types: handlers, actors, tests, exports, main.
class TableChecks {
 public:
  explicit TableChecks(const Module& module) : m_(module) {}

  Result<void> run() const {
    Result<void> r = sizes();
    if (r) r = functions();
    for (std::size_t i = 0; r && i < m_.handlers.size(); ++i) r = handler(m_.handlers[i]);
    for (std::size_t i = 0; r && i < m_.actors.size(); ++i) r = actor(m_.actors[i]);
    for (std::size_t i = 0; r && i < m_.tests.size(); ++i) {
      const TestDef& test = m_.tests[i];
      if (!is_function(test.function, {{}, {kVoid, false}}) || !is_file(test.file)) {
        r = signature_error("test `" + test.name + "`");
      }
    }
    for (std::size_t i = 0; r && i < m_.exports.size(); ++i) {
      if (m_.exports[i].function >= m_.functions.size()) r = signature_error("export `" + m_.exports[i].name + "`");
    }
    if (r) r = main();
    return r;
  }

 private:
  Result<void> sizes() const {
    for (const std::size_t size :
         {m_.functions.size(), m_.natives.size(), m_.selectors.size(), m_.handlers.size(), m_.actors.size(),
          m_.tests.size(), m_.exports.size(), m_.strings.size(), m_.scalars.size(), m_.files.size()}) {
      if (size > kMaxTable) return Error{Code::verify_limit, "a table of the module is too large", {}};
    }
    if (!m_.sources.empty() && m_.sources.size() != m_.files.size()) {
      return Error{Code::verify_layout, "source texts and source files differ in number", {}};
    }
    for (const std::string& literal : m_.strings) {
      if (literal.size() > kMaxLiteralBytes) return Error{Code::verify_limit, "a literal is too long", {}};
      if (!is_valid_utf8(literal)) return Error{Code::verify_layout, "a literal is not UTF-8", {}};
    }
    return {};
  }

  Result<void> functions() const {
    std::unordered_set<std::uint32_t> declared;
    for (const Module::Unresolved& u : m_.unresolved) {
      if (u.function >= m_.functions.size()) return signature_error("declared function `" + u.name + "`");
      declared.insert(u.function);
    }
    for (std::uint32_t i = 0; i < m_.functions.size(); ++i) {
      const FunctionDef& f = m_.functions[i];
      if (f.name.size() > kMaxNameBytes) return Error{Code::verify_limit, "a function's name is too long", {}};
      if (f.code.empty() && !declared.contains(i)) return code_error(Code::verify_fallthrough, f, 0, "no code");
      if (!is_file(f.file)) return code_error(Code::verify_layout, f, 0, "no such source file");
      for (std::size_t line = 1; line < f.lines.size(); ++line) {
        if (f.lines[line].word < f.lines[line - 1].word) {
          return code_error(Code::verify_layout, f, f.lines[line].word, "source lines are not in order");
        }
      }
      std::uint32_t end = 0;
      for (const InlinedCall& call : f.inlined) {
        if (call.name.size() > kMaxNameBytes) return Error{Code::verify_limit, "a function's name is too long", {}};
        if (call.start < end || call.end <= call.start || call.end > f.code.size()) {
          return code_error(Code::verify_layout, f, call.start, "inlined calls are not in order");
        }
        end = call.end;
      }
    }
    return {};
  }

  Result<void> handler(const HandlerDef& h) const {
    const bool of_actor = m_.types[h.owner].is_actor;
    if (of_actor ? !is_own_method(h.function, h.owner, h.signature) : h.function != kNone) {
      return signature_error("handler `" + h.name + "`");
    }
    if (h.message_type == kNone) return {};
    if (h.message_type < m_.types.size() && m_.types[h.message_type].kind == TypeKind::object &&
        m_.types[h.message_type].fields.size() == h.signature.params.size()) {
      const TypeDef& message = m_.types[h.message_type];
      bool equal = true;
      for (std::size_t i = 0; i < message.fields.size(); ++i) equal &= message.fields[i].type == h.signature.params[i];
      if (equal) return {};
    }
    return signature_error("message of handler `" + h.name + "`");
  }

  Result<void> actor(const ActorDef& a) const {
    const auto bad = [&](const char* part) { return signature_error("actor `" + a.name + "`: " + part); };
    const auto optional = [&](std::uint32_t function, std::vector<TypeRef> params) {
      return function == kNone || is_own_method(function, a.type, {std::move(params), {kVoid, false}});
    };
    if (!is_own_method(a.constructor, a.type, {a.constructor_args.params, {kVoid, false}}) ||
        a.constructor_args.result != TypeRef{kVoid, false}) {
      return bad("constructor");
    }
    if (!optional(a.on_started, {})) return bad("on started");
    if (!optional(a.on_stopping, {{kError, false}})) return bad("on stopping");
    if (!optional(a.on_down, {{kActorRefAny, false}, {kError, false}})) return bad("on down");
    if (!optional(a.on_other, {{kAny, true}})) return bad("on other");
    if (a.on_migrate != kNone && !takes_record(a.on_migrate, a.type)) return bad("on migrate");
    const std::vector<FieldDef>& fields = m_.types[a.type].fields;
    for (const ActorDef::Initial& initial : a.initials) {
      if (initial.field >= fields.size() ||
          !is_own_method(initial.function, a.type, {{}, fields[initial.field].type})) {
        return bad("initial value");
      }
    }
    for (const std::uint32_t h : a.handlers) {
      if (h >= m_.handlers.size() || m_.handlers[h].owner >= m_.types.size()) return bad("handlers");
      // A handler of an ancestor takes this state as its self too.
      const std::uint32_t function = m_.handlers[h].function;
      if (function == kNone || !is_method(m_, function, a.type, m_.handlers[h].signature)) return bad("handlers");
    }
    for (const ActorDef::Every& every : a.everys) {
      if (!is_own_method(every.interval, a.type, {{}, {kDuration, false}}) ||
          !is_own_method(every.body, a.type, {{}, {kVoid, false}})) {
        return bad("every");
      }
    }
    for (const std::uint32_t child : a.children) {
      if (!is_own_method(child, a.type, {{}, {kActorRefAny, false}})) return bad("child");
    }
    return a.strategy <= 2 && a.intensity >= 0 && a.period_ns >= 0 ? Result<void>{} : bad("strategy");
  }

  Result<void> main() const {
    if (m_.main == kNone) return {};
    for (const TypeRef result : {TypeRef{kVoid, false}, TypeRef{kInt, false}}) {
      if (is_function(m_.main, {{}, result}) || is_function(m_.main, {{{kListString, false}}, result})) return {};
    }
    return signature_error("main");
  }

  bool is_function(std::uint32_t function, const Signature& wanted) const {
    return function < m_.functions.size() && m_.functions[function].signature == wanted;
  }
  bool takes_record(std::uint32_t function, TypeIndex self) const {
    if (function >= m_.functions.size() || m_.functions[function].signature.params.size() != 2) return false;
    const TypeRef old = m_.functions[function].signature.params[1];
    return old.index < m_.types.size() && m_.types[old.index].is_record &&
           is_own_method(function, self, {{{old.index, false}}, {kVoid, false}});
  }
  bool is_own_method(std::uint32_t function, TypeIndex self, const Signature& wanted) const {
    return function < m_.functions.size() && is_method(m_, function, self, wanted);
  }
  bool is_file(std::uint32_t file) const { return file < m_.files.size() || (file == 0 && m_.files.empty()); }
  static Error signature_error(const std::string& owner) {
    return {Code::verify_signature, owner + " does not have a function of its signature", {}};
  }

  const Module& m_;
};

}  // namespace

Result<void> verify(const Module& module, FieldObjects* field_objects) {
  Result<void> r = check_types(module);
  if (r) r = TableChecks(module).run();
  if (!r) return r;
  const ModuleView view(module);
  FunctionChecks checks(view);
  if (field_objects) field_objects->assign(module.functions.size(), {});
  for (std::uint32_t i = 0; i < module.functions.size(); ++i) {
    if (module.functions[i].code.empty()) continue;
    r = checks.check(i, field_objects ? &(*field_objects)[i] : nullptr);
    if (!r) return r;
  }
  return {};
}

}  // namespace noodle::bytecode
