// A JSON value as text. Apart from json_text.hpp: who includes this uses nlohmann's library.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace noodle {

/// On one line; each byte that is not part of valid UTF-8 becomes U+FFFD.
std::string dump_json(const nlohmann::json& value);

}  // namespace noodle
