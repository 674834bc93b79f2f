// Module -> NBC file.
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <sodium.h>

#include <cstring>

#include "messages/nbc.capnp.h"
#include "runtime/bytecode/container.hpp"
#include "runtime/bytecode/delta_code.hpp"

namespace noodle::bytecode {

namespace {

// The words of a Data field are copied as they are.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

capnp::Text::Reader text(const std::string& s) {
  return {s.c_str(), s.size()};
}
capnp::Data::Reader data(const void* bytes, std::size_t size) {
  return {static_cast<const kj::byte*>(bytes), size};
}
capnp::Data::Reader data(const std::string& s) {
  return data(s.data(), s.size());
}
std::uint32_t pack(TypeRef type) {
  return type.index << 1 | static_cast<std::uint32_t>(type.nullable);
}
/// Makes a list of the size of `from` and fills it with `set(list, index, element)`. Empty lists stay null pointers.
template <class Vector, class Init, class Set>
void fill(const Vector& from, Init init, Set set) {
  if (from.empty()) return;
  auto list = init(static_cast<unsigned>(from.size()));
  for (unsigned i = 0; i < from.size(); ++i) set(list, i, from[i]);
}
template <class Init>
void fill_texts(const std::vector<std::string>& from, Init init) {
  fill(from, init, [](auto& list, unsigned i, const std::string& s) { list.set(i, text(s)); });
}
template <class Init>
void fill_numbers(const std::vector<std::uint32_t>& from, Init init) {
  fill(from, init, [](auto& list, unsigned i, std::uint32_t n) { list.set(i, n); });
}
template <class Init>
void fill_types(const std::vector<TypeRef>& from, Init init) {
  fill(from, init, [](auto& list, unsigned i, TypeRef type) { list.set(i, pack(type)); });
}

void write(nbc::Signature::Builder out, const Signature& s) {
  fill_types(s.params, [&](unsigned n) { return out.initParams(n); });
  out.setResult(pack(s.result));
}

void write(nbc::Type::Builder out, const TypeDef& t) {
  out.setKind(static_cast<std::uint8_t>(t.kind));
  out.setIsRecord(t.is_record);
  out.setIsAbstract(t.is_abstract);
  out.setIsActor(t.is_actor);
  out.setName(text(t.name));
  out.setParent(t.parent);
  fill_types(t.args, [&](unsigned n) { return out.initArgs(n); });
  out.setResult(pack(t.result));
  fill_numbers(t.interfaces, [&](unsigned n) { return out.initInterfaces(n); });
  fill(
      t.fields, [&](unsigned n) { return out.initFields(n); },
      [](auto& list, unsigned i, const FieldDef& field) {
        list[i].setName(text(field.name));
        list[i].setType(pack(field.type));
      });
  fill_numbers(t.vtable, [&](unsigned n) { return out.initVtable(n); });
  fill(
      t.methods, [&](unsigned n) { return out.initMethods(n); },
      [](auto& list, unsigned i, const TypeDef::InterfaceMethod& method) {
        list[i].setSelector(method.selector);
        list[i].setFunction(method.function);
      });
  fill_texts(t.cases, [&](unsigned n) { return out.initCases(n); });
  fill_numbers(t.case_types, [&](unsigned n) { return out.initCaseTypes(n); });
  out.setTag(t.tag);
  out.setFunction(t.function);
  out.setActor(t.actor);
}

void write(nbc::Function::Builder out, const FunctionDef& f) {
  out.setName(text(f.name));
  write(out.initSignature(), f.signature);
  out.setScalarRegisters(static_cast<std::uint16_t>(f.scalar_registers));
  out.setPointerRegisters(static_cast<std::uint16_t>(f.pointer_registers));
  if (!f.code.empty()) out.setCode(data(f.code.data(), f.code.size() * sizeof(Word)));
  if (!f.joins.empty()) out.setJoins(data(pack_joins(f.joins, f.scalar_registers, f.pointer_registers)));
  fill(
      f.handlers, [&](unsigned n) { return out.initHandlers(n); },
      [](auto& list, unsigned i, const HandlerRange& h) {
        list[i].setStart(h.start);
        list[i].setEnd(h.end);
        list[i].setTarget(h.target);
        list[i].setErrorRegister(h.error_register);
      });
  out.setFile(f.file);
  if (!f.lines.empty()) out.setLines(data(pack_lines(f.lines)));
  fill(
      f.inlined, [&](unsigned n) { return out.initInlined(n); },
      [](auto& list, unsigned i, const InlinedCall& call) {
        list[i].setStart(call.start);
        list[i].setEnd(call.end);
        list[i].setName(text(call.name));
        list[i].setLine(call.line);
        list[i].setColumn(call.column);
      });
}

void write(nbc::Actor::Builder out, const ActorDef& a) {
  out.setType(a.type);
  out.setName(text(a.name));
  out.setIsAgent(a.is_agent);
  out.setIsSupervisor(a.is_supervisor);
  out.setConstructor(a.constructor);
  write(out.initConstructorArgs(), a.constructor_args);
  fill_numbers(a.handlers, [&](unsigned n) { return out.initHandlers(n); });
  out.setOnStarted(a.on_started);
  out.setOnStopping(a.on_stopping);
  out.setOnDown(a.on_down);
  out.setOnOther(a.on_other);
  out.setOnMigrate(a.on_migrate);
  fill(
      a.initials, [&](unsigned n) { return out.initInitials(n); },
      [](auto& list, unsigned i, const ActorDef::Initial& initial) {
        list[i].setField(initial.field);
        list[i].setFunction(initial.function);
      });
  fill(
      a.everys, [&](unsigned n) { return out.initEverys(n); },
      [](auto& list, unsigned i, const ActorDef::Every& every) {
        list[i].setInterval(every.interval);
        list[i].setBody(every.body);
      });
  fill_numbers(a.children, [&](unsigned n) { return out.initChildren(n); });
  out.setStrategy(static_cast<std::uint8_t>(a.strategy));
  out.setIntensity(a.intensity);
  out.setPeriodNs(a.period_ns);
  fill(
      a.metadata, [&](unsigned n) { return out.initMetadata(n); },
      [](auto& list, unsigned i, const auto& entry) {
        list[i].setKey(text(entry.first));
        list[i].setValue(text(entry.second));
      });
  fill_texts(a.requires_, [&](unsigned n) { return out.initRequires(n); });
}

void write_tables(nbc::Module::Builder out, const Module& m) {
  fill(
      m.natives, [&](unsigned n) { return out.initNatives(n); },
      [](auto& list, unsigned i, const NativeImport& native) {
        list[i].setName(text(native.name));
        write(list[i].initSignature(), native.signature);
        list[i].setCapability(text(native.capability));
      });
  fill(
      m.selectors, [&](unsigned n) { return out.initSelectors(n); },
      [](auto& list, unsigned i, const Selector& s) {
        list[i].setInterface(s.interface);
        list[i].setName(text(s.name));
        write(list[i].initSignature(), s.signature);
      });
  fill(
      m.handlers, [&](unsigned n) { return out.initHandlers(n); },
      [](auto& list, unsigned i, const HandlerDef& h) {
        list[i].setOwner(h.owner);
        list[i].setName(text(h.name));
        write(list[i].initSignature(), h.signature);
        list[i].setFunction(h.function);
        list[i].setMessageType(h.message_type);
      });
  fill(
      m.tests, [&](unsigned n) { return out.initTests(n); },
      [](auto& list, unsigned i, const TestDef& test) {
        list[i].setName(text(test.name));
        list[i].setFunction(test.function);
        list[i].setLine(test.line);
        list[i].setFile(test.file);
      });
  fill(
      m.exports, [&](unsigned n) { return out.initExports(n); },
      [](auto& list, unsigned i, const ExportDef& e) {
        list[i].setName(text(e.name));
        list[i].setFunction(e.function);
      });
  fill(
      m.unresolved, [&](unsigned n) { return out.initUnresolved(n); },
      [](auto& list, unsigned i, const Module::Unresolved& u) {
        list[i].setName(text(u.name));
        write(list[i].initSignature(), u.signature);
        list[i].setFunction(u.function);
      });
}

void write(nbc::Module::Builder out, const Module& m, bool sources) {
  out.setName(text(m.name));
  out.setVersion(text(m.version));
  fill_texts(m.files, [&](unsigned n) { return out.initFiles(n); });
  if (sources) fill_texts(m.sources, [&](unsigned n) { return out.initSources(n); });
  if (!m.scalars.empty()) out.setScalars(data(m.scalars.data(), m.scalars.size() * sizeof(std::uint64_t)));
  fill_texts(m.strings, [&](unsigned n) { return out.initStrings(n); });
  const auto each = [](auto& list, unsigned i, const auto& element) { write(list[i], element); };
  fill(
      m.types, [&](unsigned n) { return out.initTypes(n); }, each);
  fill(
      m.functions, [&](unsigned n) { return out.initFunctions(n); }, each);
  fill(
      m.actors, [&](unsigned n) { return out.initActors(n); }, each);
  fill_texts(m.capabilities, [&](unsigned n) { return out.initCapabilities(n); });
  out.setMain(m.main);
  write_tables(out, m);
}

template <class T>
void append(std::string& out, T number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

Result<std::string> write_nbc(const Module& module, NbcOptions options) {
  const bool sources = options.sources && !module.sources.empty();
  capnp::MallocMessageBuilder draft;
  const auto draft_root = draft.initRoot<nbc::Module>();
  write(draft_root, module, sources);
  const std::uint64_t words = draft_root.totalSize().wordCount + 1;
  if (words * 8 + 64 > kMaxNbcBytes) return Error{Code::verify_limit, "module `" + module.name + "` is too large", {}};
  // A copy into one segment of the right size: equal modules make equal files.
  capnp::MallocMessageBuilder message(static_cast<unsigned>(words));
  message.setRoot(draft_root.asReader());
  const kj::Array<capnp::word> body = capnp::messageToFlatArray(message);
  const std::string_view bytes(reinterpret_cast<const char*>(body.begin()), body.size() * sizeof(capnp::word));
  std::string file("NBC\0", 4);
  append(file, kNbcFormat);
  append(file, kNbcVm);
  append(file, sources ? kNbcHasSources : 0u);
  append(file, crc32c(bytes));
  file += bytes;
  return file;
}

Result<ContentHash> content_hash(std::string_view file) {
  if (file.size() < kNbcPreludeBytes || !file.starts_with(std::string_view("NBC\0", 4))) {
    return Error{Code::not_nbc, "the file does not start with `NBC`", {}};
  }
  file.remove_prefix(kNbcPreludeBytes);
  ContentHash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(file.data()), file.size(),
                     nullptr, 0);
  return hash;
}

}  // namespace noodle::bytecode
