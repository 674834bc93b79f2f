// Constructors: which classes have one, and its signature. Body::constructor lowers it.
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {

void Checker::ensure_constructor(ClassInfo& cls) {
  complete_members(cls);
  if (cls.constructor != Stage::todo) return;
  cls.constructor = Stage::done;
  HClass& h = *cls.cls;
  if (!cls.has_constructor || !h.decl) return;
  const Decl* decl = cls.constructor_decl ? cls.constructor_decl : h.decl;
  HFunc* func = new_func(HFunc::Kind::constructor, h.name + ".$init", cls.inherits_constructor ? nullptr : decl,
                         *cls.module, &cls);
  func->has_body = true;
  func->native = {};
  func->span = cls.constructor_decl ? cls.constructor_decl->span : h.decl->name.span;
  h.constructor = func;
  if (!cls.inherits_constructor) {
    ensure_signature(*func);
    return;
  }
  ClassInfo& base = info(h.base->decl);
  DepthGuard guard(depth_);
  if (guard.too_deep()) return;
  ensure_constructor(base);
  FuncInfo& side = info(func);
  side.signature = Stage::done;
  func->tparams = h.tparams;
  func->self = add_param(*func, "self", h.self_type, func->span);
  func->result = basic(TypeKind::void_);
  if (!base.cls->constructor) return;
  const Substitution s = substitution(h.base);
  for (const HVar* param : base.cls->constructor->params) {
    func->params.push_back(add_param(*func, param->name, subst(param->type, s), func->span));
  }
  side.params = info(base.cls->constructor).params;
  side.defaults_from = base.cls->constructor;
}

}  // namespace noodle::check
