#include "runtime/lang/ast.hpp"

namespace noodle::lang {

bool declares_type(Decl::Kind kind) {
  switch (kind) {
    case Decl::Kind::class_:
    case Decl::Kind::interface:
    case Decl::Kind::actor:
    case Decl::Kind::agent:
    case Decl::Kind::record:
    case Decl::Kind::enum_:
    case Decl::Kind::supervisor:
    case Decl::Kind::alias:
      return true;
    default:
      return false;
  }
}

const char* keyword_of(Decl::Kind kind) {
  switch (kind) {
    case Decl::Kind::import:
      return "import";
    case Decl::Kind::func:
      return "func";
    case Decl::Kind::class_:
      return "class";
    case Decl::Kind::interface:
      return "interface";
    case Decl::Kind::actor:
      return "actor";
    case Decl::Kind::agent:
      return "agent";
    case Decl::Kind::record:
      return "record";
    case Decl::Kind::enum_:
      return "enum";
    case Decl::Kind::supervisor:
      return "supervisor";
    case Decl::Kind::alias:
      return "type";
    case Decl::Kind::constant:
      return "const";
    case Decl::Kind::test:
      return "test";
    case Decl::Kind::requires_:
      return "requires";
    default:
      return "module";
  }
}

}  // namespace noodle::lang
