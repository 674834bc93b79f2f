#include "runtime/session/type_text.hpp"

#include <algorithm>
#include <cctype>

namespace noodle::session {
namespace {

using check::Type;
using check::TypeKind;

class Writer {
 public:
  Writer(const lang::SourceFile* unit, std::set<std::string>& modules) : unit_(unit), modules_(modules) {}

  bool write(const Type* type) {
    switch (type->kind) {
      case TypeKind::error:
      case TypeKind::never:
      case TypeKind::void_:
      case TypeKind::null:
      case TypeKind::param:
        return false;
      case TypeKind::nullable: {
        const bool group = type->args[0]->is(TypeKind::func);
        out += group ? "(" : "";
        if (!write(type->args[0])) return false;
        out += group ? ")?" : "?";
        return true;
      }
      case TypeKind::list:
        out += "List";
        return arguments(type);
      case TypeKind::map:
        out += "Map";
        return arguments(type);
      case TypeKind::set:
        out += "Set";
        return arguments(type);
      case TypeKind::actor_ref:
        out += "ActorRef";
        return arguments(type);
      case TypeKind::func:
        out += "func(";
        if (!list(type)) return false;
        out += ")";
        if (!type->result || type->result->is(TypeKind::void_)) return true;
        out += ": ";
        return write(type->result);
      case TypeKind::object:
      case TypeKind::enum_:
        name(*type->decl);
        return type->args.empty() || arguments(type);
      default:
        out += check::to_string(type);
        return true;
    }
  }

  std::string out;

 private:
  bool arguments(const Type* type) {
    out += "<";
    const bool written = list(type);
    out += ">";
    return written;
  }
  bool list(const Type* type) {
    for (std::size_t i = 0; i < type->args.size(); ++i) {
      out += i == 0 ? "" : ", ";
      if (!write(type->args[i])) return false;
    }
    return true;
  }
  void name(const check::HClass& cls) {
    const std::size_t dot = cls.name.rfind('.');
    if (cls.file == unit_ || dot == std::string::npos) {
      out += cls.decl ? std::string(cls.decl->name.text) : cls.name;
      return;
    }
    const std::string module = cls.name.substr(0, dot);
    modules_.insert(module);
    out += module_alias(module) + cls.name.substr(dot);
  }

  const lang::SourceFile* unit_;
  std::set<std::string>& modules_;
};

}  // namespace

std::string type_text(const Type* type, const lang::SourceFile* unit, std::set<std::string>& modules) {
  Writer writer(unit, modules);
  return writer.write(type) ? writer.out : std::string();
}

std::string type_text(const std::string& name, std::set<std::string>& modules) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; };
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    if (!is_part(name[at])) {
      out += name[at++];
      continue;
    }
    std::size_t end = at;
    while (end < name.size() && is_part(name[end])) ++end;
    const std::string path = name.substr(at, end - at);
    at = end;
    const std::size_t dot = path.rfind('.');
    const std::string module = dot == std::string::npos ? std::string() : path.substr(0, dot);
    if (module.empty() || module == "main") {  // "main" sets a program's own types apart from those it hides
      out += module.empty() ? path : path.substr(dot + 1);
      continue;
    }
    modules.insert(module);
    out += module_alias(module) + path.substr(dot);
  }
  return out;
}

std::string module_alias(const std::string& module) {
  std::string alias = "$" + module;
  std::replace(alias.begin(), alias.end(), '.', '_');
  return alias;
}

}  // namespace noodle::session
