#pragma once

#include "report/outline.hpp"

/// The sections of a platform's part; those without items and summary are left out.
namespace pinnace::report {

Section code_section(const difference::PlatformDifference& difference);
Section base_section(const difference::PlatformDifference& difference);
Section packages_section(const difference::PlatformDifference& difference, const Bounds& bounds);
Section settings_section(const difference::PlatformDifference& difference);
Section files_section(const difference::PlatformDifference& difference, const Bounds& bounds);
Section layers_section(const difference::PlatformDifference& difference);
Section findings_section(const difference::PlatformDifference& difference);

}  // namespace pinnace::report
