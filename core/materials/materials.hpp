#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "provenance/provenance.hpp"

/// What a build takes, as its plans say it: for the image's provenance.
namespace pinnace::materials {

struct Materials {
  std::vector<provenance::Material> known;  ///< each once
  /// What may have been taken besides, in sentences.
  std::vector<std::string> not_recorded;
};

/// Images, URLs and repositories of all platforms.
Materials materials_of(const std::vector<plan::Plan>& plans);

/// Build arguments that may be shown: those whose names look like a secret's have "REDACTED" for
/// their values, and no value has user info in a URL.
std::map<std::string, std::string> shown_arguments(
    const std::map<std::string, std::string>& arguments);

}  // namespace pinnace::materials
