#include "layer/devices.hpp"

#include "base/quote.hpp"

namespace pinnace::layer {

using archive::EntryType;

bool is_device(EntryType type) noexcept {
  return type == EntryType::character_device || type == EntryType::block_device;
}

void warn_of_devices(const base::Context& context, const std::string& what,
                     const std::set<std::string>& devices) {
  if (devices.empty()) return;
  context.warn(what + ": " + std::to_string(devices.size()) +
               (devices.size() > 1 ? " devices are" : " device is") + " left out, as /" +
               base::shown(*devices.begin()) + "; containers have their own");
}

}  // namespace pinnace::layer
