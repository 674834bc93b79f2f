// The messages of a version-1 node, recorded in tests/actors/version1: today's code has to read each of them with the
// same meaning. What is recorded never changes; UPDATE_GOLDEN=1 records the messages that are not there yet.
#include <capnp/dynamic.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/mesh/frame_fields.hpp"
#include "actors/mesh/message_types.hpp"
#include "messages/error.capnp.h"
#include "messages/link.capnp.h"
#include "messages/membership.capnp.h"
#include "messages/mesh.capnp.h"

using namespace noodle;
using namespace noodle::actors;

namespace {

const std::string kFolder = NOODLE_SOURCE_DIR "/tests/actors/version1";

/// What travels: messages of actors, and what the mesh says itself.
std::map<std::string, capnp::StructSchema> travelling() {
  std::map<std::string, capnp::StructSchema> all;
  const auto add = [&all](capnp::StructSchema schema) { all[schema.getShortDisplayName().cStr()] = schema; };
  for (const MessageType& type : message_types()) add(type.schema);
  add(capnp::Schema::from<wire::LinkHello>());
  add(capnp::Schema::from<wire::Datagram>());
  add(capnp::Schema::from<wire::Watch>());
  add(capnp::Schema::from<wire::Down>());
  add(capnp::Schema::from<wire::Exit>());
  add(capnp::Schema::from<wire::Failure>());
  all.erase("Value");  // only tests send it
  return all;
}

// ---- filling a message, no two fields alike

class Filler {
 public:
  void fill(capnp::DynamicStruct::Builder object) {
    for (const auto field : object.getSchema().getFields()) {
      const auto type = field.getType();
      if (type.isStruct()) {
        fill(object.init(field).as<capnp::DynamicStruct>());
      } else if (type.isList()) {
        fill(object.init(field, 2).as<capnp::DynamicList>());
      } else if (!type.isVoid()) {
        put(type, [&](const capnp::DynamicValue::Reader& value) { object.set(field, value); });
      }
    }
  }

 private:
  void fill(capnp::DynamicList::Builder list) {
    const auto type = list.getSchema().getElementType();
    for (unsigned k = 0; k < list.size(); ++k) {
      if (type.isStruct()) {
        fill(list[k].as<capnp::DynamicStruct>());
      } else {
        put(type, [&](const capnp::DynamicValue::Reader& value) { list.set(k, value); });
      }
    }
  }
  template <class Set>
  void put(capnp::Type type, Set set) {
    const std::uint64_t number = ++count_;
    const std::string text = "text " + std::to_string(number) + " \u00e9";
    if (type.isText()) return set(capnp::Text::Reader(text.c_str(), text.size()));
    if (type.isData()) return set(capnp::Data::Reader(reinterpret_cast<const capnp::byte*>(text.data()), text.size()));
    if (type.isBool()) return set(true);
    if (type.isEnum()) {
      const auto names = type.asEnum().getEnumerants();
      return set(capnp::DynamicEnum(names[names.size() - 1]));
    }
    if (type.isFloat64()) return set(static_cast<double>(number) + 0.5);
    if (type.isUInt64() || type.isInt64()) return set(number << 40 | number);
    if (type.isUInt32() || type.isInt32()) return set(number << 16 | number);
    if (type.isUInt16() || type.isInt16()) return set(number << 6 | 1);
    if (type.isUInt8()) return set(number % 250 + 1);
    FAIL("a type of field that the recording does not know");
  }

  std::uint64_t count_ = 0;
};

// ---- what a message means: its fields by name, leaving out those that have their default

void tell(const std::string& name, const capnp::DynamicValue::Reader& value, std::ostream& out) {
  switch (value.getType()) {
    case capnp::DynamicValue::STRUCT: {
      const auto object = value.as<capnp::DynamicStruct>();
      for (const auto field : object.getSchema().getFields()) {
        if (!object.has(field, capnp::HasMode::NON_DEFAULT)) continue;
        tell((name.empty() ? "" : name + ".") + field.getProto().getName().cStr(), object.get(field), out);
      }
      return;
    }
    case capnp::DynamicValue::LIST: {
      unsigned at = 0;
      for (const auto element : value.as<capnp::DynamicList>())
        tell(name + "[" + std::to_string(at++) + "]", element, out);
      return;
    }
    case capnp::DynamicValue::TEXT:
      out << name << " = \"" << value.as<capnp::Text>().cStr() << "\"\n";
      return;
    case capnp::DynamicValue::DATA: {
      const auto data = value.as<capnp::Data>();
      out << name << " = <" << std::string(data.begin(), data.end()) << ">\n";
      return;
    }
    default:
      out << name << " = " << kj::str(value).cStr() << "\n";
  }
}

std::string meaning_of(capnp::StructSchema schema, const FramePtr& frame) {
  const auto* words = reinterpret_cast<const capnp::word*>(frame->words());
  std::ostringstream out;
  tell("", capnp::readMessageUnchecked<capnp::AnyPointer>(words).getAs<capnp::DynamicStruct>(schema), out);
  return out.str();
}

// ---- a recording: type, words, meaning

std::string hex_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    for (const unsigned digit : {std::to_integer<unsigned>(byte) >> 4, std::to_integer<unsigned>(byte) & 15}) {
      text += "0123456789abcdef"[digit];
    }
  }
  return text;
}

std::vector<std::byte> bytes_of(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (std::size_t k = 0; k + 1 < hex.size(); k += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(k, 2), nullptr, 16)));
  }
  return bytes;
}

void record(const std::string& name, capnp::StructSchema schema) {
  capnp::MallocMessageBuilder builder(1 << 16);
  Filler().fill(builder.initRoot<capnp::DynamicStruct>(schema));
  const auto segments = builder.getSegmentsForOutput();
  REQUIRE(segments.size() == 1);
  const std::uint64_t type = schema.getProto().getId();
  const auto frame = Frame::from_bytes(type, std::as_bytes(std::span(segments[0].begin(), segments[0].size())));
  REQUIRE(frame.ok());
  std::filesystem::create_directories(kFolder);
  std::ofstream out(kFolder + "/" + name + ".txt");
  out << "type " << type << "\nwords " << hex_of((*frame)->bytes()) << "\n" << meaning_of(schema, *frame);
}

}  // namespace

TEST_CASE("what a node of version 1 says is understood as it was meant (UPDATE_GOLDEN=1 records what is new)") {
  const auto all = travelling();
  for (const auto& [name, schema] : all) {
    if (std::filesystem::exists(kFolder + "/" + name + ".txt")) continue;
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      record(name, schema);
    } else {
      MESSAGE("no recording of " << name << " yet: UPDATE_GOLDEN=1 makes it part of version 1");
    }
  }
  std::size_t recorded = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().stem();
    CAPTURE(name);
    std::ifstream in(entry.path());
    std::string word, hex;
    std::uint64_t type = 0;
    in >> word >> type >> word >> hex;
    REQUIRE(in.good());
    in.ignore(1);
    std::stringstream meaning;
    meaning << in.rdbuf();
    const auto known = all.find(name);
    REQUIRE_MESSAGE(known != all.end(), "version 1 sends it, and this node no longer knows it");
    CHECK(known->second.getProto().getId() == type);
    const auto frame = Frame::from_bytes(type, bytes_of(hex));
    REQUIRE_MESSAGE(frame.ok(), frame.error().to_string());
    CHECK(meaning_of(known->second, *frame) == meaning.str());
    if (const MessageType* const received = find_message_type(type)) {
      const auto message = received->message_of(*frame);
      CHECK_MESSAGE(message.ok(), message.error().to_string());
    }
    ++recorded;
  }
  CHECK(recorded >= 40);
}

TEST_CASE("the fields of a frame's header mean what they meant in version 1") {
  CHECK(service_number(Service::membership) == 0x8000000000000001);
  CHECK(service_number(Service::routes) == 0x8000000000000002);
  CHECK(service_number(Service::names) == 0x8000000000000003);
  CHECK(service_number(Service::inspector) == 0x8000000000000004);
  CHECK(service_number(Service::sessions) == 0x8000000000000005);
  CHECK(service_number(Service::work) == 0x8000000000000006);
  CHECK(service_number(Service::courier) == 0x8000000000000007);
  CHECK(tag_of(1) == 0x4f1bbc0000000000);
  CHECK(message_field(FrameKind::message, false, 5) == 0x0000000000000005);
  CHECK(message_field(FrameKind::request, true, 5) == 0x6000000000000005);
  CHECK(message_field(FrameKind::answer, false, 5) == 0x8000000000000005);
  CHECK(message_field(FrameKind::failure, false, 5) == 0xc000000000000005);
}
