// The folder of a store: whether it is one, and of which format.
//
// The file FORMAT holds "noodle store N". It is written before the first table, so a folder with tables and without it
// is not ours.
#pragma once

#include <string>

#include "messages/error.hpp"

namespace noodle::storage {

/// Makes the folder when `create`; checks or writes FORMAT. Errors 5010, 5012, 5013, 5014, 5015, 5018.
Result<void> prepare_store_folder(const std::string& path, bool create);

}  // namespace noodle::storage
