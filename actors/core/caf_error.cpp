#include "actors/core/caf_error.hpp"

#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

namespace noodle::actors {
namespace {

constexpr auto kCategory = caf::atom("noodle");
constexpr std::uint8_t kCarried = 1;  // the code is in the context

}  // namespace

caf::error to_caf(const Error& error) {
  return {kCarried, kCategory, caf::make_message(error.number(), error.message, error.details)};
}

Error from_caf(const caf::error& error) {
  if (error.category() == kCategory && error.context().match_elements<std::uint16_t, std::string, std::string>()) {
    const caf::message& context = error.context();
    return {static_cast<Code>(context.get_as<std::uint16_t>(0)), context.get_as<std::string>(1),
            context.get_as<std::string>(2)};
  }
  return {Code::host_failed, "actor system: " + caf::to_string(error), {}};
}

}  // namespace noodle::actors
