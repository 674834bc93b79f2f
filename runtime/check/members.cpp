// Members of class-like declarations: fields, methods, cases, handlers; and signatures of functions.
#include <algorithm>

#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

bool zero_is_object(const Type& type) {
  return type.is(TypeKind::string) || type.is(TypeKind::bytes) || type.is(TypeKind::list) || type.is(TypeKind::map) ||
         type.is(TypeKind::set);
}

}  // namespace

Member* Checker::add_member(ClassInfo& cls, std::string_view name, Member member) {
  if (name.empty()) return nullptr;
  const auto [it, is_new] = cls.by_name.emplace(name, member);
  if (is_new) return &it->second;
  auto& diagnostic = report(Code::duplicate_name, cls.module->file, member.span,
                            "`" + cls.cls->name + "` has two members `" + std::string(name) + "`");
  diagnostic.note = "first declared here";
  diagnostic.note_file = cls.module->file;
  diagnostic.note_span = it->second.span;
  return nullptr;
}

HField* Checker::add_field(ClassInfo& cls, std::string_view name, const Type* type, Span span) {
  HField& field = cls.cls->fields.emplace_back();
  field.name = name;
  field.type = type;
  field.owner = cls.cls;
  field.index = static_cast<std::uint32_t>(cls.cls->fields.size() - 1);
  field.required = !has_zero(type) && !type->is(TypeKind::error);
  field.span = span;
  return &field;
}

void Checker::complete_members(ClassInfo& cls) {
  if (cls.members != Stage::todo) return;
  complete_header(cls);
  cls.members = Stage::busy;
  if (const Decl* decl = cls.cls->decl) {
    cls.by_name.reserve(decl->members.size() + decl->params.size() + decl->cases.size());
    declare_header(cls);
    declare_cases(cls);
    declare_body(cls);
  }
  cls.members = Stage::done;
}

void Checker::declare_header(ClassInfo& cls) {
  const Decl& decl = *cls.cls->decl;
  if (decl.params.empty()) return;
  const bool is_record = cls.cls->kind == HClass::Kind::record;
  const TypeScope scope = scope_of(cls);
  for (const lang::Param& param : decl.params) {
    HField* field = add_field(cls, param.name.text, resolve(param.type, scope), param.name.span);
    field->is_private = !is_record;
    Member member{Member::Kind::field, !is_record, 0, field, nullptr, nullptr, param.name.span};
    add_member(cls, param.name.text, member);
    if (is_record && param.init) {
      field->required = false;
      cls.field_inits.emplace_back(field, param.init);
      field->init = new_func(HFunc::Kind::field_init, cls.cls->name + "." + std::string(param.name.text) + "$init",
                             nullptr, *cls.module, &cls);
      field->init->has_body = true;
      field->init->span = param.name.span;
      info(field->init).init = param.init;
      info(field->init).field = field;
    }
  }
}

void Checker::declare_cases(ClassInfo& cls) {
  const Decl& decl = *cls.cls->decl;
  if (cls.cls->kind != HClass::Kind::enum_) return;
  const TypeScope scope = scope_of(cls);
  if (decl.cases.empty()) {
    report(Code::uninitialised, cls.module->file, decl.name.span, "enum `" + cls.cls->name + "` has no cases");
  }
  cls.cls->cases.reserve(decl.cases.size());
  for (const Decl::Case& written : decl.cases) {
    HCase& c = cls.cls->cases.emplace_back();
    c.name = written.name.text;
    c.fields.reserve(written.params.size());
    for (const lang::Param& param : written.params) {
      HField& field = c.fields.emplace_back();
      field.name = param.name.text;
      field.type = resolve(param.type, scope);
      field.owner = cls.cls;
      field.index = static_cast<std::uint32_t>(c.fields.size() - 1);
      field.required = true;
      field.span = param.name.span;
    }
    Member member{Member::Kind::enum_case,
                  false,
                  static_cast<std::uint32_t>(cls.cls->cases.size() - 1),
                  nullptr,
                  nullptr,
                  nullptr,
                  written.name.span};
    add_member(cls, written.name.text, member);
  }
}

void Checker::declare_body(ClassInfo& cls) {
  for (const Decl* member : cls.cls->decl->members) {
    switch (member->kind) {
      case Decl::Kind::func:
        declare_method(cls, *member);
        break;
      case Decl::Kind::field:
        declare_field(cls, *member);
        break;
      case Decl::Kind::metadata:
        declare_metadata(cls, *member);
        break;
      case Decl::Kind::handler:
        declare_handler(cls, *member);
        break;
      case Decl::Kind::every:
        declare_every(cls, *member);
        break;
      case Decl::Kind::child:
        declare_child(cls, *member);
        break;
      case Decl::Kind::requires_:
        for (const lang::CapabilityUse& use : member->capabilities) cls.cls->requires_.push_back(use.name);
        break;
      case Decl::Kind::constructor:
        if (cls.constructor_decl || cls.cls->decl->has_header) {
          report(Code::invalid_constructor, cls.module->file, member->span,
                 cls.constructor_decl ? "class `" + cls.cls->name + "` has two constructors"
                                      : "class `" + cls.cls->name + "` has header parameters and a constructor");
        } else {
          cls.constructor_decl = member;
        }
        break;
      default:
        break;
    }
  }
}

void Checker::declare_method(ClassInfo& cls, const Decl& decl) {
  const bool interface = cls.cls->kind == HClass::Kind::interface;
  HFunc* func =
      new_func(decl.is_static ? HFunc::Kind::function : HFunc::Kind::method,
               cls.cls->name + "." + std::string(decl.name.text), &decl, *cls.module, decl.is_static ? nullptr : &cls);
  if (!func->has_body && func->native.empty()) {
    func->is_abstract = true;
    func->is_virtual = true;
    if (cls.cls->kind == HClass::Kind::class_) {
      cls.cls->is_abstract = true;
    } else if (!interface && cls.cls->kind != HClass::Kind::host) {
      report(Code::missing_implementation, cls.module->file, decl.name.span, "method `" + func->name + "` has no body",
             "only methods of classes and interfaces may be left without a body");
    }
  } else if (interface) {
    report(Code::misplaced_statement, cls.module->file, decl.name.span,
           "interface method `" + func->name + "` has a body", "interfaces only declare methods");
  }
  for (const lang::Attribute& attribute : decl.attributes) {
    if (attribute.name.text == "index") cls.index_methods.push_back(func);
  }
  if (decl.is_static) {
    info(func).home = &cls;
    cls.statics.push_back(func);
  } else {
    cls.cls->methods.push_back(func);
  }
  add_member(cls, decl.name.text, {Member::Kind::method, decl.is_private, 0, nullptr, func, nullptr, decl.name.span});
}

void Checker::declare_field(ClassInfo& cls, const Decl& decl) {
  if (cls.cls->kind == HClass::Kind::supervisor) return declare_option(cls, decl);
  if (decl.is_static) {
    Constant& constant = constants_.emplace_back();
    constant.decl = &decl;
    constant.module = cls.module;
    constant.owner = &cls;
    constant.name = decl.name.text;
    add_member(cls, decl.name.text,
               {Member::Kind::constant, decl.is_private, 0, nullptr, nullptr, &constant, decl.name.span});
    return;
  }
  HField* field = add_field(cls, decl.name.text, resolve(decl.type, scope_of(cls)), decl.name.span);
  field->is_private = decl.is_private;
  add_member(cls, decl.name.text, {Member::Kind::field, decl.is_private, 0, field, nullptr, nullptr, decl.name.span});
  if (decl.init) {
    field->required = false;
    cls.field_inits.emplace_back(field, decl.init);
  }
  // Classes with a constructor compute initial values there; those of actors are also wanted when only the field is new
  // (hot swap).
  const HClass::Kind kind = cls.cls->kind;
  const bool process = kind == HClass::Kind::actor || kind == HClass::Kind::agent;
  if (process ? !decl.init && !zero_is_object(*field->type) : cls.has_constructor || !decl.init) return;
  field->init = new_func(HFunc::Kind::field_init, cls.cls->name + "." + std::string(decl.name.text) + "$init", nullptr,
                         *cls.module, &cls);
  field->init->has_body = true;
  field->init->span = decl.name.span;
  info(field->init).init = decl.init;
  info(field->init).field = field;
}

void Checker::ensure_signature(HFunc& func) {
  FuncInfo& side = info(func);
  if (side.signature != Stage::todo) return;
  side.signature = Stage::busy;
  if (side.owner) func.tparams = side.owner->cls->tparams;
  const Decl* decl = func.decl;
  if (decl && !decl->type_params.empty() && func.kind != HFunc::Kind::constructor) {
    TypeScope names = scope_of(func);
    const std::size_t from = func.tparams.size();
    const std::vector<const Type*> own =
        make_tparams(decl->type_params, &func, static_cast<std::uint32_t>(from), names);
    func.tparams.insert(func.tparams.end(), own.begin(), own.end());
    side.own_tparams = static_cast<std::uint32_t>(own.size());
    resolve_bounds(decl->type_params, func.tparams, from, names);
  }
  const TypeScope scope = scope_of(func);
  if (side.owner) {
    func.self = add_param(func, "self", side.owner->cls->self_type, func.span);
  }
  func.result = basic(TypeKind::void_);
  if (side.params && (func.kind == HFunc::Kind::function || func.kind == HFunc::Kind::method ||
                      func.kind == HFunc::Kind::constructor || func.kind == HFunc::Kind::handler)) {
    func.params.reserve(side.params->size());
    for (std::size_t i = 0; i < side.params->size(); ++i) {
      const lang::Param& param = (*side.params)[i];
      for (std::size_t j = 0; j < i && j < 256; ++j) {
        if ((*side.params)[j].name.text != param.name.text || param.name.text.empty() || param.name.text == "_")
          continue;
        report(Code::duplicate_name, side.module->file, param.name.span,
               "parameter `" + std::string(param.name.text) + "` is declared twice");
        break;
      }
      func.params.push_back(add_param(func, param.name.text, resolve(param.type, scope), param.name.span));
    }
    if (func.kind != HFunc::Kind::constructor) func.result = resolve_result(decl->type, scope);
  }
  if (side.is_never) func.result = basic(TypeKind::never);
  if (func.kind == HFunc::Kind::handler) check_system_handler(func);
  side.signature = Stage::done;
}

}  // namespace noodle::check
