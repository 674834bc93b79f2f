// HIR as text: one S-expression a function.
#include <cstdio>

#include "runtime/check/hir.hpp"

namespace noodle::check {
namespace {

constexpr const char* kNames[] = {"int",
                                  "float",
                                  "string",
                                  "null",
                                  "local",
                                  "set",
                                  "get_field",
                                  "set_field",
                                  "neg",
                                  "bit_not",
                                  "not",
                                  "add",
                                  "sub",
                                  "mul",
                                  "div",
                                  "mod",
                                  "bit_and",
                                  "bit_or",
                                  "bit_xor",
                                  "shl",
                                  "shr",
                                  "eq",
                                  "ne",
                                  "lt",
                                  "le",
                                  "gt",
                                  "ge",
                                  "and",
                                  "or",
                                  "cond",
                                  "concat",
                                  "to_text",
                                  "int_to_float",
                                  "float_to_int",
                                  "byte_to_int",
                                  "int_to_byte",
                                  "box",
                                  "unbox",
                                  "upcast",
                                  "assume_not_null",
                                  "assume_type",
                                  "cast",
                                  "is_type",
                                  "is_null",
                                  "call",
                                  "call_virtual",
                                  "call_interface",
                                  "call_bound",
                                  "call_closure",
                                  "call_native",
                                  "new_object",
                                  "new_fields",
                                  "new_enum",
                                  "new_list",
                                  "new_map",
                                  "new_set",
                                  "lambda",
                                  "func_ref",
                                  "bound_method",
                                  "host",
                                  "index",
                                  "set_index",
                                  "length",
                                  "enum_tag",
                                  "enum_field",
                                  "self_ref",
                                  "spawn",
                                  "spawn_func",
                                  "send",
                                  "ask",
                                  "send_raw",
                                  "stop",
                                  "seq",
                                  "labeled",
                                  "leave",
                                  "let",
                                  "block",
                                  "if",
                                  "loop",
                                  "for_range",
                                  "for_list",
                                  "for_map",
                                  "for_set",
                                  "for_string",
                                  "break",
                                  "continue",
                                  "return",
                                  "throw",
                                  "try",
                                  "expr"};
static_assert(sizeof(kNames) / sizeof(kNames[0]) == static_cast<std::size_t>(HOp::expr) + 1);

class Dumper {
 public:
  std::string out;

  void func(const HFunc& f) {
    out += "(func " + f.name + " (";
    if (f.self) var(*f.self);
    for (const HVar* param : f.params) {
      if (out.back() != '(') out += ' ';
      var(*param);
    }
    out += ") " + (f.result ? to_string(f.result) : "?");
    for (const HFunc::Capture& capture : f.captures) {
      out += " [" + label(*capture.inner) + (capture.inner->in_cell ? "&" : "") + "]";
    }
    line(1);
    node(f.body, 1);
    out += ')';
  }

 private:
  void line(int depth) {
    out += '\n';
    out.append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  static std::string label(const HVar& v) {
    return (v.name.empty() ? "t" : std::string(v.name)) + std::to_string(v.id);
  }

  void var(const HVar& v) {
    out += label(v);
    if (v.in_cell) out += '&';
    out += ':' + to_string(v.type);
  }

  void types(const std::vector<const Type*>& list) {
    if (list.empty()) return;
    out += '<';
    for (std::size_t i = 0; i < list.size(); ++i) out += (i ? ", " : "") + to_string(list[i]);
    out += '>';
  }

  void details(const HNode& n) {
    switch (n.op) {
      case HOp::const_int:
        out += ' ' + std::to_string(n.ival) + (n.type->is(TypeKind::int_) ? "" : ":" + to_string(n.type));
        break;
      case HOp::const_float: {
        char text[40];
        std::snprintf(text, sizeof text, " %.17g", n.fval);
        out += text;
        break;
      }
      case HOp::const_string:
        out += " \"" + std::string(n.text) + '"';
        break;
      case HOp::host_object:
        out += ' ' + std::string(n.text);
        break;
      case HOp::let:
        out += ' ';
        var(*n.var);
        break;
      case HOp::enum_field:
        out += ' ' + std::to_string(n.case_index) + '.' + std::to_string(n.ival);
        break;
      case HOp::new_enum:
        out += ' ' + to_string(n.type) + '.' + std::string(n.type->decl->cases[n.case_index].name);
        break;
      case HOp::box:
      case HOp::unbox:
      case HOp::upcast:
      case HOp::assume_not_null:
      case HOp::assume_type:
      case HOp::cast:
      case HOp::new_object:
      case HOp::new_fields:
      case HOp::new_list:
      case HOp::new_map:
      case HOp::new_set:
      case HOp::const_null:
        out += ' ' + to_string(n.type);
        break;
      case HOp::for_range:
        out += n.ival ? " .." : " ..<";
        [[fallthrough]];
      case HOp::for_list:
      case HOp::for_map:
      case HOp::for_set:
      case HOp::for_string:
        out += ' ' + label(*n.var) + (n.var2 ? " " + label(*n.var2) : "");
        break;
      case HOp::local:
      case HOp::set_local:
        out += ' ' + label(*n.var);
        break;
      default:
        break;
    }
    if (n.field) out += ' ' + std::string(n.field->name);
    if (n.target) out += ' ' + to_string(n.target);
    if (n.func) {
      out += ' ' + (n.func->native.empty() ? n.func->name : std::string(n.func->native));
      types(n.targs);
    }
    const bool labeled = n.op == HOp::labeled || n.op == HOp::leave || n.op == HOp::loop || n.op == HOp::break_ ||
                         n.op == HOp::continue_ || (n.op >= HOp::for_range && n.op <= HOp::for_string);
    if (labeled) out += " #" + std::to_string(n.label);
    if (n.op == HOp::try_ && n.var) out += ' ' + label(*n.var);
  }

  static bool is_simple(const HNode* n) {
    return !n || (n->kids.empty() && n->op != HOp::lambda && !n->opt && !n->place);
  }

  void node(const HNode* n, int depth) {
    if (!n) {
      out += '-';
      return;
    }
    if (n->op == HOp::local) {
      out += label(*n->var);
      return;
    }
    out += '(';
    out += kNames[static_cast<std::size_t>(n->op)];
    details(*n);
    bool flat = n->op < HOp::seq;
    for (const HNode* kid : n->kids) flat = flat && (is_simple(kid) || n->op < HOp::seq);
    auto child = [&](const HNode* kid) {
      if (flat) {
        out += ' ';
      } else {
        line(depth + 1);
      }
      node(kid, depth + 1);
    };
    const bool one_line =
        n->op == HOp::let || n->op == HOp::return_ || n->op == HOp::throw_ || n->op == HOp::expr || n->op == HOp::leave;
    flat = flat || one_line;
    for (const HNode* kid : n->kids) child(kid);
    if (n->opt) {
      out += " with ";
      node(n->opt, depth + 1);
    }
    if (n->place) {
      out += " on ";
      node(n->place, depth + 1);
    }
    if (n->op == HOp::lambda && n->func) {
      line(depth + 1);
      Dumper inner;
      inner.func(*n->func);
      for (const char c : inner.out) {
        out += c;
        if (c == '\n') out.append(static_cast<std::size_t>(depth + 1) * 2, ' ');
      }
    }
    out += ')';
  }
};

}  // namespace

std::string dump(const HFunc& func) {
  Dumper dumper;
  dumper.func(func);
  return dumper.out;
}

}  // namespace noodle::check
