#include "runtime/base/json_dump.hpp"

#include <nlohmann/json.hpp>

namespace noodle {

std::string dump_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace noodle
