#include "runtime/bytecode/builtins.hpp"

namespace noodle::bytecode {

namespace {

constexpr TypeRef nullable(TypeIndex index) {
  return {index, true};
}

}  // namespace

std::vector<TypeDef> builtin_types() {
  std::vector<TypeDef> types(kBuiltinTypeCount);
  const auto set = [&](TypeIndex index, TypeKind kind, const char* name) {
    types[index].kind = kind;
    types[index].name = name;
  };
  set(kVoid, TypeKind::void_, "void");
  set(kInt, TypeKind::int_, "int");
  set(kFloat, TypeKind::float_, "float");
  set(kBool, TypeKind::bool_, "bool");
  set(kByte, TypeKind::byte, "byte");
  set(kDuration, TypeKind::duration, "Duration");
  set(kTime, TypeKind::time, "Time");
  set(kAny, TypeKind::any, "any");
  set(kNull, TypeKind::null, "null");
  set(kString, TypeKind::string, "String");
  set(kBytes, TypeKind::bytes, "Bytes");
  constexpr TypeIndex scalars[] = {kInt, kFloat, kBool, kByte, kDuration, kTime};
  for (TypeIndex i = 0; i < 6; ++i) {
    set(kBoxInt + i, TypeKind::box, "");
    types[kBoxInt + i].name = types[scalars[i]].name;
    types[kBoxInt + i].args = {{scalars[i], false}};
  }
  set(kActorRefAny, TypeKind::actor_ref, "ActorRef<any>");
  types[kActorRefAny].args = {nullable(kAny)};
  set(kError, TypeKind::object, "Error");
  types[kError].fields = {{"code", {kInt, false}},
                          {"message", {kString, false}},
                          {"data", nullable(kAny)},
                          {"cause", nullable(kError)},
                          {"trace", {kString, false}}};
  set(kDown, TypeKind::object, "Down");
  types[kDown].is_record = true;
  types[kDown].fields = {{"ref", {kActorRefAny, false}}, {"reason", {kError, false}}};
  set(kSpawnOptions, TypeKind::object, "SpawnOptions");
  types[kSpawnOptions].is_record = true;
  types[kSpawnOptions].fields = {
      {"name", nullable(kString)},         {"memory", nullable(kBoxInt)},        {"stack", nullable(kBoxInt)},
      {"fuel", nullable(kBoxInt)},         {"fuelPerSecond", nullable(kBoxInt)}, {"mailbox", nullable(kBoxInt)},
      {"mailboxBytes", nullable(kBoxInt)}, {"policy", nullable(kString)},        {"children", nullable(kBoxInt)},
      {"caps", nullable(kListString)},     {"priority", nullable(kString)},      {"restart", nullable(kString)},
      {"version", nullable(kString)}};
  set(kListString, TypeKind::list, "List<String>");
  types[kListString].args = {{kString, false}};
  return types;
}

}  // namespace noodle::bytecode
