#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "difference/difference.hpp"

namespace pinnace::difference {

/// What differs in two image configurations (OCI image specification, config.md) but their layers
/// and history, by field and key: variables, labels, ports and volumes each by itself.
std::vector<Setting> compare_settings(const nlohmann::json& from, const nlohmann::json& to);

/// The same of the annotations of two manifests.
std::vector<Setting> compare_annotations(const std::map<std::string, std::string>& from,
                                         const std::map<std::string, std::string>& to);

}  // namespace pinnace::difference
