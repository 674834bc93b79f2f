// NBC file -> module. Everything here runs on data from anywhere.
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>

#include "messages/nbc.capnp.h"
#include "messages/pointer_check.hpp"
#include "messages/utf8.hpp"
#include "runtime/bytecode/container.hpp"
#include "runtime/bytecode/delta_code.hpp"

namespace noodle::bytecode {

namespace {

Error malformed(const char* what) {
  return {Code::nbc_malformed, std::string("NBC file: ") + what, {}};
}

/// Reads the message; throws Malformed on the first thing that is not right.
class NbcReader {
 public:
  struct Malformed {
    const char* what;
  };

  explicit NbcReader(std::size_t file_bytes) : budget_(file_bytes * 32) {}

  void read(nbc::Module::Reader in, Module& m) {
    m.name = text(in.getName());
    m.version = text(in.getVersion());
    m.files = texts(in.getFiles());
    m.sources = texts(in.getSources());
    m.scalars = words<std::uint64_t>(in.getScalars());
    m.strings = texts(in.getStrings());
    each(in.getTypes(), m.types, [&](auto from, TypeDef& to) { read(from, to); });
    each(in.getFunctions(), m.functions, [&](auto from, FunctionDef& to) { read(from, to); });
    each(in.getNatives(), m.natives, [&](auto from, NativeImport& to) {
      to.name = text(from.getName());
      to.signature = signature(from.getSignature());
      to.capability = text(from.getCapability());
    });
    each(in.getSelectors(), m.selectors, [&](auto from, Selector& to) {
      to.interface = from.getInterface();
      to.name = text(from.getName());
      to.signature = signature(from.getSignature());
    });
    each(in.getHandlers(), m.handlers, [&](auto from, HandlerDef& to) {
      to.owner = from.getOwner();
      to.name = text(from.getName());
      to.signature = signature(from.getSignature());
      to.function = from.getFunction();
      to.message_type = from.getMessageType();
    });
    each(in.getActors(), m.actors, [&](auto from, ActorDef& to) { read(from, to); });
    each(in.getTests(), m.tests, [&](auto from, TestDef& to) {
      to = {text(from.getName()), from.getFunction(), from.getLine(), from.getFile()};
    });
    each(in.getExports(), m.exports, [&](auto from, ExportDef& to) {
      to = {text(from.getName()), from.getFunction()};
    });
    m.capabilities = texts(in.getCapabilities());
    m.main = in.getMain();
    each(in.getUnresolved(), m.unresolved, [&](auto from, Module::Unresolved& to) {
      to.name = text(from.getName());
      to.signature = signature(from.getSignature());
      to.function = from.getFunction();
    });
  }

 private:
  /// Takes memory from what the size of the file allows.
  void spend(std::size_t bytes) {
    if (bytes > budget_) throw Malformed{"it describes more than it holds"};
    budget_ -= bytes;
  }

  std::string text(capnp::Text::Reader in) {
    spend(in.size());
    std::string out(in.begin(), in.size());
    if (!is_valid_utf8(out)) throw Malformed{"a text is not UTF-8"};
    return out;
  }

  template <class List, class T, class Read>
  void each(List in, std::vector<T>& out, Read read_one) {
    spend(in.size() * sizeof(T));
    out.resize(in.size());
    for (unsigned i = 0; i < in.size(); ++i) read_one(in[i], out[i]);
  }
  template <class List>
  std::vector<std::string> texts(List in) {
    std::vector<std::string> out;
    each(in, out, [&](capnp::Text::Reader from, std::string& to) { to = text(from); });
    return out;
  }
  template <class List>
  std::vector<std::uint32_t> numbers(List in) {
    std::vector<std::uint32_t> out;
    each(in, out, [](std::uint32_t from, std::uint32_t& to) { to = from; });
    return out;
  }
  template <class List>
  std::vector<TypeRef> types(List in) {
    std::vector<TypeRef> out;
    each(in, out, [](std::uint32_t from, TypeRef& to) { to = unpack(from); });
    return out;
  }
  static TypeRef unpack(std::uint32_t packed) { return {packed >> 1, (packed & 1) != 0}; }

  template <class T>
  std::vector<T> words(capnp::Data::Reader in) {
    if (in.size() % sizeof(T) != 0) throw Malformed{"code or constants are cut"};
    spend(in.size());
    std::vector<T> out(in.size() / sizeof(T));
    if (!out.empty()) std::memcpy(out.data(), in.begin(), in.size());
    return out;
  }

  Signature signature(nbc::Signature::Reader in) { return {types(in.getParams()), unpack(in.getResult())}; }

  void read(nbc::Type::Reader in, TypeDef& t) {
    if (in.getKind() > static_cast<std::uint8_t>(TypeKind::host)) throw Malformed{"a type has no known kind"};
    t.kind = static_cast<TypeKind>(in.getKind());
    t.is_record = in.getIsRecord();
    t.is_abstract = in.getIsAbstract();
    t.is_actor = in.getIsActor();
    t.name = text(in.getName());
    t.parent = in.getParent();
    t.args = types(in.getArgs());
    t.result = unpack(in.getResult());
    t.interfaces = numbers(in.getInterfaces());
    each(in.getFields(), t.fields, [&](auto from, FieldDef& to) {
      to = {text(from.getName()), unpack(from.getType())};
    });
    t.vtable = numbers(in.getVtable());
    each(in.getMethods(), t.methods, [](auto from, TypeDef::InterfaceMethod& to) {
      to = {from.getSelector(), from.getFunction()};
    });
    t.cases = texts(in.getCases());
    t.case_types = numbers(in.getCaseTypes());
    t.tag = in.getTag();
    t.function = in.getFunction();
    t.actor = in.getActor();
  }

  void read(nbc::Function::Reader in, FunctionDef& f) {
    f.name = text(in.getName());
    f.signature = signature(in.getSignature());
    f.scalar_registers = in.getScalarRegisters();
    f.pointer_registers = in.getPointerRegisters();
    f.code = words<Word>(in.getCode());
    each(in.getHandlers(), f.handlers, [](auto from, HandlerRange& to) {
      to = {from.getStart(), from.getEnd(), from.getTarget(), from.getErrorRegister()};
    });
    f.file = in.getFile();
    const capnp::Data::Reader joins = in.getJoins(), lines = in.getLines();
    // Every number takes a byte at least; a state has its word, its bits and its types.
    const std::size_t state_bytes = 1 + (f.scalar_registers + 7u) / 8 + f.pointer_registers;
    const std::size_t states = joins.size() / state_bytes;
    if (states > f.code.size()) throw Malformed{"a function has more states than code"};
    spend(states * (sizeof(JoinState) + 16 + f.scalar_registers / 8 + f.pointer_registers * sizeof(TypeRef)));
    spend(lines.size() / 3 * sizeof(LineEntry));
    if (!unpack_joins(chars(joins), f.scalar_registers, f.pointer_registers, f.joins) ||
        !unpack_lines(chars(lines), f.lines)) {
      throw Malformed{"states or lines of a function"};
    }
    each(in.getInlined(), f.inlined, [&](auto from, InlinedCall& to) {
      to = {from.getStart(), from.getEnd(), text(from.getName()), from.getLine(), from.getColumn()};
    });
  }

  static std::string_view chars(capnp::Data::Reader in) {
    return {reinterpret_cast<const char*>(in.begin()), in.size()};
  }

  void read(nbc::Actor::Reader in, ActorDef& a) {
    a.type = in.getType();
    a.name = text(in.getName());
    a.is_agent = in.getIsAgent();
    a.is_supervisor = in.getIsSupervisor();
    a.constructor = in.getConstructor();
    a.constructor_args = signature(in.getConstructorArgs());
    a.handlers = numbers(in.getHandlers());
    a.on_started = in.getOnStarted();
    a.on_stopping = in.getOnStopping();
    a.on_down = in.getOnDown();
    a.on_other = in.getOnOther();
    a.on_migrate = in.getOnMigrate();
    each(in.getInitials(), a.initials, [](auto from, ActorDef::Initial& to) {
      to = {from.getField(), from.getFunction()};
    });
    each(in.getEverys(), a.everys, [](auto from, ActorDef::Every& to) { to = {from.getInterval(), from.getBody()}; });
    a.children = numbers(in.getChildren());
    a.strategy = in.getStrategy();
    a.intensity = in.getIntensity();
    a.period_ns = in.getPeriodNs();
    each(in.getMetadata(), a.metadata, [&](auto from, auto& to) { to = {text(from.getKey()), text(from.getValue())}; });
    a.requires_ = texts(in.getRequires());
  }

  std::size_t budget_;
};

template <class T>
T number_at(std::string_view file, std::size_t offset) {
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

}  // namespace

Result<Module> read_nbc(std::string_view file) {
  if (file.size() < kNbcPreludeBytes || !file.starts_with(std::string_view("NBC\0", 4))) {
    return Error{Code::not_nbc, "the file does not start with `NBC`", {}};
  }
  const auto format = number_at<std::uint16_t>(file, 4), vm = number_at<std::uint16_t>(file, 6);
  if (format != kNbcFormat || vm > kNbcVm) {
    return Error{Code::nbc_version,
                 "NBC format " + std::to_string(format) + " for VM " + std::to_string(vm) + "; this is VM " +
                     std::to_string(kNbcVm) + " with format " + std::to_string(kNbcFormat),
                 {}};
  }
  if (file.size() > kMaxNbcBytes) return malformed("it is too large");
  const std::string_view body = file.substr(kNbcPreludeBytes);
  if (crc32c(body) != number_at<std::uint32_t>(file, 12)) {
    return Error{Code::nbc_checksum, "the checksum of the NBC file does not match", {}};
  }
  // One segment: a table of one word, then the segment.
  if (body.size() % 8 != 0 || body.size() < 16 || number_at<std::uint64_t>(body, 0) >> 32 != body.size() / 8 - 1 ||
      number_at<std::uint32_t>(body, 0) != 0) {
    return malformed("it is not one segment of whole words");
  }
  std::vector<std::uint64_t> words(body.size() / 8 - 1);  // aligned copy
  std::memcpy(words.data(), body.data() + 8, words.size() * 8);
  if (!check_pointers(words)) return malformed("its pointers are not a tree within it");
  capnp::ReaderOptions options;
  options.traversalLimitInWords = words.size() * 2 + 1024;
  options.nestingLimit = 16;
  try {
    const kj::ArrayPtr<const capnp::word> segment(reinterpret_cast<const capnp::word*>(words.data()), words.size());
    const kj::ArrayPtr<const capnp::word> segments[] = {segment};
    capnp::SegmentArrayMessageReader message(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>(segments, 1), options);
    Module module;
    NbcReader(file.size()).read(message.getRoot<nbc::Module>(), module);
    return module;
  } catch (const NbcReader::Malformed& problem) {
    return malformed(problem.what);
  } catch (const kj::Exception&) {
    return malformed("its structure");
  }
}

}  // namespace noodle::bytecode
