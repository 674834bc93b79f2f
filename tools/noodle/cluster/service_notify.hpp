// Tells the service manager how this process is, as systemd wants to be told (sd_notify(3)).
#pragma once

#include <string_view>

namespace noodle::tools {

/// "READY=1", "STOPPING=1". Nothing happens without $NOTIFY_SOCKET.
void notify_service_manager(std::string_view state);

}  // namespace noodle::tools
